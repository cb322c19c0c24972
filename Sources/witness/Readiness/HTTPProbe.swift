import CWitnessShims

/// `http`: a GET is answered with a status from 200 to 399.
final class HTTPProbe: Probe {
    private enum Seen {
        case error(Int32)
        case status(Int)
        case foreign
        case cutShort
    }

    private let port: UInt16
    private let path: UnsafePointer<CChar>
    private let request: UnsafeMutablePointer<UInt8>
    private let requestCount: Int
    private var seen = Seen.error(0)
    private var hasSeen = false

    init(port: UInt16, path: UnsafePointer<CChar>) {
        self.port = port
        self.path = path
        let host = ownAddress.add(to: Message(" HTTP/1.1\r\nHost: ")).add(":").add(UInt64(port))
        host.add("\r\nUser-Agent: tare-witness\r\nAccept: */*\r\nConnection: close\r\n\r\n")
        let pathCount = strlen(path)
        requestCount = 4 + pathCount + host.count
        request = .allocate(capacity: requestCount)
        memcpy(request, "GET ", 4)
        memcpy(request + 4, path, pathCount)
        memcpy(request + 4 + pathCount, host.bytes, host.count)
    }

    override func holds(until deadline: UInt64) -> Bool {
        let descriptor = witness_stream_socket()
        guard descriptor >= 0 else {
            seen = .error(witness_errno())
            return false
        }
        let begin = Clock.nanoseconds()
        let answer = ask(descriptor, until: attemptEnd(deadline))
        // The rest of the answer is of no interest, and a reset leaves no TIME_WAIT entry behind in the instance.
        witness_reset_on_close(descriptor)
        close(descriptor)
        if case .error(let number) = answer, hasSeen, wasCutOff(number, begin: begin, deadline: deadline) {
            return false
        }
        hasSeen = true
        seen = answer
        if case .status(let status) = answer { return (200...399).contains(status) }
        return false
    }

    private func ask(_ descriptor: Int32, until end: UInt64) -> Seen {
        let number = connectOwn(descriptor, port, until: end)
        guard number == 0 else { return .error(number) }
        var sent = 0
        while sent < requestCount {
            let count = send(descriptor, request + sent, requestCount - sent, Int32(MSG_NOSIGNAL))
            if count > 0 {
                sent += count
            } else if witness_errno() == EAGAIN {
                guard awaitEvent(descriptor, POLLOUT, until: end) else { return .error(ETIMEDOUT) }
            } else if witness_errno() != EINTR {
                return .error(witness_errno())
            }
        }
        return readStatus(descriptor, until: end)
    }

    /// Reads `HTTP/1.x NNN`, the first twelve bytes of an answer, and no more.
    private func readStatus(_ descriptor: Int32, until end: UInt64) -> Seen {
        let length = 12
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { buffer in
            guard let start = buffer.baseAddress else { return .foreign }
            var filled = 0
            while filled < length {
                let count = read(descriptor, start + filled, length - filled)
                if count > 0 {
                    filled += count
                } else if count == 0 {
                    return .cutShort
                } else if witness_errno() == EAGAIN {
                    guard awaitEvent(descriptor, POLLIN, until: end) else { return .error(ETIMEDOUT) }
                } else if witness_errno() != EINTR {
                    return .error(witness_errno())
                }
            }
            guard memcmp(start, "HTTP/1.", 7) == 0, start[8] == UInt8(ascii: " ") else { return .foreign }
            var status = 0
            for index in 9..<length {
                guard start[index] >= UInt8(ascii: "0"), start[index] <= UInt8(ascii: "9") else { return .foreign }
                status = status * 10 + Int(start[index] - UInt8(ascii: "0"))
            }
            return .status(status)
        }
    }

    override func describe(_ text: Message) {
        ownAddress.add(to: text.add("HTTP GET ")).add(":").add(UInt64(port)).quote(path).add(
            " answers 200 to 399; last seen: ")
        switch seen {
        case .error(let number): text.add(error: number)
        case .status(let status): text.add("HTTP status ").add(UInt64(status))
        case .foreign: text.add("an answer that is not HTTP")
        case .cutShort: text.add("the connection was closed without an answer")
        }
    }
}
