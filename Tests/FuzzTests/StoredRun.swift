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
                command: ["/.tare/witness", "pause"], environment: ["A": "b"], readiness: .http(port: 80, path: "/x")),
            Workload(
                name: "job", image: .rootfs(path: "/srv"), command: ["x"], readiness: .completed,
                figures: [
                    FigureSpec(name: "a", place: .json("x[0]"), unit: "op/s", polarity: .higherIsBetter),
                    FigureSpec(
                        name: "b", source: .file("/x"), place: .match("(.*)"), unit: "s", polarity: .lowerIsBetter),
                ], volumes: [VolumeSpec(path: "/data", directory: "/srv", bytes: 1 << 30)]),
        ],
        platforms: [
            PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "bare", kind: .isolation([.mount])),
            PlatformSpec(name: "runc", kind: .oci(OCISettings(options: ["--debug"]))),
            PlatformSpec(name: "q35", kind: .libvirt(LibvirtSettings(kernel: "/boot/vmlinuz"))),
        ],
        startup: StartupExperiment(samples: 2, modes: [.warm, .cold, .concurrent(2), .occupied(2)]),
        footprint: FootprintExperiment(cap: 8), density: DensityExperiment(budgetBytes: 1 << 30),
        task: TaskExperiment(samples: 2))
    static let plan = Plan(suite: suite, seed: 42)
    static let facts = HostFacts(facts: [Fact("kernel", "6.1", mustAgree: true)])
    static let reading = MemoryReading([.anonymous: 1 << 20, .available: 1 << 30])
    static let ladder = Observation(
        number: 2, cell: "footprint/noop/runc/idle", block: 0, outcome: .failed, reasons: ["no"],
        record: .footprint(
            Ladder(
                noise: reading,
                rungs: [
                    Rung(
                        instances: 1, settleSeconds: 0.5, settled: true, reading: reading,
                        limits: LimitsReading([.processIDs: 300]))
                ],
                idleCPUNanoseconds: 7, drift: reading,
                limits: [.processIDs: KernelLimit(32_768, source: "kernel.pid_max")])))
    static let task = Observation(
        number: 4, cell: "task/job/runc/run", block: 1,
        record: .task(
            TaskRecord(
                start: StartupRecord(instance: "i", marks: [Mark(.requested, nanoseconds: 10)]), ending: .exited(0),
                figures: ["a": 1.5], instanceNanoseconds: 7)))
    static let ramp = Observation(
        number: 3, cell: "density/noop/runc/1024MiB", block: 0,
        record: .density(
            Ramp(
                instances: 1, cause: .limit(.groupTasks, "no"),
                points: [
                    Ramp.Point(instances: 1, elapsedNanoseconds: 5, startupsNanoseconds: [1, 2], reading: reading)
                ])))
    static let start = Observation(
        number: 1, cell: plan.cells[0].key, block: 1,
        record: .startup(
            StartupRecord(
                instance: "i", marks: [Mark(.requested, nanoseconds: 10), Mark(.ready, nanoseconds: 50)],
                cpuNanoseconds: 5, restNanoseconds: 9)))
    static let record = PlatformRecord(platform: "runc", details: [Fact("version", "1.1")], emulated: false)

    /// What is kept whole, in each of its encodings.
    static func texts() throws -> [String] {
        try [
            VersionedText.suite(suite).text, VersionedText.plan(plan).text, VersionedText.facts(facts).text,
            VersionedText.platform(record).text,
        ] + [start, ladder, ramp, task].map { try ObservationRecord.write($0.record).text }
            + ["[1,18446744073709551615]", #"["a","b"]"#] + olderTexts
    }

    /// Encodings that are only read today.
    static let olderTexts = [
        #"""
        {"name":"s","workloads":[{"name":"w","image":{"packages":{"_0":["p"],"release":"r","files":{}}},"command":["c"],\#
        "environment":{},"workingDirectory":"/","readiness":{"http":{"port":80,"path":"/"}},\#
        "readinessDeadlineSeconds":1,"memoryBytes":1,"cpus":1}],"platforms":[{"name":"p","kind":{"process":{}}},\#
        {"name":"n","kind":{"isolation":{"_0":["net"]}}}],"density":{"budgetBytes":1,"reserveBytes":1,"ceiling":1,\#
        "holdSeconds":1,"ramps":1},"startup":{"samples":1,"warmupBlocks":1,"modes":[{"warm":{}},\#
        {"concurrent":{"_0":2}}],"echoes":1}}
        """#,
        #"""
        {"seed":1,"cells":[{"key":"startup/w/p/warm","workload":"w","platform":"p","mode":{"cold":{}},"planned":1}],\#
        "blocks":[{"index":0,"counted":true,"order":[0]}],"density":{"cells":[{"key":"density/w/p/1MiB","workload":"w",\#
        "platform":"p","planned":1,"most":1}],"blocks":[[0]]}}
        """#,
        #"""
        {"instances":1,"cause":{"died":{"_0":"x"}},"heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,\#
        "points":[{"instances":1,"elapsedNanoseconds":1,"startupsNanoseconds":[1],"reading":{"figures":{"free":1}}}]}
        """#,
    ]

    private static func fill(_ store: RunStore) throws {
        for id in ["20261124-190050-4eea", "20261124-190051-4eeb"] {
            try store.create(
                Run(
                    id: id, startedAt: 1_764_000_000.25, status: .running, tareVersion: "0.1.0", command: "tare run",
                    suite: suite,
                    suiteText: "name: stored\n", plan: plan, facts: facts))
            let sink = store.sink(for: id)
            try sink.save(record)
            for observation in [start, ladder, ramp, task] { try sink.save(observation) }
            try sink.save(Threat(detector: "d", severity: .warning, text: "t", block: 1, cell: "c"))
            try sink.save(ChannelEcho(platform: "runc", roundTripsNanoseconds: [1, 2, 3]))
            try sink.save([Preparation(workload: "noop", platform: "runc", step: "s", seconds: 0.5, cached: true)])
            _ = try sink.open(Intent(.cgroup, "/tare-x"))
            try store.queue.write { database in
                try database.execute(
                    sql:
                        "INSERT INTO unmoved (run_id, source, number, why, content) VALUES (?, 'ladder', 1, 'why', '{}')",
                    arguments: [id])
            }
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

    /// A database of the schema before observations, with two runs. What SQLite enforces is enforced, save CHECKs and keys.
    static func old() throws -> DatabaseQueue {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "3-rest")
        let ladder = #"""
            {"block":0,"reasons":["no"],"warnings":[],"ending":"it was broken off","noise":{"figures":{}},"ledgerNoise":1,\#
            "rungs":[],"idleNanoseconds":1,"climbNanoseconds":1,"drift":{"figures":{}}}
            """#
        try queue.writeWithoutTransaction { database in
            for id in ["20261124-190050-4eea", "20261124-190051-4eeb"] {
                let texts: [String: (any DatabaseValueConvertible)?] = [
                    "id": id, "suite": olderTexts[0], "plan": olderTexts[1], "facts": #"{"facts":[]}"#,
                    "ladder": ladder,
                    "ramp": olderTexts[2].replacing(
                        "{\"instances\"", with: #"{"block":0,"reasons":[],"warnings":[],"instances""#),
                ]
                try database.execute(
                    sql: """
                        INSERT INTO run VALUES
                          (:id, 5, 6, 'complete', '0.1.0', 'tare run', 's', :suite, 's', :plan, :facts, 1, 2, 'b');
                        INSERT INTO cell VALUES (:id, 'startup/w/p/warm', 1, NULL);
                        INSERT INTO sample VALUES (:id, 1, 'startup/w/p/warm', 0, 1, 'i', 'ok', '[]', '[]', 5, 6);
                        INSERT INTO mark VALUES (:id, 1, 0, 'requested', 7), (:id, 1, 1, 'ready', 9);
                        INSERT INTO ladder VALUES (:id, 1, 'footprint/w/p/idle', 'failed', :ladder);
                        INSERT INTO ramp VALUES (:id, 1, 'density/w/p/1MiB', 'ok', 1, :ramp);
                        INSERT INTO intent VALUES (NULL, :id, 'container', 's', 0);
                        INSERT INTO threat VALUES (NULL, :id, 'd', 'note', 't', 0, 'density/w/p/1MiB');
                        """, arguments: StatementArguments(texts))
            }
        }
        return queue
    }

    static let oldTables = ["run", "cell", "sample", "mark", "ladder", "ramp", "intent", "threat"]
    static let oldColumns = [
        "id", "status", "suite", "plan", "facts", "run_id", "key", "planned", "impossible", "number", "cell", "block",
        "counted", "instance", "outcome", "reasons", "warnings", "cpu_nanoseconds", "rest_nanoseconds", "sample",
        "position", "name", "nanoseconds", "record", "instances", "kind", "subject", "closed",
    ]

    static let tables = [
        "observation", "cell", "platform", "preparation", "channel_echo", "threat", "intent", "unmoved", "run",
    ]
    static let columns = [
        "id", "started_at", "ended_at", "status", "tare_version", "command", "suite_name", "suite", "suite_version",
        "suite_text", "plan", "plan_version", "facts", "facts_version", "owner_pid", "owner_start_ticks", "owner_boot",
        "run_id", "key", "planned", "impossible", "name", "record", "record_version", "emulated", "workload",
        "platform", "step", "seconds", "cached", "identity", "round_trips", "failure", "detector", "severity", "text",
        "block", "cell", "number", "counted", "outcome", "reasons", "warnings", "experiment", "kind", "subject",
        "closed", "source", "why",
    ]
}
