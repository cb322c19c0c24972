package import BenchmarkModel
import GRDB

extension RunStore {
    /// All runs, the latest first. What cannot be read of a run is left out of its line and spoils no other.
    ///
    /// - Parameter counts: whether the measurements of each are counted, which takes a look at all of them; else they are 0.
    /// - Throws: ``TareError`` with code `store`.
    package func runs(counts: Bool = true) throws -> [RunSummary] {
        try read { database in
            // Bounded and cast, because the file may be damaged or of somebody else's making.
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT CAST(run.id AS TEXT), CAST(started_at AS REAL), CAST(status AS TEXT),
                      CAST(suite_name AS TEXT), CAST(suite AS TEXT),
                      CAST(cells.planned AS INTEGER), sums.ok, sums.failed, sums.invalid, used.emulated
                    FROM run
                    LEFT JOIN (
                      SELECT run_id, SUM(MIN(MAX(planned, 0), 2147483647)) AS planned FROM cell GROUP BY run_id
                    ) AS cells ON cells.run_id = run.id
                    LEFT JOIN (
                      SELECT run_id, SUM(outcome = 'ok') AS ok, SUM(outcome = 'failed') AS failed,
                        SUM(outcome = 'invalid') AS invalid
                      FROM observation WHERE counted = 1\(counts ? "" : " AND 0") GROUP BY run_id
                    ) AS sums ON sums.run_id = run.id
                    LEFT JOIN (SELECT run_id, MAX(emulated = 1) AS emulated FROM platform GROUP BY run_id)
                      AS used ON used.run_id = run.id
                    ORDER BY started_at DESC, run.id DESC
                    """)
            return rows.map { row in
                func text(_ index: Int) -> String { row[index] ?? "" }
                func number(_ index: Int) -> Int { row[index] ?? 0 }
                let suite = try? JSON.decode(SuiteNames.self, text(4))
                return RunSummary(
                    id: text(0), startedAt: row[1] ?? 0, status: Run.Status(rawValue: text(2)) ?? .failed,
                    suite: text(3), planned: number(5), ok: number(6), failed: number(7), invalid: number(8),
                    platforms: suite?.platforms.map(\.name) ?? [], emulated: number(9) != 0)
            }
        }
    }

    /// What the list shows of a suite, in all versions of its encoding.
    private struct SuiteNames: Decodable {
        struct Platform: Decodable {
            var name: String
        }

        var platforms: [Platform]
    }

    /// A run with all its observations. What cannot be read of it is in ``Run/unreadable``.
    ///
    /// - Parameter name: its name, an unambiguous beginning of it, or `latest`.
    /// - Throws: ``TareError`` with code `usage` when it names none or several, and with code `store` when the run's suite or
    ///   plan cannot be read.
    package func run(_ name: String) throws -> Run {
        let ids = try read { database in
            try String.fetchAll(database, sql: "SELECT CAST(id AS TEXT) FROM run ORDER BY started_at DESC, id DESC")
        }
        let matches =
            name == "latest" ? Array(ids.prefix(1)) : ids.contains(name) ? [name] : ids.filter { $0.hasPrefix(name) }
        guard let id = matches.first, !name.isEmpty else {
            let known = ids.isEmpty ? "none is stored in \(path)" : "the latest is \(ids[0])"
            throw TareError(.usage, "there is no run '\(name)': \(known)", remedy: "'tare list' shows all runs.")
        }
        guard matches.count == 1 else {
            throw TareError(
                .usage,
                "'\(name)' begins the names of \(matches.count) runs: \(matches.prefix(5).joined(separator: ", "))",
                remedy: "Write more of the name.")
        }
        return try read { database in
            var reader = RunReader(database: database, id: id, path: path, other: other)
            return try reader.run()
        }
    }

    /// Removes a run and its measurements from the store.
    ///
    /// - Throws: ``TareError`` with code `store`, also while something of the run may still be on the host.
    package func delete(_ id: String) throws {
        try write { database in
            let open =
                try Int.fetchOne(
                    database, sql: "SELECT COUNT(*) FROM intent WHERE run_id = ? AND closed = 0", arguments: [id]) ?? 0
            guard open == 0 else {
                throw TareError(
                    .store, "run \(id) may still have something on the host", remedy: "Run 'tare clean' first.")
            }
            try database.execute(sql: "DELETE FROM intent WHERE run_id = ?", arguments: [id])
            try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
        }
    }
}
