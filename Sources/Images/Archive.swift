import BenchmarkModel
import Foundation
import LinuxSystem

/// Archives that a user brings are not trusted: every entry is looked at before the first is unpacked.
enum Archive {
    static let mostBytes: UInt64 = 16 << 30
    static let mostEntries = 1_000_000
    static let mostRatio: UInt64 = 200

    static func unpack(_ path: String, into tree: String) async throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64) ?? 0
        let listing: String
        do {
            listing = try await Tool.run(
                "tar",
                [
                    "--list", "--verbose", "--numeric-owner", "--quoting-style=escape", "--absolute-names", "--file",
                    path,
                ],
                // In the C locale all names are ASCII: a slash with an accent behind it would be no slash to Swift.
                doing: "listing the archive \(path)", environment: ["LC_ALL": "C"])
        } catch var error as TareError where error.remedy == nil {
            error.remedy = "Name a tar archive, plain or compressed with gzip, xz or zstd, that is whole."
            throw error
        }
        try check(listing, archive: path, size: size)
        try await Tool.run(
            "tar",
            [
                "--extract", "--file", path, "--directory", tree, "--numeric-owner", "--same-owner",
                "--same-permissions",
                "--delay-directory-restore", "--no-overwrite-dir",
            ], doing: "unpacking the archive \(path)")
    }

    /// Judges the lines of `tar --list --verbose`: `drwxr-xr-x 0/0  0 2023-06-10 00:00 name`, with ` -> target` behind
    /// a symbolic and ` link to target` behind a hard link.
    static func check(_ listing: String, archive: String, size: UInt64) throws {
        var bytes: UInt64 = 0
        var links: Set<String> = []
        let lines = listing.split(separator: "\n")
        guard lines.count <= mostEntries else { throw refused(archive, "it has more than \(mostEntries) entries") }
        for line in lines {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, let kind = line.first else {
                throw refused(archive, "an entry cannot be read: \(line)")
            }
            // Of a time that no calendar has tar prints another number of fields or spaces, here and in the lines after it: the
            // name would be taken for another one.
            guard isStamp(fields[3], like: "0000-00-00"), isStamp(fields[4], like: "00:00") else {
                throw refused(archive, "the time of an entry cannot be read: \(line)")
            }
            let separator: String? = kind == "l" ? " -> " : kind == "h" ? " link to " : nil
            let halves = separator.map { fields[5].components(separatedBy: $0) } ?? [String(fields[5])]
            let name = halves[0]
            guard "-dlh".contains(kind) else { throw refused(archive, "'\(name)' is a device, a pipe or a socket") }
            // With the separator in a name it could not be told where the name ends.
            guard separator == nil || halves.count == 2, let size = UInt64(fields[2]) else {
                throw refused(archive, "an entry cannot be read: \(line)")
            }
            // A sparse entry may claim any size: the sum must not overflow.
            bytes = bytes.addingReportingOverflow(size).overflow ? .max : bytes + size
            try checkName(name, archive)
            let parts = try checkPlace(name, links: links, archive)
            if kind == "l" {
                links.insert(parts.joined(separator: "/"))
                try checkTarget(halves[1], of: parts, archive)
            }
            if kind == "h" {
                try checkName(halves[1], archive)
                _ = try checkPlace(halves[1], links: links, archive)
            }
        }
        guard bytes <= mostBytes else { throw refused(archive, "it unpacks to more than \(mostBytes >> 30) GiB") }
        guard size == 0 || bytes <= 1 << 20 || bytes / size <= mostRatio else {
            throw refused(archive, "it unpacks to more than \(mostRatio) times its size")
        }
    }

    private static func isStamp(_ text: Substring, like pattern: String) -> Bool {
        text.utf8.count == pattern.utf8.count
            && zip(text.utf8, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? (48...57).contains($0) : $0 == $1 }
    }

    private static func checkName(_ name: String, _ archive: String) throws {
        guard !name.hasPrefix("/") else { throw refused(archive, "'\(name)' is an absolute path") }
        guard !name.split(separator: "/").contains("..") else { throw refused(archive, "'\(name)' holds '..'") }
    }

    /// An entry below a link of the archive would be written to where the link points.
    private static func checkPlace(_ name: String, links: Set<String>, _ archive: String) throws -> [Substring] {
        let parts = name.split(separator: "/").filter { $0 != "." }
        var above = ""
        for part in parts.dropLast() {
            above += above.isEmpty ? part : "/\(part)"
            if links.contains(above) { throw refused(archive, "'\(name)' lies below the link '\(above)'") }
        }
        return parts
    }

    /// A relative link may climb, but not out of the root. An absolute one is resolved inside the instance's own root.
    private static func checkTarget(_ target: String, of parts: [Substring], _ archive: String) throws {
        guard !target.hasPrefix("/") else { return }
        var depth = parts.count - 1
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            guard depth >= 0 else {
                throw refused(
                    archive, "the link '\(parts.joined(separator: "/"))' points out of the root, to '\(target)'")
            }
        }
    }

    private static func refused(_ archive: String, _ why: String) -> TareError {
        TareError(
            .image, "the archive \(archive) is refused: \(why)",
            remedy: "Make it again from the root filesystem's own directory, for example with 'tar -C DIR -cf FILE .'.")
    }
}
