import BenchmarkModel
import GRDB

/// Reads one run. What cannot be read of it spoils nothing else and is named.
struct RunReader {
    let database: Database
    let id: String
    let path: String
    private var unreadable: [String] = []

    init(database: Database, id: String, path: String) {
        self.database = database
        self.id = id
        self.path = path
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
        run.observations = try observations()
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

    /// There may be 100,000 of them, so columns are taken by their place.
    private mutating func observations() throws -> [Observation] {
        var observations: [Observation] = []
        let cursor = try Row.fetchCursor(
            database,
            sql: """
                SELECT number, cell, block, counted, outcome, reasons, warnings, experiment, record_version, record
                FROM observation WHERE run_id = ? ORDER BY number
                """, arguments: [id])
        while let row = try cursor.next() {
            do {
                observations.append(try RunReader.observation(row))
            } catch let error as UnreadableValue {
                unreadable.append(
                    "observation \(row.said("number")) of \(row.said("cell")) (table observation) cannot be read: \(error)"
                )
            }
        }
        return observations
    }

    private static func observation(_ row: Row) throws -> Observation {
        let outcome: String = try row.value(at: 4, "outcome")
        guard let outcome = Observation.Outcome(rawValue: outcome) else {
            throw UnreadableValue(description: "no outcome is '\(outcome)'")
        }
        let record = try VersionedText(row.value(at: 8, "record_version"), row.value(at: 9, "record"))
        return try Observation(
            number: Bounded.count(row.value(at: 0, "number"), "'number'"), cell: row.value(at: 1, "cell"),
            block: Bounded.count(row.value(at: 2, "block"), "'block'"), counted: row.value(at: 3, "counted"),
            outcome: outcome, reasons: texts(row.value(at: 5, "reasons")),
            warnings: texts(row.value(at: 6, "warnings")),
            record: ObservationRecord.read(record, experiment: row.value(at: 7, "experiment")))
    }

    private static func texts(_ text: String) throws -> [String] {
        text == "[]" ? [] : try JSON.decode([String].self, text)
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
