import BenchmarkModel
import GRDB

/// Commits what a run measures, each piece in a transaction of its own.
struct StoreSink: RunSink {
    let store: RunStore
    let runID: String

    func open(_ intent: Intent) throws -> Int64 {
        try store.write { database in
            try database.execute(
                sql: "INSERT INTO intent (run_id, kind, subject) VALUES (?,?,?)",
                arguments: [runID, intent.kind.rawValue, intent.subject])
            return database.lastInsertedRowID
        }
    }

    func close(_ row: Int64) throws {
        try store.close(row)
    }

    func save(_ observation: Observation) throws {
        let record = try ObservationRecord.write(observation.record)
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT INTO observation (run_id, number, cell, block, counted, outcome, reasons, warnings,
                      experiment, record_version, record) VALUES (?,?,?,?,?,?,?,?,?,?,?)
                    ON CONFLICT (run_id, number) DO UPDATE SET cell = excluded.cell, block = excluded.block,
                      counted = excluded.counted, outcome = excluded.outcome, reasons = excluded.reasons,
                      warnings = excluded.warnings, experiment = excluded.experiment,
                      record_version = excluded.record_version, record = excluded.record
                    """,
                arguments: [
                    runID, observation.number, observation.cell, observation.block, observation.counted,
                    observation.outcome.rawValue, try JSON.encode(observation.reasons),
                    try JSON.encode(observation.warnings), observation.record.experiment, record.version, record.text,
                ])
        }
    }

    func save(_ threat: Threat) throws {
        try store.write { database in
            try database.execute(
                sql: "INSERT INTO threat (run_id, detector, severity, text, block, cell) VALUES (?,?,?,?,?,?)",
                arguments: [runID, threat.detector, threat.severity.rawValue, threat.text, threat.block, threat.cell])
        }
    }

    func save(_ echo: ChannelEcho) throws {
        try store.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO channel_echo (run_id, platform, round_trips, failure) VALUES (?,?,?,?)",
                arguments: [runID, echo.platform, try JSON.encode(echo.roundTripsNanoseconds), echo.failure])
        }
    }

    func save(_ world: ObservedWorld) throws {
        let text = try VersionedText.facts(HostFacts(facts: world.facts))
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO world (run_id, workload, platform, record, record_version, failure)
                    VALUES (?,?,?,?,?,?)
                    """,
                arguments: [runID, world.workload, world.platform, text.text, text.version, world.failure])
        }
    }

    func save(_ preparations: [Preparation]) throws {
        try store.write { database in
            for one in preparations {
                try database.execute(
                    sql: """
                        INSERT INTO preparation (run_id, workload, platform, step, seconds, cached, identity)
                        VALUES (?,?,?,?,?,?,?)
                        """,
                    arguments: [runID, one.workload, one.platform, one.step, one.seconds, one.cached, one.identity])
            }
        }
    }

    func save(_ record: PlatformRecord) throws {
        let text = try VersionedText.platform(record)
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO platform (run_id, name, record, record_version, emulated)
                    VALUES (?,?,?,?,?)
                    """,
                arguments: [runID, record.platform, text.text, text.version, record.emulated])
        }
    }
}
