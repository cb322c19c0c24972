import Glibc

// The tar formats, as far as they are read here (pax(1) of POSIX; GNU tar's manual, "Basic Tar Format"; star(5)). An archive is a
// row of blocks of 512 bytes: a header, then the data of the entry, filled up with zeros; two empty blocks are its end.
//
//   offset  bytes
//   0       100   name
//   100     8     mode, 108 user, 116 group: octal digits, or with the highest bit set a binary number
//   124     12    size of the data, 136 time
//   148     8     sum of all bytes of the header, with blanks in this place
//   156     1     kind
//   157     100   target of a link
//   257     8     "ustar\0" "00" (POSIX) or "ustar  \0" (GNU)
//   345     155   POSIX: what stands before the name and a slash.
//                 GNU sparse (kind S): at 386 four pairs of offset and length, 12 bytes each; at 482 whether a block of 21 more
//                 pairs follows; at 483 the real size
//
// Entries that say something of the next one: `x` (POSIX) and `g` (of all that follow) hold records "LENGTH KEY=VALUE\n";
// `L` and `K` (GNU) hold a long name and a long target.

/// One header block.
struct TarHeader {
    static let size = 512
    let block: [UInt8]

    /// nil where the sum is wrong: then this is no header.
    init?(_ block: [UInt8]) {
        guard block.count == TarHeader.size, let sum = TarHeader.number(block[148..<156]) else { return nil }
        var (plain, signed) = (Int64(0), Int64(0))
        for (index, byte) in block.enumerated() {
            let byte = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            plain += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        guard sum == plain || sum == signed else { return nil }
        self.block = block
    }

    var kind: UInt8 { block[156] }
    var mode: Int64? { TarHeader.number(block[100..<108]) }
    var user: Int64? { TarHeader.number(block[108..<116]) }
    var group: Int64? { TarHeader.number(block[116..<124]) }
    var dataSize: Int64? { TarHeader.number(block[124..<136]) }
    var time: Int64? { TarHeader.number(block[136..<148]) }
    var target: [UInt8] { TarHeader.text(block[157..<257]) }

    var name: [UInt8] {
        let name = TarHeader.text(block[0..<100])
        let prefix = TarHeader.text(block[345..<500])
        let isPOSIX = block[257..<263].elementsEqual("ustar\0".utf8)
        return isPOSIX && !prefix.isEmpty ? prefix + [UInt8(ascii: "/")] + name : name
    }

    /// The pairs of a GNU sparse entry's own header, whether more follow, and the real size.
    var sparse: (pairs: [(Int64, Int64)]?, isContinued: Bool, realSize: Int64?) {
        (TarHeader.pairs(block, at: 386, count: 4), block[482] != 0, TarHeader.number(block[483..<495]))
    }

    /// Pairs up to the first empty one; nil where one is no number.
    static func pairs(_ block: [UInt8], at start: Int, count: Int) -> [(Int64, Int64)]? {
        var pairs: [(Int64, Int64)] = []
        for index in 0..<count {
            let place = start + 24 * index
            if block[place] == 0 { break }
            guard let offset = number(block[place..<place + 12]), let length = number(block[place + 12..<place + 24])
            else { return nil }
            pairs.append((offset, length))
        }
        return pairs
    }

    static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between blanks, or a binary number; nothing at all is 0, anything else nil.
    static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            // The bit beside the highest is the sign.
            var value: Int64 = first & 0x40 != 0 ? -1 : 0
            for (index, byte) in field.enumerated() {
                let byte = index == 0 ? (first & 0x40 != 0 ? first : first & 0x7f) : byte
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { return nil }
                value = shifted | Int64(byte)
            }
            return value
        }
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value < Int64.max / 8 else { return nil }
            value = value * 8 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Decimal digits; nil for anything else.
    static func decimal(_ text: some Collection<UInt8>) -> Int64? {
        guard !text.isEmpty, text.count < 20, text.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    /// The records of a POSIX extended header; nil where they cannot be read.
    static func records(_ data: [UInt8]) -> [(key: [UInt8], value: [UInt8])]? {
        var records: [(key: [UInt8], value: [UInt8])] = []
        var rest = data[...]
        while let first = rest.first, first != 0 {
            guard let blank = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = decimal(rest[rest.startIndex..<blank]), length > 0, length <= rest.count
            else { return nil }
            let end = rest.startIndex + Int(length)
            guard blank + 1 < end, rest[end - 1] == UInt8(ascii: "\n"),
                let equals = rest[(blank + 1)..<end].firstIndex(of: UInt8(ascii: "="))
            else { return nil }
            records.append((Array(rest[(blank + 1)..<equals]), Array(rest[(equals + 1)..<(end - 1)])))
            rest = rest[end...]
        }
        return records
    }
}
