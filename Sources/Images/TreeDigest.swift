import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

// The identity of a tree: SHA-256 of these records, one for each entry, each directory before what is in it, names sorted by their
// bytes, the root first with an empty name. Numbers are 8 bytes, lowest first; texts are their length and their bytes.
//
//   path, kind and mode, user, group, time (seconds, nanoseconds)
//   number of extended attributes, and of each its name and its value, sorted
//   of a file     its size, then its data: for each run of blocks of 4 KiB that are not all zeros, its place, length and bytes
//   of a link     its target
//   of a file that came before under another name    that path, and nothing else
//
// Holes and blocks of zeros are the same, so that an identity depends on no file system.

/// Digests trees.
struct TreeDigest {
    private let sum: StreamDigest
    private var buffer: [UInt8] = []
    private var seen: [ino_t: [UInt8]] = [:]
    private let device: dev_t
    private let skipsDevices: Bool

    /// Digests a tree. What lies on other file systems below it is not entered.
    ///
    /// - Parameter skipsDevices: whether what is below its `/dev` counts nothing.
    /// - Throws: ``SystemError``, ``TareError``.
    static func digest(_ path: String, skipsDevices: Bool = false) throws -> String {
        let root = try Directory(path)
        var digest = TreeDigest(sum: try StreamDigest(), device: try root.status().st_dev, skipsDevices: skipsDevices)
        try digest.head(path: [], try root.status(), try root.look { try ExtendedAttribute.all(of: $0, path) })
        try digest.add(root, prefix: [])
        try digest.flush()
        return try digest.sum.finish()
    }

    private init(sum: StreamDigest, device: dev_t, skipsDevices: Bool) {
        self.sum = sum
        self.device = device
        self.skipsDevices = skipsDevices
    }

    private mutating func add(_ directory: Directory, prefix: [UInt8]) throws {
        try Task.checkCancellation()
        let names = try directory.names().sorted { $0.raw.lexicographicallyPrecedes($1.raw) }
        for name in names {
            guard let status = directory.status(of: name) else { continue }
            let path = prefix + name.raw
            if !status.st_mode.isDirectory, status.st_nlink > 1 {
                if let first = seen[status.st_ino] {
                    text(path)
                    text(first)
                    continue
                }
                seen[status.st_ino] = path
            }
            let shown = "\(directory.path)/\(name.shown)"
            try head(path: path, status, try directory.look(at: name) { try ExtendedAttribute.all(of: $0, shown) })
            if status.st_mode.isDirectory {
                let isSkipped = skipsDevices && path.elementsEqual("dev".utf8)
                guard status.st_dev == device, !isSkipped else { continue }
                try add(try directory.directory(name), prefix: path + [UInt8(ascii: "/")])
            } else if status.st_mode.isFile {
                number(UInt64(status.st_size))
                try directory.read(name) { file in
                    try SparseData.read(file, size: UInt64(status.st_size)) { bytes, place in
                        number(place)
                        number(UInt64(bytes.count))
                        try flush()
                        try sum.add(bytes)
                    }
                }
            } else if status.st_mode.isLink {
                text(directory.target(of: name) ?? [])
            }
            if buffer.count > 64 << 10 { try flush() }
        }
    }

    private mutating func head(path: [UInt8], _ status: stat, _ attributes: [ExtendedAttribute]) throws {
        text(path)
        number(UInt64(status.st_mode))
        number(UInt64(status.st_uid))
        number(UInt64(status.st_gid))
        let time = FileTime(of: status)
        number(UInt64(bitPattern: time.seconds))
        number(UInt64(time.nanoseconds))
        number(UInt64(attributes.count))
        for attribute in attributes {
            text(attribute.name)
            text(attribute.value)
        }
    }

    private mutating func number(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { buffer.append(contentsOf: $0) }
    }

    private mutating func text(_ bytes: [UInt8]) {
        number(UInt64(bytes.count))
        buffer += bytes
    }

    private mutating func flush() throws {
        try sum.add(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
