import BenchmarkModel

// The record of a start, version 1. There are many of them, so it is one line and no JSON:
//
//   CPU REST NAME:TIME NAME:TIME ... ;INSTANCE
//
// CPU and REST are nanoseconds, or '-' where they are not known. Each NAME is the name of a mark, in the order in which the
// marks came, and its TIME is CLOCK_MONOTONIC of the host in nanoseconds. INSTANCE is all that follows the first semicolon.
// Times are at most 2^62.

/// Writes and reads records of starts.
enum StartupText {
    static func write(_ record: StartupRecord) -> String {
        var text = word(record.cpuNanoseconds) + " " + word(record.restNanoseconds)
        for mark in record.marks { text += " \(mark.name.rawValue):\(min(mark.nanoseconds, 1 << 62))" }
        return text + ";" + record.instance
    }

    private static func word(_ time: UInt64?) -> String { time.map { String(min($0, 1 << 62)) } ?? "-" }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    static func read(_ text: String) throws -> StartupRecord {
        var text = text
        return try text.withUTF8 { try read($0) }
    }

    /// As ``read(_:)``, of bytes in UTF-8.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> StartupRecord {
        var reader = Reader(bytes: bytes)
        let cpu = try reader.time(orUnknown: true)
        try reader.expect(UInt8(ascii: " "), "the rest")
        let rest = try reader.time(orUnknown: true)
        var marks: [Mark] = []
        marks.reserveCapacity(MarkName.allCases.count)
        while !reader.take(UInt8(ascii: ";")) {
            try reader.expect(UInt8(ascii: " "), "a mark")
            let name = try reader.name()
            guard let time = try reader.time(orUnknown: false) else { continue }
            marks.append(Mark(name, nanoseconds: time))
        }
        return StartupRecord(
            instance: String(decoding: bytes[reader.place...], as: UTF8.self), marks: marks, cpuNanoseconds: cpu,
            restNanoseconds: rest)
    }

    private static let names = MarkName.allCases.map { (name: $0, bytes: Array($0.rawValue.utf8)) }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var place = 0

        mutating func take(_ byte: UInt8) -> Bool {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
            return true
        }

        mutating func expect(_ byte: UInt8, _ what: String) throws {
            guard take(byte) else { throw trouble("\(what) is missing") }
        }

        /// A number, or nil for a '-' where that may stand.
        mutating func time(orUnknown: Bool) throws -> UInt64? {
            if orUnknown, take(UInt8(ascii: "-")) { return nil }
            let start = place
            var value: UInt64 = 0
            while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
                // Nineteen digits are below 2^64, so no step can overflow.
                guard place - start < 19 else { throw trouble("a time is too large") }
                value = value &* 10 &+ UInt64(digit)
                place += 1
            }
            guard place > start else { throw trouble("a time is missing") }
            guard value <= 1 << 62 else { throw trouble("a time is too large") }
            return value
        }

        mutating func name() throws -> MarkName {
            let start = place
            while place < bytes.count, bytes[place] != UInt8(ascii: ":") { place += 1 }
            let word = UnsafeBufferPointer(rebasing: bytes[start..<place])
            for known in StartupText.names where known.bytes.count == word.count && known.bytes.elementsEqual(word) {
                try expect(UInt8(ascii: ":"), "the time of a mark")
                return known.name
            }
            throw trouble("no mark is called '\(String(decoding: word.prefix(40), as: UTF8.self))'")
        }

        private func trouble(_ what: String) -> UnreadableValue {
            UnreadableValue(description: "\(what) at byte \(place + 1)")
        }
    }
}
