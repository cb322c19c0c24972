internal import CLinuxShims
import Glibc
import LinuxSystem
import Synchronization

/// Keeps all that instances print, in one file each. Nothing bounds it: that is what was asked for.
package final class OutputKeeper: Sendable {
    /// Where the files are.
    package let directory: String
    private struct State {
        /// Of guests, whose output comes piece by piece.
        var open: [ObjectIdentifier: Int32] = [:]
        var files: [String] = []
        var trouble: String?
    }
    private let state = Mutex(State())

    /// - Parameter directory: it must be there.
    package init(directory: String) {
        self.directory = directory
    }

    /// What was written, in the order of writing.
    package var files: [String] { state.withLock { $0.files } }

    /// Why something could not be kept, for the first time; nil where all was.
    package var trouble: String? { state.withLock { $0.trouble } }

    private func path(_ name: String) -> String { "\(directory)/\(name).log" }

    private func fail(_ what: String, _ state: inout State) {
        state.trouble = state.trouble ?? "\(what): \(String(cString: strerror(errno)))"
    }

    /// Begins the file of a guest.
    func begin(_ name: String, of channel: InstanceChannel) {
        state.withLock { state in
            let descriptor = create(name, &state)
            if descriptor >= 0 { state.open[ObjectIdentifier(channel)] = descriptor }
        }
    }

    private func create(_ name: String, _ state: inout State) -> Int32 {
        // A name that is there already, a link among them, is not written to.
        let descriptor = tare_open(path(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        if descriptor >= 0 { state.files.append(path(name)) } else { fail("creating \(path(name))", &state) }
        return descriptor
    }

    func append(_ bytes: ArraySlice<UInt8>, of channel: InstanceChannel) {
        state.withLock { state in
            guard let descriptor = state.open[ObjectIdentifier(channel)] else { return }
            OutputKeeper.write(bytes, to: descriptor) { fail("writing what an instance printed", &state) }
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, failed: () -> Void) {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count, let start = buffer.baseAddress {
                let count = Glibc.write(descriptor, start + sent, buffer.count - sent)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return failed() }
                sent += count
            }
        }
    }

    /// Ends the file of an instance that has ended.
    ///
    /// - Parameter source: the file with its output, where that is one of the host's.
    func end(_ name: String, of channel: InstanceChannel, source: String?) {
        if source == nil {
            state.withLock { state in
                if let descriptor = state.open.removeValue(forKey: ObjectIdentifier(channel)) {
                    Glibc.close(descriptor)
                }
            }
        }
        guard let source else { return }
        let reading = tare_open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard reading >= 0 else { return }
        defer { Glibc.close(reading) }
        let writing = state.withLock { create(name, &$0) }
        guard writing >= 0 else { return }
        defer { Glibc.close(writing) }
        var isBroken = false
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        // Without the lock: a long output must not keep that of guests, and their marks, waiting.
        while !isBroken {
            let count = read(reading, &buffer, buffer.count)
            guard count > 0 else { break }
            OutputKeeper.write(buffer[..<count], to: writing) {
                state.withLock { fail("writing \(path(name))", &$0) }
                isBroken = true
            }
        }
    }
}
