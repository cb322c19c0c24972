import Glibc
import LinuxSystem

/// The host's end of a mark channel, and the instance's end until it is given away.
final class Channel {
    private let own: Int32
    /// The instance's end; -1 once it is closed here.
    private(set) var instanceEnd: Int32
    private(set) var received: [UInt8] = []
    /// Whether the stream ended.
    private(set) var ended = false

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError("making a socket pair")
        }
        own = ends[0]
        instanceEnd = ends[1]
    }

    deinit {
        closeInstanceEnd()
        close(own)
    }

    func closeInstanceEnd() {
        if instanceEnd >= 0 { close(instanceEnd) }
        instanceEnd = -1
    }

    /// Everything received until the stream ends, until it ends with `suffix`, or until a minute passed.
    func text(until suffix: String? = nil) -> String {
        let isComplete = receive { bytes in
            guard let suffix else { return false }
            return bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        }
        return String(decoding: received, as: UTF8.self) + (isComplete ? "" : "(nothing more came)")
    }

    /// Receives until so many bytes came in all, the stream ends, or a minute passed.
    func receive(count: Int) {
        receive { $0.count >= count }
    }

    /// False when a minute passed first.
    @discardableResult
    private func receive(until isEnough: ([UInt8]) -> Bool) -> Bool {
        let end = MonotonicClock.now() + 60_000_000_000
        while !ended, !isEnough(received) {
            let now = MonotonicClock.now()
            guard now < end else { return false }
            var polled = pollfd(fd: own, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, Int32((end - now) / 1_000_000 + 1)) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(own, &buffer, buffer.count, 0)
            if count > 0 { received += buffer.prefix(count) } else { ended = true }
        }
        return true
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(own, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func endSending() {
        shutdown(own, Int32(SHUT_WR))
    }
}
