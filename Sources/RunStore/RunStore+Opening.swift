import BenchmarkModel
import Foundation
import GRDB
import Glibc

extension RunStore {
    /// Opens a database to read it, without writing to it or beside it: it may be on a medium that cannot be written, or
    /// belong to somebody else, and files that root left beside it would keep its owner out.
    ///
    /// What is read is a copy, brought up to the newest schema there. It has no name any more once this returns, so that it is gone
    /// with the process, however that ends.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package static func reading(_ path: String) throws -> RunStore {
        try refuseUnreadable(path)
        do {
            let scratch = try Scratch()
            defer { scratch.remove() }
            try copy(path, to: scratch.path)
            let queue = try DatabaseQueue(path: scratch.path, configuration: forCopies)
            try refuseNewer(queue, path: path)
            try Schema.migrator.migrate(queue)
            let other = try DatabaseQueue(path: scratch.path, configuration: forCopies)
            for connection in [queue, other] {
                // Once its name is gone, nothing that somebody puts under that name must be taken for its journal: a lock that is
                // never given back is never taken anew, and only then does SQLite look for one.
                try connection.writeWithoutTransaction { database in
                    try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                    _ = try Row.fetchOne(database, sql: "SELECT 1 FROM run LIMIT 1")
                }
            }
            return RunStore(queue: queue, path: path, other: other)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw noRoom(path, error.message ?? "the disk is full")
        } catch let error as CocoaError {
            throw noRoom(path, text(of: error))
        } catch {
            throw RunStore.translated(error, path: path)
        }
    }

    private static func noRoom(_ path: String, _ cause: String) -> TareError {
        TareError(
            .store, "no copy of the database \(path) can be made below \(NSTemporaryDirectory())",
            remedy: "Make room there, or name another place with TMPDIR.", cause: cause)
    }

    /// Nobody needs a copy after this process, so nothing waits for the disk; nothing is made beside a file without a name.
    private static var forCopies: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private static func copy(_ path: String, to copy: String) throws {
        // Where both are there somebody may be writing, and SQLite sees to it that the copy is whole; it makes no file then.
        if access(path + "-wal", F_OK) == 0, access(path + "-shm", F_OK) == 0 {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            if let live = try? DatabaseQueue(path: path, configuration: configuration),
                let target = try? DatabaseQueue(path: copy, configuration: forCopies),
                (try? live.backup(to: target)) != nil
            {
                try live.close()
                try target.close()
                return
            }
        }
        // The log of one that was killed holds what is committed and not yet in the database itself.
        for suffix in ["", "-wal"] where suffix.isEmpty || access(path + suffix, F_OK) == 0 {
            // What a copy by SQLite began.
            unlink(copy + suffix)
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            // It may come from a medium whose files nobody may write.
            chmod(copy + suffix, 0o600)
        }
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
