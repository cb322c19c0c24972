package import BenchmarkModel
import GRDB

/// A row of the journal that is still open.
package struct OpenIntent: Sendable, Equatable {
    /// The row to close.
    package var row: Int64
    /// Whose it is.
    package var runID: String
    /// What sort of thing, as it was journalled.
    package var kind: String
    /// What exactly.
    package var subject: String

    package init(row: Int64, runID: String, kind: String, subject: String) {
        self.row = row
        self.runID = runID
        self.kind = kind
        self.subject = subject
    }

    /// What may be on the host; nil where the kind is none that this tare knows, and so cannot be reaped by it.
    package var intent: Intent? { Intent.Kind(rawValue: kind).map { Intent($0, subject) } }
}

extension RunStore {
    /// What may still be on the host, the latest first: things are removed in the reverse order of their making.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package func openIntents() throws -> [OpenIntent] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM intent WHERE closed = 0 ORDER BY id DESC").map { row in
                try OpenIntent(
                    row: row.value("id"), runID: row.value("run_id"), kind: row.value("kind"),
                    subject: row.value("subject"))
            }
        }
    }

    /// Notes that a journalled thing is gone.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package func close(_ row: Int64) throws {
        try write { try $0.execute(sql: "UPDATE intent SET closed = 1 WHERE id = ?", arguments: [row]) }
    }

    /// Whether the process that measures a run still lives.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package func isAlive(_ id: String) throws -> Bool {
        try read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]) else {
                return false
            }
            // A run that has ended is not measured any more, though its process may live on (as a test's does).
            guard try row.value("status") == Run.Status.running.rawValue else { return false }
            return try RunOwner(
                pid: row.value("owner_pid"), startTicks: row.value("owner_start_ticks"), bootID: row.value("owner_boot")
            ).isAlive
        }
    }

    /// Gives runs whose process died without a word the status `interrupted`.
    ///
    /// - Throws: ``TareError`` with code `store`.
    package func markDeadRuns() throws {
        let running = try read {
            try String.fetchAll($0, sql: "SELECT id FROM run WHERE status = 'running'")
        }
        for id in running where try !isAlive(id) {
            try write { try $0.execute(sql: "UPDATE run SET status = 'interrupted' WHERE id = ?", arguments: [id]) }
        }
    }
}
