/// Goes over values of JSON (RFC 8259) without building anything, and without calling itself: text from an instance may be as deep
/// as it is long.
struct JSONScanner {
    enum Failure: Error, Equatable {
        /// The text ends within it.
        case cutShort
        case tooDeep
        /// Too many bytes were looked at, again and again.
        case tooMuch
        /// At that byte.
        case invalid(Int)
    }

    static let mostDepth = 128
    /// So often, on average, may a byte be looked at while documents are looked for.
    private static let mostLooks = 16

    let bytes: [UInt8]
    private var looks = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The place behind a document: an object or array behind which its last line holds nothing but blanks.
    mutating func skipDocument(from start: Int) throws(Failure) -> Int {
        let end: Int
        do throws(Failure) {
            end = try skipValue(from: start)
        } catch {
            looks += JSONScanner.reach(error, from: start, of: bytes.count)
            throw looks > JSONScanner.mostLooks * (bytes.count + 1) ? .tooMuch : error
        }
        looks += end - start
        let rest = skipBlanks(from: end, lineFeeds: false)
        guard rest == bytes.count || bytes[rest] == 10 else { throw .invalid(rest) }
        return rest
    }

    private static func reach(_ failure: Failure, from start: Int, of count: Int) -> Int {
        if case .invalid(let place) = failure { place - start + 1 } else { count - start }
    }

    func skipBlanks(from start: Int, lineFeeds: Bool = true) -> Int {
        var place = start
        while place < bytes.count,
            bytes[place] == 32 || bytes[place] == 9 || bytes[place] == 13
                || (lineFeeds && bytes[place] == 10)
        { place += 1 }
        return place
    }

    /// What is expected next.
    private enum Expected {
        case value
        /// The first of an object or array, or its end.
        case firstOrEnd
        /// A member's name.
        case name
        case commaOrEnd
    }

    /// The place behind a value, which is checked to be one.
    func skipValue(from start: Int) throws(Failure) -> Int {
        var open: [UInt8] = []
        var expected = Expected.value
        var place = start
        while true {
            place = skipBlanks(from: place)
            guard place < bytes.count else { throw .cutShort }
            let byte = bytes[place]
            switch expected {
            case .commaOrEnd where byte == UInt8(ascii: ","):
                expected = open.last == UInt8(ascii: "{") ? .name : .value
                place += 1
            case .commaOrEnd where byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]"): throw .invalid(place)
            case .commaOrEnd,
                .firstOrEnd where byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"):
                guard let opening = open.popLast(), byte == opening + 2 else { throw .invalid(place) }
                place += 1
                expected = .commaOrEnd
            case .firstOrEnd where open.last == UInt8(ascii: "{"), .name:
                place = skipBlanks(from: try skipString(from: place))
                guard place < bytes.count else { throw .cutShort }
                guard bytes[place] == UInt8(ascii: ":") else { throw .invalid(place) }
                place += 1
                expected = .value
            case .firstOrEnd, .value:
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    guard open.count < JSONScanner.mostDepth else { throw .tooDeep }
                    open.append(byte)
                    place += 1
                    expected = .firstOrEnd
                } else {
                    place = try skipScalar(from: place)
                    expected = .commaOrEnd
                }
            }
            if open.isEmpty { return place }
        }
    }

    private func skipScalar(from start: Int) throws(Failure) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "\""): return try skipString(from: start)
        case UInt8(ascii: "t"): return try skipWord("true", from: start)
        case UInt8(ascii: "f"): return try skipWord("false", from: start)
        case UInt8(ascii: "n"): return try skipWord("null", from: start)
        default: return try skipNumber(from: start)
        }
    }

    private func skipWord(_ word: StaticString, from start: Int) throws(Failure) -> Int {
        for offset in 0..<word.utf8CodeUnitCount {
            guard start + offset < bytes.count else { throw .cutShort }
            guard bytes[start + offset] == word.utf8Start[offset] else { throw .invalid(start + offset) }
        }
        return start + word.utf8CodeUnitCount
    }

    private func skipNumber(from start: Int) throws(Failure) -> Int {
        var place = start
        func skipDigits() -> Int {
            let first = place
            while place < bytes.count, (48...57).contains(bytes[place]) { place += 1 }
            return place - first
        }
        func isAt(_ characters: String) -> Bool { place < bytes.count && characters.utf8.contains(bytes[place]) }
        if isAt("-") { place += 1 }
        let first = place
        let digits = skipDigits()
        guard digits > 0, digits == 1 || bytes[first] != UInt8(ascii: "0") else { throw failure(at: place) }
        if isAt(".") {
            place += 1
            guard skipDigits() > 0 else { throw failure(at: place) }
        }
        if isAt("eE") {
            place += 1
            if isAt("+-") { place += 1 }
            guard skipDigits() > 0 else { throw failure(at: place) }
        }
        return place
    }

    private func skipString(from start: Int) throws(Failure) -> Int {
        guard bytes[start] == UInt8(ascii: "\"") else { throw .invalid(start) }
        var place = start + 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): return place + 1
            case UInt8(ascii: "\\"):
                place += 1
                guard place < bytes.count else { throw .cutShort }
                if bytes[place] == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        place += 1
                        guard place < bytes.count else { throw .cutShort }
                        guard JSONScanner.hexadecimal(bytes[place]) != nil else { throw .invalid(place) }
                    }
                } else if !"\"\\/bfnrt".utf8.contains(bytes[place]) {
                    throw .invalid(place)
                }
            case 0..<32: throw .invalid(place)
            default: break
            }
            place += 1
        }
        throw .cutShort
    }

    private func failure(at place: Int) -> Failure { place < bytes.count ? .invalid(place) : .cutShort }

    static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 55
        default: nil
        }
    }
}
