import BenchmarkModel
import GRDB

/// Reads one run. What cannot be read of it spoils nothing else and is named.
struct RunReader {
    let database: Database
    let id: String
    let path: String
    /// A second connection to the same data; nil where there is none.
    let other: DatabaseQueue?
    private var unreadable: [String] = []

    init(database: Database, id: String, path: String, other: DatabaseQueue? = nil) {
        self.database = database
        self.id = id
        self.path = path
        self.other = other
    }

    /// - Throws: ``TareError`` when the run's own row, its suite or its plan cannot be read.
    mutating func run() throws -> Run {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]) else {
            throw TareError(.store, "run \(id) has just been removed", remedy: "'tare list' shows all runs.")
        }
        let suite = try needed("suite") { try row.versioned("suite", "suite_version").suite() }
        let plan = try needed("plan") { try row.versioned("plan", "plan_version").plan(of: suite) }
        let status: String? = try? row.value("status")
        var run = try needed("row in the table run") {
            try Run(
                id: id, startedAt: row.value("started_at"), endedAt: row.value("ended_at"),
                status: status.flatMap { Run.Status(rawValue: $0) } ?? .failed,
                tareVersion: row.value("tare_version"), command: row.value("command"), suite: suite,
                suiteText: row.value("suite_text"), plan: plan, facts: HostFacts())
        }
        run.platforms = try rows("platform", by: "rowid", { "the platform \($0.said("name"))" }) { row in
            try row.versioned("record", "record_version").platform()
        }
        run.preparations = try rows("preparation", by: "id", { "the image work \($0.said("id"))" }) { row in
            try Preparation(
                workload: row.value("workload"), platform: row.value("platform"), step: row.value("step"),
                seconds: row.value("seconds"), cached: row.value("cached"), identity: row.value("identity"))
        }
        run.channelEchoes = try rows("channel_echo", by: "rowid", { "the channel of \($0.said("platform"))" }) { row in
            try ChannelEcho(
                platform: row.value("platform"),
                roundTripsNanoseconds: JSON.decode([UInt64].self, row.value("round_trips")).map {
                    try Bounded.time($0, "a round trip")
                }, failure: row.value("failure"))
        }
        run.worlds = try rows("world", by: "rowid", { "what \($0.said("workload")) sees on \($0.said("platform"))" }) {
            row in
            try ObservedWorld(
                workload: row.value("workload"), platform: row.value("platform"),
                facts: row.versioned("record", "record_version").facts().facts, failure: row.value("failure"))
        }
        run.threats = try rows("threat", by: "id", { "the sighting \($0.said("id"))" }) { row in
            guard let severity = Threat.Severity(rawValue: try row.value("severity")) else {
                throw UnreadableValue(description: "no severity is '\(row.said("severity"))'")
            }
            return try Threat(
                detector: row.value("detector"), severity: severity, text: row.value("text"), block: row.value("block"),
                cell: row.value("cell"))
        }
        let part = try ObservationReader(run: id, other: other).all(database)
        run.observations = part.observations
        unreadable += part.unreadable
        do {
            run.facts = try row.versioned("facts", "facts_version").facts().sayingDefinitions(of: run.observations)
        } catch let error as UnreadableValue {
            unreadable.append("the facts of the host (table run) cannot be read: \(error)")
        }
        try nameUnmoved()
        run.unreadable = unreadable
        return run
    }

    private func needed<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as UnreadableValue {
            throw TareError(
                .store, "run \(id) in the database \(path) cannot be read: its \(what) is damaged or of a newer tare",
                remedy: "Use the tare that made it; the other runs can be read.", cause: error.description)
        }
    }

    private mutating func rows<Value>(
        _ table: String, by order: String, _ name: (Row) -> String, _ make: (Row) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        let cursor = try Row.fetchCursor(
            database, sql: "SELECT * FROM \(table) WHERE run_id = ? ORDER BY \(order)", arguments: [id])
        while let row = try cursor.next() {
            do {
                values.append(try make(row))
            } catch let error as UnreadableValue {
                unreadable.append("\(name(row)) (table \(table)) cannot be read: \(error)")
            }
        }
        return values
    }

    /// What an older database held and has no place in this schema.
    private mutating func nameUnmoved() throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT source, number, why FROM unmoved WHERE run_id = ? ORDER BY id", arguments: [id])
        while let row = try rows.next() {
            unreadable.append(
                "\(row.said("source")) \(row.said("number")) of an older database (table unmoved) cannot be read: "
                    + row.said("why"))
        }
    }
}
