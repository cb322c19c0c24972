import BenchmarkModel

/// Changes bytes at random, the same way for the same seed.
struct Mutator {
    var random: SplitMix64
    /// Words of the format that is mutated: with them an input gets past the first check more often.
    var words: [[UInt8]]

    static let numbers = [
        "0", "-1", "1", "2", "7", "255", "256", "65535", "65536", "100000", "2147483647", "2147483648", "4294967295",
        "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
        "18446744073709551616", "99999999999999999999999", "0.1", "1e3", "1e308", "1e999", "-0", "0x10", "1_000", "NaN",
        "null", "true", "~",
    ].map { Array($0.utf8) }

    /// What is no text, or no text that is meant to be seen.
    static let oddities: [[UInt8]] = [
        [0], [7], [9], [10], [13], [27], [127], [0xc2, 0x9b], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xef, 0xbb, 0xbf], [0xe2, 0x80, 0xa8], [0xe2, 0x80, 0xae], [0xcc, 0x81], [0xc2, 0x85],
        [0xf0, 0x9f, 0x8f, 0xb4],
    ]

    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }

    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    /// A place and a length within a count; mostly short.
    mutating func range(in count: Int, most: Int = 64) -> Range<Int> {
        guard count > 0 else { return 0..<0 }
        let start = below(count)
        return start..<min(count, start + 1 + below(chance(8) ? count : most))
    }

    /// One to some mutations in a row; the result has at most so many bytes.
    mutating func mutate(_ given: [UInt8], with other: [UInt8], most: Int) -> [UInt8] {
        var bytes = given
        repeat { step(&bytes, other) } while !chance(3)
        if bytes.count > most { bytes.removeLast(bytes.count - most) }
        return bytes
    }

    private mutating func step(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = other
            return
        }
        switch below(13) {
        case 0: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 1: bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(contentsOf: pick(Mutator.oddities), at: below(bytes.count + 1))
        case 3: bytes.removeSubrange(range(in: bytes.count))
        case 4:
            let piece = Array(bytes[range(in: bytes.count)])
            let times = chance(200) ? 1 + below(20_000) : chance(8) ? 1 + below(50) : 1
            let copies = Array(repeatElement(piece, count: min(times, 1 + (1 << 20) / piece.count)).joined())
            bytes.insert(contentsOf: copies, at: below(bytes.count + 1))
        case 5:
            let piece = other[range(in: other.count, most: 400)]
            bytes.replaceSubrange(range(in: bytes.count), with: piece)
        case 6: bytes.insert(contentsOf: pick(words), at: below(bytes.count + 1))
        case 7, 8: replaceToken(&bytes, by: pick(words))
        case 9: replaceToken(&bytes, by: pick(Mutator.numbers), onlyNumbers: true)
        default: lines(&bytes)
        }
    }

    /// Replaces a run of letters and digits near a random place.
    private mutating func replaceToken(_ bytes: inout [UInt8], by word: [UInt8], onlyNumbers: Bool = false) {
        func fits(_ byte: UInt8) -> Bool {
            (48...57).contains(byte)
                || (!onlyNumbers && ((97...122).contains(byte) || (65...90).contains(byte) || byte == 45))
        }
        let from = below(bytes.count)
        guard let start = bytes[from...].firstIndex(where: fits) else { return }
        let end = bytes[start...].firstIndex { !fits($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: word)
    }

    /// Doubles, removes, moves or indents a line.
    private mutating func lines(_ bytes: inout [UInt8]) {
        let from = below(bytes.count)
        let start = (bytes[..<from].lastIndex(of: 10) ?? -1) + 1
        let end = min(bytes.count, (bytes[from...].firstIndex(of: 10) ?? bytes.count - 1) + 1)
        guard start < end else { return }
        let line = Array(bytes[start..<end])
        switch below(4) {
        case 0: bytes.insert(contentsOf: line, at: start)
        case 1: bytes.removeSubrange(start..<end)
        case 2:
            bytes.removeSubrange(start..<end)
            let to = below(bytes.count + 1)
            bytes.insert(contentsOf: line, at: bytes[..<to].lastIndex(of: 10).map { $0 + 1 } ?? 0)
        default:
            if chance(2), line.first == 32 {
                bytes.removeFirst(at: start, count: min(2, line.prefix { $0 == 32 }.count))
            } else {
                bytes.insert(contentsOf: [32, 32], at: start)
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func removeFirst(at start: Int, count: Int) { removeSubrange(start..<start + count) }
}
