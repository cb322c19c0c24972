public import BenchmarkModel
import Foundation
import GRDB

/// What a list of runs shows. Counts are of counted samples, ladders and ramps, warm-up excluded.
public struct RunSummary: Sendable, Equatable, Codable {
    /// The run's name.
    public var id: String
    /// Seconds since 1970.
    public var startedAt: Double
    /// How it ended.
    public var status: Run.Status
    /// The suite's name.
    public var suite: String
    /// Samples planned.
    public var planned: Int
    /// Samples that count.
    public var ok: Int
    /// Samples whose instance did not become ready.
    public var failed: Int
    /// Samples that were measured while something made figures wrong.
    public var invalid: Int
    /// The platforms' names.
    public var platforms: [String]
    /// Whether guests ran under software emulation.
    public var emulated: Bool

    /// Planned samples of which nothing is known: 0 in every complete run.
    public var missing: Int { planned - ok - failed - invalid }
}

/// A row of the journal that is still open.
public struct OpenIntent: Sendable, Equatable {
    /// The row to close.
    public var row: Int64
    /// Whose it is.
    public var runID: String
    /// What may be on the host.
    public var intent: Intent
}

extension RunStore {
    /// All runs, the latest first.
    ///
    /// - Throws: ``TareError`` with code `store`.
    public func runs() throws -> [RunSummary] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY started_at DESC, id DESC").map { row in
                let id: String = try row.value("id")
                func count(_ outcome: Sample.Outcome) throws -> Int {
                    var sum = 0
                    for table in ["sample WHERE counted = 1 AND", "ladder WHERE", "ramp WHERE"] {
                        sum +=
                            try Int.fetchOne(
                                database, sql: "SELECT COUNT(*) FROM \(table) run_id = ? AND outcome = ?",
                                arguments: [id, outcome.rawValue]) ?? 0
                    }
                    return sum
                }
                let plan = try JSON.decode(Plan.self, row.value("plan"))
                let climbs = (plan.footprint?.total ?? 0) + (plan.density?.total ?? 0)
                let planned =
                    try Int.fetchOne(
                        database, sql: "SELECT COALESCE(SUM(planned), 0) FROM cell WHERE run_id = ?", arguments: [id])
                    ?? 0
                guard (0...Int(Int32.max)).contains(planned) else {
                    throw UnreadableValue(description: "run \(id) says that it has \(planned) planned samples")
                }
                return try RunSummary(
                    id: id, startedAt: row.value("started_at"),
                    status: Run.Status(rawValue: row.value("status")) ?? .failed,
                    suite: row.value("suite_name"),
                    planned: planned + climbs,
                    ok: try count(.ok), failed: try count(.failed), invalid: try count(.invalid),
                    platforms: try JSON.decode(Suite.self, row.value("suite")).platforms.map(\.name),
                    emulated: try Bool.fetchOne(
                        database, sql: "SELECT MAX(emulated) FROM platform WHERE run_id = ?", arguments: [id]) ?? false)
            }
        }
    }

    /// A run with all its samples.
    ///
    /// - Parameter name: its name, an unambiguous beginning of it, or `latest`.
    /// - Throws: ``TareError`` with code `usage` when it names none or several.
    public func run(_ name: String) throws -> Run {
        let ids = try read { database in
            try String.fetchAll(database, sql: "SELECT id FROM run ORDER BY started_at DESC, id DESC")
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
        return try read { try RunStore.load(id, from: $0) }
    }

    /// Removes a run and its measurements from the store.
    ///
    /// - Throws: ``TareError`` with code `store`, also while something of the run may still be on the host.
    public func delete(_ id: String) throws {
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

    /// What may still be on the host, the latest first: things are removed in the reverse order of their making.
    ///
    /// - Throws: ``TareError`` with code `store`.
    public func openIntents() throws -> [OpenIntent] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM intent WHERE closed = 0 ORDER BY id DESC").map { row in
                try OpenIntent(
                    row: row.value("id"), runID: row.value("run_id"),
                    intent: Intent(Intent.Kind(rawValue: row.value("kind")) ?? .directory, row.value("subject")))
            }
        }
    }

    /// Notes that a journalled thing is gone.
    ///
    /// - Throws: ``TareError`` with code `store`.
    public func close(_ row: Int64) throws {
        try write { try $0.execute(sql: "UPDATE intent SET closed = 1 WHERE id = ?", arguments: [row]) }
    }

    /// Whether the process that measures a run still lives.
    ///
    /// - Throws: ``TareError`` with code `store`.
    public func isAlive(_ id: String) throws -> Bool {
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
    public func markDeadRuns() throws {
        let running = try read {
            try String.fetchAll($0, sql: "SELECT id FROM run WHERE status = 'running'")
        }
        for id in running where try !isAlive(id) {
            try write { try $0.execute(sql: "UPDATE run SET status = 'interrupted' WHERE id = ?", arguments: [id]) }
        }
    }

    private static func load(_ id: String, from database: Database) throws -> Run {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]) else {
            throw TareError(.store, "run \(id) has just been removed")
        }
        func rows(_ sql: String) throws -> [Row] { try Row.fetchAll(database, sql: sql, arguments: [id]) }
        return try Run(
            id: id, startedAt: row.value("started_at"), endedAt: row.value("ended_at"),
            status: Run.Status(rawValue: row.value("status")) ?? .failed, tareVersion: row.value("tare_version"),
            command: row.value("command"), suite: try JSON.decode(Suite.self, row.value("suite")),
            suiteText: row.value("suite_text"),
            plan: try JSON.decode(Plan.self, row.value("plan")),
            facts: try JSON.decode(HostFacts.self, row.value("facts")).sayingStartupDefinition(),
            platforms: try rows("SELECT record FROM platform WHERE run_id = ? ORDER BY rowid").map {
                try JSON.decode(PlatformRecord.self, $0.value("record"))
            },
            preparations: try rows("SELECT * FROM preparation WHERE run_id = ? ORDER BY id").map {
                try Preparation(
                    workload: $0.value("workload"), platform: $0.value("platform"), step: $0.value("step"),
                    seconds: $0.value("seconds"),
                    cached: $0.value("cached"), identity: $0.value("identity"))
            },
            channelEchoes: try rows("SELECT * FROM channel_echo WHERE run_id = ? ORDER BY rowid").map {
                try ChannelEcho(
                    platform: $0.value("platform"),
                    roundTripsNanoseconds: try JSON.decode([UInt64].self, $0.value("round_trips")),
                    failure: $0.value("failure"))
            },
            threats: try rows("SELECT * FROM threat WHERE run_id = ? ORDER BY id").map {
                try Threat(
                    detector: $0.value("detector"), severity: Threat.Severity(rawValue: $0.value("severity")) ?? .note,
                    text: $0.value("text"), block: $0.value("block"), cell: $0.value("cell"))
            },
            samples: try samples(of: id, from: database),
            ladders: try rows("SELECT record FROM ladder WHERE run_id = ? ORDER BY number").map {
                try JSON.decode(Ladder.self, $0.value("record"))
            },
            ramps: try rows("SELECT record FROM ramp WHERE run_id = ? ORDER BY number").map {
                try JSON.decode(Ramp.self, $0.value("record"))
            })
    }

    private static func samples(of id: String, from database: Database) throws -> [Sample] {
        var marks: [Int: [Mark]] = [:]
        let found = try Row.fetchAll(
            database, sql: "SELECT * FROM mark WHERE run_id = ? ORDER BY sample, position", arguments: [id])
        for row in found {
            guard let name = MarkName(rawValue: try row.value("name")) else { continue }
            try marks[row.value("sample"), default: []].append(Mark(name, nanoseconds: row.time("nanoseconds") ?? 0))
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM sample WHERE run_id = ? ORDER BY number", arguments: [id]
        ).map { row in
            let number: Int = try row.value("number")
            return try Sample(
                number: number, cell: row.value("cell"), block: row.value("block"), counted: row.value("counted"),
                instance: row.value("instance"), outcome: Sample.Outcome(rawValue: row.value("outcome")) ?? .invalid,
                reasons: try JSON.decode([String].self, row.value("reasons")),
                warnings: try JSON.decode([String].self, row.value("warnings")), marks: marks[number] ?? [],
                cpuNanoseconds: row.time("cpu_nanoseconds"), restNanoseconds: row.time("rest_nanoseconds"))
        }
    }
}

/// A value that is of the right type and that no tare wrote.
struct UnreadableValue: Error, CustomStringConvertible {
    var description: String
}

extension Row {
    /// What stands in a column. What cannot be taken as the type that is asked for is an error and no trap: the file may be
    /// damaged, and SQLite's own checks are made only when something is written.
    fileprivate func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        try decode(forColumn: column)
    }

    /// A time in nanoseconds, where there is one.
    fileprivate func time(_ column: String) throws -> UInt64? {
        let stored: Int64? = try value(column)
        guard let stored else { return nil }
        guard let time = UInt64(exactly: stored) else { throw UnreadableValue(description: "\(column) is \(stored)") }
        return time
    }
}
