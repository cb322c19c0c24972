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

    /// What was received until the stream ended, up to the time of the instance's own clock, which differs each time; that time.
    func textAndTime() -> (text: String, nanoseconds: UInt64?) {
        let text = text()
        guard text.hasSuffix("\n"), let start = text.lastIndex(of: "T") else { return (text, nil) }
        return (String(text[..<start]), UInt64(text[start...].dropFirst().dropLast()))
    }

    /// A file that figures are read from, as the protocol at the head of Sources/witness/Channel/MarkProtocol.swift sends it.
    enum File: Equatable {
        case text([UInt8])
        case absent(String)
    }

    /// The files that came behind that time, until the stream ended; none where a byte of it is not as the protocol says.
    func files() -> [File] {
        _ = text()
        guard let start = received.firstIndex(of: UInt8(ascii: "T")) else { return [] }
        var rest = received[start...]
        func line() -> String {
            let line = rest.prefix { $0 != 10 }
            rest = rest.dropFirst(line.count + 1)
            return String(decoding: line, as: UTF8.self)
        }
        _ = line()
        var files: [File] = []
        while rest.first == UInt8(ascii: "P") {
            rest.removeFirst()
            var bytes: [UInt8] = []
            while true {
                let head = line()
                if head.hasPrefix("-") {
                    files.append(.absent(String(head.dropFirst())))
                    break
                }
                guard let count = Int(head), count <= min(65_536, rest.count) else { return [] }
                if count == 0 {
                    files.append(.text(bytes))
                    break
                }
                bytes += rest.prefix(count)
                rest = rest.dropFirst(count)
            }
        }
        return rest.isEmpty ? files : []
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
