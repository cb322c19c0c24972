import BenchmarkModel
import Foundation
import GRDB
import Glibc

extension RunStore {
    /// Opens a database to read it, without writing to it or beside it: it may be on a medium that cannot be written, or
    /// belong to somebody else, and files that root left beside it would keep its owner out.
    ///
    /// What is read is a copy in memory, brought up to the newest schema there.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package static func reading(_ path: String) throws -> RunStore {
        try refuseUnreadable(path)
        do {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            let memory = try DatabaseQueue(configuration: configuration)
            try take(path, into: memory)
            try refuseNewer(memory, path: path)
            try Schema.migrator.migrate(memory)
            return RunStore(queue: memory, path: path)
        } catch {
            throw RunStore.translated(error, path: path)
        }
    }

    private static func take(_ path: String, into memory: DatabaseQueue) throws {
        // Where both are there somebody may be writing, and SQLite sees to it that the copy is whole; it makes no file then.
        if access(path + "-wal", F_OK) == 0, access(path + "-shm", F_OK) == 0 {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            if let live = try? DatabaseQueue(path: path, configuration: configuration),
                (try? live.backup(to: memory)) != nil
            {
                try live.close()
                return
            }
        }
        let scratch = try Scratch()
        defer { scratch.remove() }
        // The log of one that was killed holds what is committed and not yet in the database itself.
        for suffix in ["", "-wal"] where suffix.isEmpty || access(path + suffix, F_OK) == 0 {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: scratch.path + suffix)
            // It may come from a medium whose files nobody may write.
            chmod(scratch.path + suffix, 0o600)
        }
        let copy = try DatabaseQueue(path: scratch.path)
        try copy.backup(to: memory)
        try copy.close()
    }

    /// A place of this process's own, closed to others.
    private struct Scratch {
        let directory: String
        var path: String { directory + "/tare.db" }

        init() throws {
            var template = Array((NSTemporaryDirectory() + "/tare-read-XXXXXX").utf8CString)
            guard mkdtemp(&template) != nil else {
                throw TareError(
                    .store, "no place for a copy of the database can be made below \(NSTemporaryDirectory())",
                    remedy: "Name another place with TMPDIR.", cause: String(cString: strerror(errno)))
            }
            directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        func remove() { try? FileManager.default.removeItem(atPath: directory) }
    }

    /// Says whose a database is that this user may not read.
    private static func refuseUnreadable(_ path: String) throws {
        guard access(path, R_OK) != 0 else { return }
        let number = errno
        var place = path
        var status = stat()
        // Where even looking is forbidden, the directory above that can be looked at is whose it is.
        while stat(place, &status) != 0, place.contains("/"), place != "/" {
            place = (place as NSString).deletingLastPathComponent
            if place.isEmpty { place = "." }
            if place == "." { break }
        }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(status.st_uid)"
        throw TareError(
            .store, "the database \(path) may not be read: \(place == path ? "it" : place) belongs to \(owner)",
            remedy: "Read it as \(owner), or name another database with --db.", cause: String(cString: strerror(number))
        )
    }

    /// Refuses a database of a newer tare.
    static func refuseNewer(_ queue: DatabaseQueue, path: String) throws {
        let applied = try queue.read { try Schema.migrator.appliedIdentifiers($0) }
        let unknown = applied.subtracting(Schema.migrations).sorted()
        guard unknown.isEmpty else {
            throw TareError(
                .store,
                "the database \(path) was made by a newer tare (it has '\(unknown.joined(separator: "', '"))', this tare"
                    + " \(TareVersion.current) knows '\(Schema.migrations.last ?? "")')",
                remedy: "Use the newer tare, or another database with --db.")
        }
    }
}
