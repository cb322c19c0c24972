import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Runs the host's tools, never through a shell.
enum Tool {
    /// The directory of the image work that tools are run for. It is told them in their environment, which what they start
    /// inherits: so those that outlive a killed maker are found.
    @TaskLocal static var work: String?
    private static let workVariable = "TARE_IMAGE_WORK"

    /// Tools that still work at an image, and what they started; never this process or one that it descends from.
    static func processes(of work: String) -> [Int32] {
        let spared = ProcessTable.ownLineage()
        let record = "\(workVariable)=\(work)"
        return ProcessTable.pids().filter { pid in
            guard !spared.contains(pid), let text = try? HostFiles.read("/proc/\(pid)/environ") else { return false }
            return text.split(separator: "\0").contains { $0 == record }
        }
    }

    /// What a tool is told that works at no image in particular, such as a search for a package: who made it.
    private static let makerPrefix = "of process "

    /// Tools at no image in particular that outlived their maker. They hold what it had: its mount namespace, for one.
    static func orphans() -> [Int32] {
        let spared = ProcessTable.ownLineage()
        let prefix = "\(workVariable)=\(makerPrefix)"
        return ProcessTable.pids().filter { pid in
            guard !spared.contains(pid), let text = try? HostFiles.read("/proc/\(pid)/environ"),
                let record = text.split(separator: "\0").first(where: { $0.hasPrefix(prefix) }),
                let maker = Int32(record.dropFirst(prefix.count)), maker > 0
            else { return false }
            // A maker of another user may not be signalled, and lives.
            return kill(maker, 0) != 0 && errno == ESRCH
        }
    }

    /// Runs a tool and returns what it printed.
    ///
    /// - Parameter doing: what for, as it reads after "while".
    /// - Throws: ``TareError`` with code `image` when the tool is absent or fails, with its last words.
    @discardableResult
    static func run(
        _ name: String, _ arguments: [String], doing: String, environment: [String: String] = [:],
        in directory: String? = nil
    ) async throws -> String {
        try await feed([], to: name, arguments, doing: doing, environment: environment, in: directory)
    }

    /// Runs a tool with these bytes as its standard input.
    ///
    /// - Throws: as ``run(_:_:doing:environment:in:)``.
    @discardableResult
    static func feed(
        _ input: [UInt8], to name: String, _ arguments: [String], doing: String, environment: [String: String] = [:],
        in directory: String? = nil
    ) async throws -> String {
        var updates: [Environment.Key: String?] = ["LC_ALL": "C.UTF-8"]
        for (key, value) in environment { updates[Environment.Key(rawValue: key) ?? "LC_ALL"] = value }
        updates["PATH"] = searchPath
        updates[Environment.Key(rawValue: workVariable) ?? "LC_ALL"] = workValue
        let executable = try executable(name, doing: doing)
        let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments), environment: .inherit.updating(updates),
                workingDirectory: directory.map { FilePath($0) }, input: .array(input),
                output: .string(limit: 256 << 20), error: .string(limit: 1 << 20))
        } catch let error as SubprocessError {
            // For example more output than anything that is sound would print.
            throw TareError(.image, "'\(name)' could not be run to its end while \(doing)", cause: "\(error)")
        }
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess else {
            let lines = result.standardError.split(separator: "\n")
            throw failure(name, status: "\(result.terminationStatus)", lines: lines.map(String.init), doing: doing)
        }
        return result.standardOutput
    }

    /// sbin may be missing from the PATH of a user's shell.
    static var searchPath: String {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
    }

    private static var workValue: String { work ?? "\(makerPrefix)\(getpid())" }
    /// The variable by which a tool is found that outlived its maker.
    static var workRecord: String { "\(workVariable)=\(workValue)" }

    /// - Throws: ``TareError`` where the program is absent.
    static func executable(_ name: String, doing: String) throws -> String {
        guard let executable = find(name, in: searchPath) else {
            throw TareError(
                .image, "the program '\(name)' was not found while \(doing)",
                remedy: "Run scripts/prepare, or 'tare doctor' to see what is missing.")
        }
        return executable
    }

    static func find(_ name: String, in path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func failure(_ name: String, status: String, lines: [String], doing: String) -> TareError {
        let cause = lines.suffix(4).joined(separator: " | ")
        // The system's words, and those of tar and mke2fs, which keep the system's to themselves.
        let full = ["No space left on device", "Wrote only ", "Could not allocate block"]
        if lines.contains(where: { line in full.contains { line.contains($0) } }) {
            return TareError(
                .image, "no space is left while \(doing)",
                remedy: "Free some space, or name another cache with XDG_CACHE_HOME. Nothing unfinished was kept.",
                cause: cause)
        }
        return TareError(.image, "'\(name)' failed (\(status)) while \(doing)", cause: cause)
    }
}
