import BenchmarkModel
import Glibc
import LinuxSystem

/// Reads an archive entry by entry. It decides and says; what becomes of an entry is its caller's.
///
/// The one reader for looking at an archive and for unpacking it: what was judged is what is written.
struct TarReader {
    /// Names, targets and extended headers are small; attributes are at most 64 KiB each.
    static let mostHeaderBytes: Int64 = 4 << 20
    static let mostPieces = 1_000_000

    private let source: ByteSource
    private var global = TarRecords()
    /// The data of the last entry that was not read.
    private var left: UInt64 = 0
    private var padding: UInt64 = 0
    /// Of extended headers since the last entry.
    private var headerBytes: Int64 = 0

    /// Whether the two empty blocks must come: without them an archive may have been cut short between two entries. Some makers
    /// of layers leave them out, whose sum says that they are whole.
    private let needsEnd: Bool

    init(_ source: ByteSource, needsEnd: Bool = true) {
        self.source = source
        self.needsEnd = needsEnd
    }

    /// What is wrong with an archive, in words that stand behind "is refused: ".
    struct Refusal: Error { var why: String }

    /// The next entry, or nil at the end.
    ///
    /// - Throws: ``Refusal``, ``ByteSource/Trouble``, ``SystemError``.
    mutating func next() throws -> TarEntry? {
        try skip()
        var records = TarRecords()
        var (longName, longTarget): ([UInt8]?, [UInt8]?)
        while true {
            guard let block = try source.block(TarHeader.size) else {
                guard needsEnd else { return nil }
                throw ByteSource.Trouble.cutShort
            }
            if block.allSatisfy({ $0 == 0 }) { return nil }
            guard let header = TarHeader(block) else { throw Refusal(why: "a header's sum is wrong; it is damaged") }
            switch header.kind {
            case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "X"):
                guard let list = TarHeader.records(try data(header)) else {
                    throw Refusal(why: "an extended header cannot be read")
                }
                let isGlobal = header.kind == UInt8(ascii: "g")
                guard isGlobal ? global.take(list) : records.take(list), global.sparse.isEmpty else {
                    throw Refusal(why: "an extended header cannot be read")
                }
            case UInt8(ascii: "L"): longName = TarHeader.text(try data(header)[...])
            case UInt8(ascii: "K"): longTarget = TarHeader.text(try data(header)[...])
            // The label of a volume.
            case UInt8(ascii: "V"):
                _ = try data(header)
            default:
                headerBytes = 0
                records.merge(global)
                return try entry(header, records, longName, longTarget)
            }
        }
    }

    /// Hands out the data of the entry that was read last, in pieces.
    ///
    /// - Throws: as ``next()``.
    mutating func forward(_ count: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard count <= left else { throw ByteSource.Trouble.cutShort }
        try source.forward(count, body)
        left -= count
    }

    private mutating func skip() throws {
        try source.forward(left + padding) { _ in }
        (left, padding) = (0, 0)
    }

    private mutating func expect(_ size: UInt64) {
        left = size
        padding = (512 - size % 512) % 512
    }

    /// The whole data of a header that says something of the next one.
    private mutating func data(_ header: TarHeader) throws -> [UInt8] {
        guard let size = header.dataSize, (0...TarReader.mostHeaderBytes).contains(size) else {
            throw Refusal(why: "an extended header has no size that can be")
        }
        headerBytes += size
        guard headerBytes <= TarReader.mostHeaderBytes else { throw Refusal(why: "its extended headers are too large") }
        expect(UInt64(size))
        var data: [UInt8] = []
        try forward(UInt64(size)) { data.append(contentsOf: $0) }
        try skip()
        return data
    }

    private mutating func entry(
        _ header: TarHeader, _ records: TarRecords, _ longName: [UInt8]?, _ longTarget: [UInt8]?
    ) throws -> TarEntry {
        let name = records.text("GNU.sparse.name") ?? records.text("path") ?? longName ?? header.name
        func number(_ key: String, _ own: Int64?) throws -> UInt64 {
            let (value, isSound) = records.number(key)
            guard isSound, let number = value ?? own, number >= 0 else {
                throw Refusal(why: "the \(key) of '\(name.shown)' cannot be read")
            }
            return UInt64(number)
        }
        guard !name.contains(0) else { throw Refusal(why: "a name holds a NUL") }
        guard name.count <= 4_096 else { throw Refusal(why: "a name is longer than a path may be") }
        let kind = try TarReader.kind(header.kind, name: name)
        let (user, group) = (try number("uid", header.user), try number("gid", header.group))
        guard let user = UInt32(exactly: user), let group = UInt32(exactly: group), user < .max, group < .max,
            let mode = header.mode, let time = records.time ?? header.time.map({ FileTime(seconds: $0) })
        else { throw Refusal(why: "the owner, mode or time of '\(name.shown)' cannot be read") }
        var entry = TarEntry(
            kind: kind, name: name,
            metadata: .init(user: user, group: group, mode: UInt32(truncatingIfNeeded: mode), time: time))
        entry.attributes = records.attributes
        if kind == .symbolicLink || kind == .hardLink {
            entry.target = records.text("linkpath") ?? longTarget ?? header.target
            guard !entry.target.contains(0) else { throw Refusal(why: "a link's target holds a NUL") }
        }
        // A size of what has no data says nothing, as for other programs that read archives.
        guard kind == .file else { return entry }
        entry.storedBytes = try number("size", header.dataSize)
        entry.size = entry.storedBytes
        guard entry.storedBytes < UInt64(1) << 60 else { throw Refusal(why: "the size of '\(name.shown)' cannot be") }
        expect(entry.storedBytes)
        try takePieces(of: &entry, header, records)
        guard entry.size < UInt64(1) << 44, entry.isSound else {
            throw Refusal(why: "the pieces of the sparse file '\(name.shown)' cannot be read")
        }
        return entry
    }

    private static func kind(_ kind: UInt8, name: [UInt8]) throws -> TarEntry.Kind {
        switch kind {
        case UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): .file
        // Before POSIX a directory was a file whose name ends with a slash.
        case 0: name.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .symbolicLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"): .device
        case UInt8(ascii: "5"): .directory
        case UInt8(ascii: "6"): .pipe
        default:
            throw Refusal(
                why: "'\(name.shown)' is of the unknown kind '\([kind].shown)' (a part of a larger or older archive?)")
        }
    }

    /// Finds the pieces of a sparse file: those of GNU's own format, and of the three that it wrote into POSIX headers.
    private mutating func takePieces(of entry: inout TarEntry, _ header: TarHeader, _ records: TarRecords) throws {
        let refusal = Refusal(why: "the pieces of the sparse file '\(entry.name.shown)' cannot be read")
        var numbers: [Int64]
        var size: Int64?
        if header.kind == UInt8(ascii: "S") {
            let (first, isContinued, realSize) = header.sparse
            guard var pairs = first else { throw refusal }
            size = realSize
            var more = isContinued
            while more {
                guard let block = try source.block(TarHeader.size), pairs.count < TarReader.mostPieces,
                    let next = TarHeader.pairs(block, at: 0, count: 21)
                else { throw refusal }
                pairs += next
                more = block[504] != 0
            }
            numbers = pairs.flatMap { [$0.0, $0.1] }
        } else if records.text("GNU.sparse.major") == Array("1".utf8) {
            size = records.number("GNU.sparse.realsize").value
            numbers = try mapInData(of: &entry, refusal)
        } else if let map = records.text("GNU.sparse.map") {
            size = records.number("GNU.sparse.size").value
            numbers = try map.split(separator: UInt8(ascii: ",")).map {
                guard let number = TarHeader.decimal($0) else { throw refusal }
                return number
            }
        } else if !records.sparse.isEmpty || records.text("GNU.sparse.size") != nil {
            size = records.number("GNU.sparse.size").value
            numbers = records.sparse
        } else {
            return
        }
        guard let size, size >= 0, numbers.count % 2 == 0, numbers.allSatisfy({ $0 >= 0 }),
            numbers.count / 2 <= TarReader.mostPieces
        else { throw refusal }
        entry.size = UInt64(size)
        entry.pieces = stride(from: 0, to: numbers.count, by: 2).map {
            TarEntry.Piece(offset: UInt64(numbers[$0]), length: UInt64(numbers[$0 + 1]))
        }
    }

    /// Format 1.0: lines of decimal numbers at the beginning of the data, filled up to a whole block.
    private mutating func mapInData(of entry: inout TarEntry, _ refusal: Refusal) throws -> [Int64] {
        var text: [UInt8] = []
        var numbers: [Int64] = []
        var place = 0
        func isComplete() -> Bool { numbers.first.map { Int64(numbers.count) == 2 * $0 + 1 } ?? false }
        while !isComplete() {
            // No number is longer than a block.
            guard text.count < 32 << 20, text.count - place < 512 + 20, left >= 512 else { throw refusal }
            try forward(512) { text.append(contentsOf: $0) }
            while !isComplete(), let end = text[place...].firstIndex(of: UInt8(ascii: "\n")) {
                guard let number = TarHeader.decimal(text[place..<end]),
                    !numbers.isEmpty || number <= Int64(TarReader.mostPieces)
                else { throw refusal }
                numbers.append(number)
                place = end + 1
            }
        }
        entry.storedBytes = left
        return Array(numbers.dropFirst())
    }
}

extension Collection<UInt8> {
    /// As text for people; what is not UTF-8 is shown as `\xFF`, a line end as `\n`.
    var shown: String {
        Directory.shown(self).replacing("\n", with: "\\n")
    }
}
