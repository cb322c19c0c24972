import Glibc
import LinuxSystem

/// What an archive says of one file, directory or link.
struct TarEntry {
    enum Kind: Equatable { case file, directory, symbolicLink, hardLink, device, pipe }

    /// A piece of a sparse file that is there.
    struct Piece: Equatable {
        var offset: UInt64
        var length: UInt64
    }

    var kind: Kind
    /// As it stands in the archive.
    var name: [UInt8]
    /// Of a link.
    var target: [UInt8] = []
    var metadata: Directory.Metadata
    /// The bytes that follow in the archive.
    var storedBytes: UInt64 = 0
    /// The size of the file.
    var size: UInt64 = 0
    /// The pieces that are there, in the order in which their bytes follow; nil where all is.
    var pieces: [Piece]?
    var attributes: [ExtendedAttribute] = []

    /// Whether pieces lie one after the other, within the file, and are what follows.
    var isSound: Bool {
        guard let pieces else { return true }
        var end: UInt64 = 0
        var sum: UInt64 = 0
        for piece in pieces {
            guard piece.offset >= end, !piece.offset.addingReportingOverflow(piece.length).overflow else {
                return false
            }
            end = piece.offset + piece.length
            sum += piece.length
        }
        return end <= size && sum == storedBytes
    }
}

/// What POSIX extended headers say of an entry.
struct TarRecords {
    /// Of each sort so many are taken.
    static let most = 256

    var values: [[UInt8]: [UInt8]] = [:]
    var attributes: [ExtendedAttribute] = []
    /// The pieces of a sparse file in format 0.0, whose keys come again and again.
    var sparse: [Int64] = []

    /// Takes records; false where they are not sound.
    mutating func take(_ records: [(key: [UInt8], value: [UInt8])]) -> Bool {
        for (key, value) in records {
            if let name = ["SCHILY.xattr.", "LIBARCHIVE.xattr."].lazy.compactMap({ prefix in
                key.starts(with: prefix.utf8) ? key.dropFirst(prefix.utf8.count) : nil
            }).first {
                // libarchive writes both, its own encoded.
                guard key.starts(with: "SCHILY".utf8), !name.isEmpty, !name.contains(0) else { continue }
                attributes.removeAll { $0.name.elementsEqual(name) }
                if ExtendedAttribute.isKept(name) {
                    guard attributes.count < TarRecords.most else { return false }
                    attributes.append(ExtendedAttribute(name: Array(name), value: value))
                }
            } else if key.elementsEqual("GNU.sparse.offset".utf8) || key.elementsEqual("GNU.sparse.numbytes".utf8) {
                guard let number = TarHeader.decimal(value) else { return false }
                sparse.append(number)
            } else {
                // An empty value takes back what a global header said.
                values[key] = value.isEmpty ? nil : value
                guard values.count <= TarRecords.most else { return false }
            }
        }
        return true
    }

    mutating func merge(_ other: TarRecords) {
        values.merge(other.values) { _, own in own }
        let own = attributes
        attributes = other.attributes.filter { one in !own.contains { $0.name == one.name } } + own
        sparse += other.sparse
    }

    func text(_ key: String) -> [UInt8]? { values[Array(key.utf8)] }

    /// A number that is there: nil where it is not, and false where it is none.
    func number(_ key: String) -> (value: Int64?, isSound: Bool) {
        guard let text = text(key) else { return (nil, true) }
        let value = TarHeader.decimal(text)
        return (value, value != nil)
    }

    /// A time with a fraction.
    var time: FileTime? {
        guard let text = text("mtime") else { return nil }
        let isNegative = text.first == UInt8(ascii: "-")
        let halves = text.dropFirst(isNegative ? 1 : 0).split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard let first = halves.first, let whole = TarHeader.decimal(first) else { return nil }
        var fraction: Int64 = 0
        if halves.count == 2 {
            let digits = Array(halves[1].prefix(9))
            guard let number = TarHeader.decimal(digits) else { return nil }
            fraction = (digits.count..<9).reduce(number) { number, _ in number * 10 }
        }
        if !isNegative { return FileTime(seconds: whole, nanoseconds: fraction) }
        return fraction == 0
            ? FileTime(seconds: -whole) : FileTime(seconds: -whole - 1, nanoseconds: 1_000_000_000 - fraction)
    }
}
