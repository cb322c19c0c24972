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

    func save(_ sample: Sample) throws {
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT INTO sample (run_id, number, cell, block, counted, instance, outcome, reasons, warnings,
                      cpu_nanoseconds, rest_nanoseconds) VALUES (?,?,?,?,?,?,?,?,?,?,?)
                    ON CONFLICT (run_id, number) DO UPDATE SET outcome = excluded.outcome, reasons = excluded.reasons,
                      warnings = excluded.warnings, cpu_nanoseconds = excluded.cpu_nanoseconds,
                      rest_nanoseconds = excluded.rest_nanoseconds
                    """,
                arguments: [
                    runID, sample.number, sample.cell, sample.block, sample.counted, sample.instance,
                    sample.outcome.rawValue, try JSON.encode(sample.reasons), try JSON.encode(sample.warnings),
                    sample.cpuNanoseconds.map { Int64(clamping: $0) },
                    sample.restNanoseconds.map { Int64(clamping: $0) },
                ])
            try database.execute(
                sql: "DELETE FROM mark WHERE run_id = ? AND sample = ?", arguments: [runID, sample.number])
            for (position, mark) in sample.marks.enumerated() {
                try database.execute(
                    sql: "INSERT INTO mark (run_id, sample, position, name, nanoseconds) VALUES (?,?,?,?,?)",
                    arguments: [runID, sample.number, position, mark.name.rawValue, Int64(clamping: mark.nanoseconds)])
            }
        }
    }

    func save(_ ladder: Ladder) throws {
        try store.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO ladder (run_id, number, cell, outcome, record) VALUES (?,?,?,?,?)",
                arguments: [runID, ladder.number, ladder.cell, ladder.outcome.rawValue, try JSON.encode(ladder)])
        }
    }

    func save(_ ramp: Ramp) throws {
        try store.write { database in
            try database.execute(
                sql:
                    "INSERT OR REPLACE INTO ramp (run_id, number, cell, outcome, instances, record) VALUES (?,?,?,?,?,?)",
                arguments: [
                    runID, ramp.number, ramp.cell, ramp.outcome.rawValue, ramp.instances, try JSON.encode(ramp),
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
        try store.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO platform (run_id, name, record, emulated) VALUES (?,?,?,?)",
                arguments: [runID, record.platform, try JSON.encode(record), record.emulated])
        }
    }
}
