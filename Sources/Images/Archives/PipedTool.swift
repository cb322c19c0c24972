import BenchmarkModel
internal import CLinuxShims
import Foundation
import Glibc
import LinuxSystem

/// A host's tool at the other end of a pipe: one that unpacks for us while we read, or takes what we write.
final class PipedTool {
    private let child: ChildProcess
    /// Our end.
    let descriptor: Int32
    private var isOpen = true

    /// - Parameters:
    ///   - reads: whether we read what the tool writes; else it reads what we write.
    ///   - other: its other end, which stays the caller's.
    /// - Throws: ``TareError`` where it is absent, ``SystemError``.
    init(_ name: String, _ arguments: [String], reads: Bool, other: Int32, doing: String) throws {
        let executable = try Tool.executable(name, doing: doing)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw SystemError("making a pipe") }
        let (ours, theirs) = reads ? (ends[0], ends[1]) : (ends[1], ends[0])
        let null = tare_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        defer {
            close(theirs)
            if null >= 0 { close(null) }
        }
        do {
            child = try ChildProcess.spawn(
                SpawnRequest(
                    path: executable, arguments: [name] + arguments,
                    environment: ["LC_ALL=C", "PATH=\(Tool.searchPath)", Tool.workRecord],
                    descriptors: reads ? (other, theirs, null) : (theirs, other, null)))
        } catch {
            close(ours)
            throw TareError(.image, "'\(name)' could not be started while \(doing)", cause: "\(error)")
        }
        descriptor = ours
    }

    /// Closes our end and waits for the tool's.
    ///
    /// - Returns: whether it ended well.
    func finish() -> Bool {
        guard isOpen else { return false }
        isOpen = false
        close(descriptor)
        return child.wait(deadlineMilliseconds: 60_000) == .exited(0)
    }

    deinit {
        guard isOpen else { return }
        close(descriptor)
        child.end(graceMilliseconds: 0)
    }
}

/// SHA-256 of a stream, by the host's sha256sum.
final class StreamDigest {
    private let tool: PipedTool
    private let result: FileHandle

    /// - Throws: ``TareError`` where sha256sum is absent, ``SystemError``.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw SystemError("making a pipe") }
        result = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        defer { close(ends[1]) }
        tool = try PipedTool("sha256sum", ["--zero", "-"], reads: false, other: ends[1], doing: "reading an image")
    }

    /// - Throws: ``SystemError``.
    func add(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let count = write(tool.descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("writing to sha256sum")
            }
            done += count
        }
    }

    /// - Throws: ``SystemError``.
    func add(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try add($0) } }

    /// The sum in hexadecimal; nothing can be added any more.
    ///
    /// - Throws: ``TareError`` where the tool failed.
    func finish() throws -> String {
        guard tool.finish(), let text = try result.readToEnd(), text.count >= 64 else {
            throw TareError(.image, "'sha256sum' failed while reading an image", remedy: "Run 'tare doctor'.")
        }
        return String(decoding: text.prefix(64), as: UTF8.self)
    }
}
