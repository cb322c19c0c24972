import LinuxSystem

/// Writes tar archives byte by byte: hostile ones, which no tar program would write.
struct TarFile {
    private(set) var bytes: [UInt8] = []

    /// Adds an entry. The kinds are those of POSIX ustar: `0` file, `1` hard link, `2` symbolic link, `3` device, `5` directory.
    mutating func add(
        _ name: String, kind: Character = "0", link: String = "", text: String = "", size: UInt64? = nil
    ) {
        add(Array(name.utf8), kind: kind, link: link, text: text, size: size)
    }

    /// Adds an entry by the bytes of its name.
    mutating func add(
        _ name: [UInt8], kind: Character = "0", link: String = "", text: String = "", size: UInt64? = nil
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: UInt64, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        header.replaceSubrange(0..<name.count, with: name)
        put(kind == "5" ? "0000755" : "0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(size ?? UInt64(text.utf8.count), digits: 11), at: 124)
        put(octal(1_686_355_200, digits: 11), at: 136)
        put("        ", at: 148)
        put(String(kind), at: 156)
        put(link, at: 157)
        put("ustar\u{0}00", at: 257)
        put("0000001", at: 329)
        put("0000003", at: 337)
        put(octal(header.reduce(0) { $0 + UInt64($1) }, digits: 6) + "\u{0} ", at: 148)
        bytes += header
        bytes += text.utf8
        bytes += [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
    }

    /// Adds what POSIX calls an extended header, for the entry that follows.
    mutating func extend(_ records: [(String, String)]) {
        let text = records.map { key, value in
            let rest = " \(key)=\(value)\n"
            var length = rest.utf8.count + 1
            while "\(length)\(rest)".utf8.count != length { length = "\(length)\(rest)".utf8.count }
            return "\(length)\(rest)"
        }.joined()
        add("PaxHeader", kind: "x", text: text)
    }

    /// Adds bytes as they are.
    mutating func append(_ more: [UInt8]) { bytes += more }

    /// Writes the archive with the two empty blocks at its end.
    func write(to path: String) throws {
        try HostFiles.create(path, bytes: bytes + [UInt8](repeating: 0, count: 1_024))
    }
}
