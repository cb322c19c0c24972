import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// What an entry of the cache must hold. Written last, so that an entry without it was never finished.
struct Manifest: Codable, Equatable {
    /// The payload's name in the entry.
    var payload: String
    /// ``CachedItem/identity``.
    var identity: String
    /// Directories, files and links below the payload, itself included.
    var entries: Int
    /// The size of all regular files.
    var bytes: UInt64
    /// The recipe from which the key was drawn, for people who look.
    var recipe: String
    /// Free-form facts that belong to the payload, such as the order of modules.
    var notes: [String] = []

    static let name = "manifest.json"

    /// Counts what is really there: a file that was cut short, or is missing, changes the sums.
    static func measure(_ path: String) -> (entries: Int, bytes: UInt64)? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        var sum = (entries: 0, bytes: UInt64(0))
        func count(_ status: stat) {
            sum.entries += 1
            if status.st_mode & S_IFMT == S_IFREG { sum.bytes &+= UInt64(status.st_size) }
        }
        count(status)
        guard status.st_mode & S_IFMT == S_IFDIR else { return sum }
        guard (try? Directory(path).visit { _, _, status in count(status) }) != nil else { return nil }
        return sum
    }

    static func read(_ directory: String) -> Manifest? {
        guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)") else { return nil }
        return try? JSONDecoder().decode(Manifest.self, from: data)
    }

    func write(_ directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try HostFiles.create("\(directory)/\(Manifest.name)", bytes: Array(try encoder.encode(self)))
    }

    /// What is wrong with an entry, or nil.
    func damage(in directory: String) -> String? {
        guard let found = Manifest.measure("\(directory)/\(payload)") else { return "its payload is missing" }
        if found.entries != entries { return "it holds \(found.entries) files instead of \(entries)" }
        if found.bytes != bytes { return "it holds \(found.bytes) bytes instead of \(bytes)" }
        return nil
    }
}
