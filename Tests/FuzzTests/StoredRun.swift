import BenchmarkModel
import Foundation
import GRDB

@testable import RunStore

/// Databases that hold a run with something in every table.
enum StoredRun {
    static let suite = Suite(
        name: "stored", description: "what it is for", seed: 42,
        workloads: [
            Workload(
                name: "noop", image: .packages(["busybox-static"], release: "bookworm", files: ["/etc/x": "a\nb"]),
                command: ["/.tare/witness", "pause"], environment: ["A": "b"], readiness: .http(port: 80, path: "/x"))
        ],
        platforms: [
            PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "bare", kind: .isolation([.mount])),
            PlatformSpec(name: "runc", kind: .oci(OCISettings(options: ["--debug"]))),
            PlatformSpec(name: "q35", kind: .libvirt(LibvirtSettings(kernel: "/boot/vmlinuz"))),
        ],
        startup: StartupExperiment(samples: 2, modes: [.warm, .cold, .concurrent(2), .occupied(2)]),
        footprint: FootprintExperiment(cap: 8), density: DensityExperiment(budgetBytes: 1 << 30))
    static let plan = Plan(suite: suite, seed: 42)
    static let facts = HostFacts(facts: [Fact("kernel", "6.1", mustAgree: true)])
    static let reading = MemoryReading([.anonymous: 1 << 20, .available: 1 << 30])
    static let ladder = Ladder(
        number: 1, cell: "footprint/noop/runc/idle", block: 0, outcome: .failed, reasons: ["no"], noise: reading,
        rungs: [Rung(instances: 1, settleSeconds: 0.5, settled: true, reading: reading)], idleCPUNanoseconds: 7,
        drift: reading)
    static let ramp = Ramp(
        number: 1, cell: "density/noop/runc/1024MiB", block: 0, instances: 1, cause: .launchFailed("no"),
        points: [Ramp.Point(instances: 1, elapsedNanoseconds: 5, startupsNanoseconds: [1, 2], reading: reading)])
    static let record = PlatformRecord(platform: "runc", details: [Fact("version", "1.1")], emulated: false)

    /// What is kept as JSON, in each of its types.
    static func texts() throws -> [String] {
        [
            try JSON.encode(suite), try JSON.encode(plan), try JSON.encode(facts), try JSON.encode(ladder),
            try JSON.encode(ramp),
            try JSON.encode(record), "[1,18446744073709551615]", #"["a","b"]"#,
        ]
    }

    private static func fill(_ store: RunStore) throws {
        for id in ["20261124-190050-4eea", "20261124-190051-4eeb"] {
            try store.create(
                Run(
                    id: id, startedAt: 1_764_000_000.25, status: .running, tareVersion: "0.1.0", command: "tare run",
                    suite: suite,
                    suiteText: "name: stored\n", plan: plan, facts: facts))
            let sink = store.sink(for: id)
            try sink.save(record)
            try sink.save(ladder)
            try sink.save(ramp)
            try sink.save(Threat(detector: "d", severity: .warning, text: "t", block: 1, cell: "c"))
            try sink.save(ChannelEcho(platform: "runc", roundTripsNanoseconds: [1, 2, 3]))
            try sink.save([Preparation(workload: "noop", platform: "runc", step: "s", seconds: 0.5, cached: true)])
            try sink.save(
                Sample(
                    number: 1, cell: plan.cells[0].key, block: 1, counted: true, instance: "i", outcome: .ok,
                    marks: [Mark(.requested, nanoseconds: 10), Mark(.ready, nanoseconds: 50)], cpuNanoseconds: 5,
                    restNanoseconds: 9))
            _ = try sink.open(Intent(.cgroup, "/tare-x"))
        }
    }

    /// A database as tare makes it, in small pages: a file of it is mutated.
    static func make(at path: String) throws {
        do {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA page_size = 512; VACUUM") }
            try Schema.migrator.migrate(queue)
            try fill(RunStore(queue: queue, path: path))
            try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
            try queue.close()
        }
    }

    /// The same in memory without what SQLite enforces: anything may stand in every column, as in a file that somebody made.
    static func loose() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(configuration: configuration)
        try Schema.migrator.migrate(queue)
        try fill(RunStore(queue: queue, path: "memory"))
        try queue.writeWithoutTransaction { database in
            for table in tables {
                try database.execute(
                    sql:
                        "CREATE TABLE loose AS SELECT * FROM \(table); DROP TABLE \(table); ALTER TABLE loose RENAME TO \(table)"
                )
            }
        }
        return queue
    }

    static let tables = [
        "mark", "sample", "cell", "platform", "preparation", "channel_echo", "threat", "ladder", "ramp", "intent",
        "run",
    ]
    static let columns = [
        "id", "started_at", "ended_at", "status", "tare_version", "command", "suite_name", "suite", "suite_text",
        "plan", "facts",
        "owner_pid", "owner_start_ticks", "owner_boot", "run_id", "key", "planned", "impossible", "name", "record",
        "emulated", "workload",
        "platform", "step", "seconds", "cached", "identity", "round_trips", "failure", "detector", "severity", "text",
        "block", "cell",
        "number", "counted", "instance", "outcome", "reasons", "warnings", "cpu_nanoseconds", "rest_nanoseconds",
        "sample", "position",
        "nanoseconds", "kind", "subject", "closed", "instances",
    ]
}
