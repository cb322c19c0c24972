package import BenchmarkModel
import Foundation
import GRDB
import Glibc

/// All runs, in one SQLite database. Thread-safe. What a call committed survives the death of the process and of the host.
package final class RunStore: Sendable {
    let queue: DatabaseQueue
    /// A second connection to the same data, where nobody writes to them.
    let other: DatabaseQueue?
    let path: String

    /// Opens or makes a database.
    ///
    /// - Throws: ``TareError`` with code `store` when the file is not a database, is of a newer tare, cannot be made or
    ///   written.
    package init(path: String) throws {
        self.path = path
        other = nil
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent.isEmpty
                    ? "." : (path as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw TareError(
                .store, "the directory of the database \(path) cannot be made",
                remedy: "Name another database with --db.", cause: RunStore.text(of: error))
        }
        do {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                // A committed sample must survive whatever comes: FULL syncs the log at every commit.
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            }
            // Made here and not by SQLite, so that nobody else may read it: raw samples tell of the host.
            _ = mknod(path, S_IFREG | 0o600, 0)
            var status = stat()
            if stat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 != 0 { chmod(path, 0o600) }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try RunStore.refuseNewer(queue, path: path)
            try Schema.migrator.migrate(queue)
        } catch {
            throw RunStore.translated(error, path: path)
        }
    }

    init(queue: DatabaseQueue, path: String, other: DatabaseQueue? = nil) {
        self.queue = queue
        self.other = other
        self.path = path
    }

    /// Writes a run that is about to be measured, with this process as its owner.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package func create(_ run: Run) throws {
        let owner = RunOwner.current
        let suite = try VersionedText.suite(run.suite)
        let plan = try VersionedText.plan(run.plan)
        let facts = try VersionedText.facts(run.facts)
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO run (id, started_at, ended_at, status, tare_version, command, suite_name, suite,
                      suite_version, suite_text, plan, plan_version, facts, facts_version, owner_pid,
                      owner_start_ticks, owner_boot) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                    """,
                arguments: [
                    run.id, run.startedAt, run.endedAt, run.status.rawValue, run.tareVersion, run.command,
                    run.suite.name, suite.text, suite.version, run.suiteText, plan.text, plan.version, facts.text,
                    facts.version, owner.pid, owner.startTicks, owner.bootID,
                ])
            for cell in run.plan.cells {
                try database.execute(
                    sql: "INSERT INTO cell (run_id, key, planned, impossible) VALUES (?,?,?,?)",
                    arguments: [run.id, cell.key, cell.planned, cell.impossible])
            }
        }
    }

    /// Where a run's measurements go.
    package func sink(for runID: String) -> any RunSink {
        StoreSink(store: self, runID: runID)
    }

    /// Notes how a run ended.
    ///
    /// - Parameter endedAt: seconds since 1970.
    /// - Throws: ``TareError`` with code `store`.
    package func finish(_ runID: String, status: Run.Status, endedAt: Double) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE run SET status = ?, ended_at = ? WHERE id = ?",
                arguments: [status.rawValue, endedAt, runID])
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try queue.write(body) } catch { throw RunStore.translated(error, path: path) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try queue.read(body) } catch { throw RunStore.translated(error, path: path) }
    }

    /// What SQLite says, as an error with a remedy.
    static func translated(_ error: any Error, path: String) -> any Error {
        if error is RowDecodingError || error is UnreadableValue {
            return TareError(
                .store, "the database \(path) holds a value that this tare cannot read",
                remedy: "Use the tare that made it, or move it away.", cause: "\(error)")
        }
        guard let error = error as? DatabaseError else { return error }
        let cause = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return TareError(
                .store, "\(path) is not a database of tare, or is damaged",
                remedy: "Move it away, or name another with --db.", cause: cause)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            return TareError(
                .store, "the database \(path) cannot be opened for writing",
                remedy: "Check its rights and those of its directory, or name another with --db.", cause: cause)
        case .SQLITE_FULL:
            return TareError(
                .store, "there is no space left for the database \(path)",
                remedy: "Free some space; every sample that was committed is still there.", cause: cause)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return TareError(
                .store, "the database \(path) is held by another process",
                remedy: "Wait for the other tare to end, or name another database with --db.", cause: cause)
        default:
            return TareError(
                .store, "the database \(path) does not do what is asked", remedy: "Check the disk it is on.",
                cause: cause)
        }
    }

    static func text(of error: any Error) -> String { (error as NSError).localizedDescription }
}
