import CWitnessShims

/// A file of NUL-terminated records `key=value`, held in memory once; values are pointers into it.
struct Records {
    /// More than any sensible command line and environment, and still little in the smallest guest.
    static let sizeLimit = 1 << 20

    let bytes: UnsafeMutablePointer<CChar>
    let count: Int

    /// Reads a file, or says why not.
    static func read(_ path: StaticString, _ failure: (Message) -> Never) -> Records {
        let descriptor = witness_open(path.cString, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { failure(Message("cannot open ").add(path).addLastError()) }
        let size = witness_file_size(descriptor)
        guard size >= 0 else { failure(Message("cannot read ").add(path).addLastError()) }
        guard size <= sizeLimit else { failure(Message("").add(path).add(" is larger than 1 MiB")) }
        let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: size + 1)
        var filled = 0
        while filled < size {
            let got = CWitnessShims.read(descriptor, bytes + filled, size - filled)
            if got < 0, witness_errno() == EINTR { continue }
            guard got > 0 else { failure(Message("cannot read all of ").add(path)) }
            filled += got
        }
        close(descriptor)
        // Without the last NUL the file was cut short, and its last value would be wrong in silence.
        guard size > 0, bytes[size - 1] == 0 else { failure(Message("").add(path).add(" does not end with a NUL")) }
        return Records(bytes: bytes, count: size)
    }

    /// Calls `body` with each record, in order.
    func forEach(_ body: (UnsafeMutablePointer<CChar>) -> Void) {
        var start = 0
        while start < count {
            body(bytes + start)
            start += strlen(bytes + start) + 1
        }
    }

    /// How many records begin with a key.
    func count(of key: StaticString) -> Int {
        var found = 0
        forEach { if value(of: $0, key) != nil { found += 1 } }
        return found
    }
}

/// What follows a prefix such as `arg=`, or nil where the text begins otherwise.
func value(of record: UnsafeMutablePointer<CChar>, _ prefix: StaticString) -> UnsafeMutablePointer<CChar>? {
    let length = prefix.utf8CodeUnitCount
    return strncmp(record, prefix.cString, length) == 0 ? record + length : nil
}

/// A decimal number without sign, blanks or leading text, at most `limit`.
func decimal(_ text: UnsafePointer<CChar>, limit: UInt64) -> UInt64? {
    var index = 0
    guard let number = leadingDecimal(text, limit: limit, end: &index), text[index] == 0 else { return nil }
    return number
}

/// The decimal number at the start of a text; `end` becomes the position after it.
func leadingDecimal(_ text: UnsafePointer<CChar>, limit: UInt64, end: inout Int) -> UInt64? {
    var number: UInt64 = 0
    var index = 0
    while text[index] >= CChar(bitPattern: UInt8(ascii: "0")), text[index] <= CChar(bitPattern: UInt8(ascii: "9")) {
        number = number * 10 + UInt64(UInt8(bitPattern: text[index]) - UInt8(ascii: "0"))
        // Checked at every digit, so that the number cannot overflow.
        if number > limit { return nil }
        index += 1
    }
    end = index
    return index > 0 ? number : nil
}

extension StaticString {
    /// A literal's bytes end with a NUL.
    var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
