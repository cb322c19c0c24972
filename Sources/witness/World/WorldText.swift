import CWitnessShims

/// The records of a world as they go over the mark channel (MarkProtocol.swift): bounded, and without control characters but
/// for the NUL that ends each of them.
final class WorldText {
    /// Of all records.
    static let capacity = 64 << 10
    /// Of one record, whose rest is left out.
    static let recordCapacity = 1_000

    /// Kept for the record that says that something was left out, and for what ends them all.
    private static let reserve = 8

    private let bytes: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var recordStart = 0
    /// Whether a record was left out or cut short for want of space.
    private var isCut = false
    /// Whether the record that was begun has no place any more.
    private var isFull = false

    init() {
        bytes = .allocate(capacity: WorldText.capacity)
        bytes[0] = MarkByte.world
        count = 1
    }

    deinit {
        bytes.deallocate()
    }

    /// Begins a record with a key such as `nice=`.
    @discardableResult
    func begin(_ key: StaticString) -> WorldText {
        recordStart = count
        return add(key)
    }

    @discardableResult
    func add(byte: UInt8) -> WorldText {
        if count >= WorldText.capacity - WorldText.reserve {
            isFull = true
        } else if count - recordStart >= WorldText.recordCapacity {
            isCut = true
        } else {
            bytes[count] = byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
            count += 1
        }
        return self
    }

    @discardableResult
    func add(_ text: StaticString) -> WorldText {
        for index in 0..<text.utf8CodeUnitCount {
            add(byte: text.utf8Start[index])
        }
        return self
    }

    /// Adds foreign text, up to a NUL or one of the bytes that end it. A tab becomes a blank.
    @discardableResult
    func quote(_ text: UnsafePointer<CChar>, until end: UInt8 = 0) -> WorldText {
        var index = 0
        while text[index] != 0, text[index] != CChar(bitPattern: end) {
            let byte = UInt8(bitPattern: text[index])
            add(byte: byte == 0x09 ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return self
    }

    @discardableResult
    func add(_ number: UInt64, base: UInt64 = 10) -> WorldText {
        var divisor: UInt64 = 1
        while number / divisor >= base {
            divisor *= base
        }
        while divisor > 0 {
            add(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % base))
            divisor /= base
        }
        return self
    }

    @discardableResult
    func add(signed number: Int) -> WorldText {
        if number < 0 { add("-") }
        return add(UInt64(number.magnitude))
    }

    /// A number, or `max` where it stands for no limit.
    @discardableResult
    func add(limit number: UInt64) -> WorldText {
        number == .max ? add("max") : add(number)
    }

    /// Ends a record; one that had no place is left out whole.
    func end() {
        if isFull {
            count = recordStart
            (isFull, isCut) = (false, true)
            return
        }
        bytes[count] = 0
        count += 1
    }

    /// Sends all records and the empty one that ends them.
    func send(over channel: MarkChannel) {
        if isCut {
            for byte in [UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "t"), UInt8(ascii: "="), 0] {
                bytes[count] = byte
                count += 1
            }
        }
        bytes[count] = 0
        channel.send(bytes, count: count + 1)
    }
}
