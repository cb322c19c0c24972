import CWitnessShims

/// A piece of text of bounded length, built without String: Embedded Swift would link its Unicode tables for it.
///
/// What does not fit is cut off. Control characters of foreign text become `?`, so that a message stays one line.
final class Message {
    static let capacity = 1_000

    private(set) var bytes: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(_ start: StaticString) {
        bytes = .allocate(capacity: Message.capacity)
        add(start)
    }

    deinit {
        bytes.deallocate()
    }

    @discardableResult
    func add(byte: UInt8) -> Message {
        if count < Message.capacity {
            bytes[count] = byte
            count += 1
        }
        return self
    }

    @discardableResult
    func add(_ text: StaticString) -> Message {
        for index in 0..<text.utf8CodeUnitCount {
            add(byte: text.utf8Start[index])
        }
        return self
    }

    /// Adds foreign text. A method of another name, or literals would be taken for C strings.
    @discardableResult
    func quote(_ text: UnsafePointer<CChar>) -> Message {
        var index = 0
        while text[index] != 0, count < Message.capacity {
            let byte = UInt8(bitPattern: text[index])
            add(byte: byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte)
            index += 1
        }
        return self
    }

    @discardableResult
    func add(_ other: Message) -> Message {
        for index in 0..<other.count {
            add(byte: other.bytes[index])
        }
        return self
    }

    @discardableResult
    func add(_ number: UInt64) -> Message {
        var divisor: UInt64 = 1
        while number / divisor >= 10 {
            divisor *= 10
        }
        while divisor > 0 {
            add(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
        return self
    }

    /// Milliseconds as seconds: `60`, `0.25`.
    @discardableResult
    func add(secondsOf milliseconds: UInt64) -> Message {
        add(milliseconds / 1_000)
        var rest = milliseconds % 1_000
        guard rest > 0 else { return self }
        add(".")
        var divisor: UInt64 = 100
        while rest > 0 {
            add(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
        return self
    }

    /// The system's words for an error number.
    @discardableResult
    func add(error number: Int32) -> Message {
        quote(strerror(number))
    }

    /// `: ` and the system's words for the error of the last call.
    @discardableResult
    func addLastError() -> Message {
        let number = witness_errno()
        return add(": ").add(error: number)
    }
}
