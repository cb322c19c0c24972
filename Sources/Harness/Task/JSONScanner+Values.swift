/// What stands in a document over which ``JSONScanner/skipValue(from:)`` went without a failure. Places are those of values.
extension JSONScanner {
    /// The values of an object's members of a name.
    func members(of object: Int, named name: [UInt8]) -> [Int] {
        var found: [Int] = []
        var place = skipBlanks(from: object + 1)
        while place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            guard let end = try? skipValue(from: place) else { break }
            let value = skipBlanks(from: skipBlanks(from: end) + 1)
            if string(at: place) == name { found.append(value) }
            guard let next = afterComma(behind: value) else { break }
            place = next
        }
        return found
    }

    /// The elements of an array.
    func elements(of array: Int) -> [Int] {
        var found: [Int] = []
        var place = skipBlanks(from: array + 1)
        while place < bytes.count, bytes[place] != UInt8(ascii: "]") {
            found.append(place)
            guard let next = afterComma(behind: place) else { break }
            place = next
        }
        return found
    }

    /// The place behind the comma that follows a value; nil where its end follows.
    private func afterComma(behind value: Int) -> Int? {
        guard let end = try? skipValue(from: value) else { return nil }
        let comma = skipBlanks(from: end)
        guard comma < bytes.count, bytes[comma] == UInt8(ascii: ",") else { return nil }
        return skipBlanks(from: comma + 1)
    }

    /// A number's text.
    func number(at place: Int) -> ArraySlice<UInt8> {
        bytes[place...].prefix { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
    }

    /// A string without its quotes and escapes, as UTF-8.
    func string(at start: Int) -> [UInt8] {
        var text: [UInt8] = []
        var place = start + 1
        /// The half of a pair that waits for its other one.
        var high: UInt32?
        func append(_ unit: UInt32) {
            let value = high.map { 0x10000 + ($0 - 0xD800) << 10 + (unit &- 0xDC00) } ?? unit
            text += Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
            high = nil
        }
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
                text.append(bytes[place])
                place += 1
                continue
            }
            let kind = bytes[place + 1]
            guard kind == UInt8(ascii: "u"), place + 5 < bytes.count else {
                text.append(JSONScanner.escapes[kind] ?? kind)
                place += 2
                continue
            }
            let unit = bytes[place + 2...place + 5].reduce(0) { $0 << 4 | (JSONScanner.hexadecimal($1) ?? 0) }
            place += 6
            let isLow = (0xDC00..<0xE000).contains(unit)
            if (0xD800..<0xDC00).contains(unit), bytes[place...].starts(with: "\\u".utf8) {
                high = unit
            } else {
                if high != nil, !isLow { high = nil }
                append(unit)
            }
        }
        return text
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9,
    ]
}
