import BenchmarkModel
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// Databases of every schema that was ever released.
@Suite struct OlderSchemaTests {
    let scratch: TemporaryDirectory
    var path: String { scratch.path + "/tare.db" }

    init() throws { scratch = try TemporaryDirectory() }

    /// Without the tables of climbs, and with texts that know none of their keys.
    @Test func readsTheFirstRelease() throws {
        do {
            let old = try OldDatabase(path: path, schema: "1-startup")
            try old.addRun("old", climbs: false)
            try old.addSample("old", 1)
            #expect(try old.queue.read { try !$0.tableExists("ladder") })
        }
        let store = try RunStore(path: path)
        let run = try store.run("old")
        #expect(run.unreadable == [])
        #expect(
            run.observations == [
                Observation(
                    number: 1, cell: "startup/noop/process/warm", block: 1, warnings: ["w"],
                    record: .startup(
                        StartupRecord(
                            instance: "tare-i1",
                            marks: [Mark(.requested, nanoseconds: 207), Mark(.ready, nanoseconds: 1_207)],
                            cpuNanoseconds: 5)))
            ])
        #expect(run.plan.experiments == ["startup"])
        #expect(run.facts == HostFacts(facts: [Fact("kernel", "6.1", mustAgree: true), Definition.firstStartup.fact]))
        let listed = try #require(try store.runs().first)
        #expect((listed.planned, listed.ok, listed.missing) == (3, 1, 2))
        // And new runs go into it.
        let new = SampleRun.make(id: "new")
        try store.create(new)
        try store.sink(for: "new").save(
            Observation(number: 1, cell: SampleRun.cell(new, of: "footprint"), block: 0, record: .footprint(Ladder())))
        #expect(try store.run("new").observations.count == 1)
    }

    /// Everything that a suite can say, in words of version 1.
    @Test func readsEveryFormOfASuite() throws {
        do { try OldDatabase(path: path, schema: "2-climbs").addRun("old", climbs: true) }
        let suite = try RunStore(path: path).run("old").suite
        #expect((suite.name, suite.description, suite.seed) == ("old", "what for", .max))
        #expect(
            suite.workloads.map(\.image) == [
                .packages(["busybox-static"], release: "bookworm", files: ["/etc/x": "a\nb"]),
                .rootfs(path: "/srv/tree"), .rootfs(path: "/a"), .rootfs(path: "/a"), .rootfs(path: "/a"),
            ])
        #expect(
            suite.workloads.map(\.readiness) == [
                .started, .http(port: 80, path: "/x"), .line("^up$"), .tcp(port: 65_535), .file(path: "/run/up"),
            ])
        #expect(
            suite.workloads[0]
                == Workload(
                    name: "noop", image: suite.workloads[0].image, command: ["busybox", "sleep", "1"],
                    environment: ["A": "b"], workingDirectory: "/", readinessDeadlineSeconds: 1.5))
        #expect(
            suite.platforms.map(\.kind) == [
                .process, .namespaces, .isolation([.network, .cgroup]), .oci(OCISettings(options: ["--debug"])),
                .libvirt(LibvirtSettings(accelerator: .tcg, kernel: "/k")),
            ])
        #expect(
            suite.startup
                == StartupExperiment(
                    samples: 1, modes: [.warm, .cold, .concurrent(4), .occupied(8)], echoes: 5, workloads: ["noop"],
                    platforms: ["process", "runc"]))
        #expect(suite.footprint == FootprintExperiment(ladders: 2, cap: 8, holdSeconds: 0.5))
        #expect(
            suite.density
                == DensityExperiment(
                    budgetBytes: 67_108_865, reserveBytes: 5, ceiling: 9, holdSeconds: 1, parallel: 2,
                    memoryPressurePercent: 10))
    }

    @Test(arguments: ["2-climbs", "3-rest"]) func countsNumbersAndBlocksOn(_ schema: String) throws {
        do {
            let old = try OldDatabase(path: path, schema: schema)
            try old.addRun("old", climbs: true)
            for number in [1, 2, 7] { try old.addSample("old", number, rest: 11) }
            for number in [1, 3] { try old.addLadder("old", number, block: number / 2) }
            for (number, cause) in [(1, #"{"ceiling":{}}"#), (2, #"{"died":{"_0":"of cold"}}"#)] {
                try old.addRamp("old", number, cause: cause)
            }
            for (block, cell) in [
                (1, "startup/noop/process/warm"), (1, "footprint/noop/runc/idle"), (0, "density/noop/runc/64MiB"),
            ] {
                try old.execute(
                    "INSERT INTO threat VALUES (NULL, 'old', 'd', 'note', 't', ?, ?)", [block, cell])
            }
            try old.execute("INSERT INTO threat VALUES (NULL, 'old', 'd', 'note', 't', 1, NULL)")
        }
        let run = try RunStore(path: path).run("old")
        #expect(run.unreadable == [])
        #expect(run.observations.map(\.number) == [1, 2, 7, 8, 10, 11, 12])
        #expect(run.observations.map(\.block) == [1, 1, 1, 5, 6, 7, 7])
        #expect(
            run.observations.map(\.startup?.restNanoseconds).prefix(3)
                == (schema == "3-rest" ? [11, 11, 11] : [nil, nil, nil]))
        #expect(run.threats.map(\.block) == [1, 6, 7, 1])
        // Blocks of the plan are numbered in the same way, and each names the cells that it named.
        let blocks = run.plan.blocks
        #expect(blocks.map(\.index) == Array(0..<8))
        #expect(
            blocks.map { $0.order.map { run.plan.cells[$0].key } }.suffix(4) == [
                ["startup/noop/runc/cold"], ["footprint/noop/runc/idle"], ["footprint/noop/runc/idle"],
                ["density/noop/runc/64MiB"],
            ])
        #expect(run.plan.stages.map(\.experiment) == ["startup", "startup", "footprint", "density"])
        #expect(run.plan.stages.map { $0.blocks.map(\.index) } == [[0, 1, 2], [3, 4], [5, 6], [7]])
        #expect(run.plan.blocks.map(\.counted) == [false, true, true, false, true, true, true, true])
        #expect(
            run.plan.cells.map(\.parameters) == [
                .startup(.warm), .startup(.cold), .startup(.occupied(8)), .footprint(most: 8), .footprint(most: 8),
                .density(most: 9, budgetBytes: 67_108_865),
            ])
        #expect(run.plan.cells.map(\.planned) == [2, 1, 0, 0, 2, 1])
        #expect(run.plan.cells.map(\.impossible) == [nil, nil, "one port", "one port", nil, nil])
        let listed = try #require(try RunStore(path: path).runs().first)
        #expect((listed.planned, listed.ok, listed.invalid) == (6, 5, 2))
    }

    @Test func keepsWhatAClimbHeld() throws {
        do {
            let old = try OldDatabase(path: path, schema: "3-rest")
            try old.addRun("old", climbs: true)
            try old.addLadder("old", 1, block: 1)
            for (number, cause) in [#"{"launchFailed":{"_0":"no \"image\""}}"#, #"{"memoryBudget":{}}"#].enumerated() {
                try old.addRamp("old", number + 1, cause: cause)
            }
        }
        let run = try RunStore(path: path).run("old")
        let reading = MemoryReading([.anonymous: 1_024, .available: 9])
        let ladder = Ladder(
            ending: .cap, ledgerNoise: 7,
            rungs: [
                Rung(instances: 0, settleSeconds: 0.25, settled: true, reading: reading),
                Rung(instances: 4, settleSeconds: 0.5, settled: false, reading: reading, readingNanoseconds: 7),
            ], idleNanoseconds: 5, climbNanoseconds: 6, drift: MemoryReading([.perCPU: -9]))
        #expect(
            run.observations.first
                == Observation(
                    number: 1, cell: "footprint/noop/runc/idle", block: 6, outcome: .invalid, reasons: ["swap: 'x'"],
                    warnings: ["w"], record: .footprint(ladder)))
        let ramps = run.observations.compactMap(\.ramp)
        #expect(ramps.map(\.cause) == [.launchFailed("no \"image\""), .memoryBudget])
        #expect(
            ramps.first
                == Ramp(
                    instances: 3, cause: .launchFailed("no \"image\""), heldNanoseconds: 8, liveness: "alive",
                    teardownNanoseconds: 4,
                    points: [
                        Ramp.Point(
                            instances: 3, elapsedNanoseconds: 9, startupsNanoseconds: [1, 2], reading: MemoryReading(),
                            memoryPressurePercent: 0.5)
                    ]))
    }

    @Test(arguments: [
        "memoryBudget", "reserve", "memoryPressure", "cpuPressure", "startupLimit", "swap", "ceiling", "interrupted",
    ]) func readsEveryCauseOfItsTime(_ word: String) throws {
        let text = """
            {"instances":3,"cause":{"\(word)":{}},"heldNanoseconds":8,"liveness":"","teardownNanoseconds":4,"points":[]}
            """
        let read = try ObservationRecord.read(VersionedText(1, text), experiment: "density")
        let again = try ObservationRecord.write(read)
        #expect(again.version == 2 && again.text.contains("\"cause\":\"\(word)\""))
        #expect(try ObservationRecord.read(again, experiment: "density") == read)
    }

    /// Runs that follow another definition are told apart by what they recorded.
    @Test(arguments: [(false, Definition.firstLedger), (true, Definition.secondLedger)])
    func tellsTheDefinitionOfTheLedger(_ slack: Bool, _ definition: Definition) throws {
        do {
            let old = try OldDatabase(path: path, schema: "3-rest")
            try old.addRun("old", climbs: true)
            try old.addLadder("old", 1, slack: slack)
        }
        let facts = try RunStore(path: path).run("old").facts
        #expect(facts.facts.suffix(2) == [Definition.firstStartup.fact, definition.fact])
    }

    /// Rows of the journal keep their numbers, and a number that was once given is not given again.
    @Test func keepsTheJournal() throws {
        do {
            let old = try OldDatabase(path: path, schema: "3-rest")
            try old.addRun("old", climbs: false)
            for (row, kind) in [(3, "container"), (4, "cgroup"), (9, "directory")] {
                try old.execute("INSERT INTO intent VALUES (?, 'old', ?, '/s', 0)", [row, kind])
            }
            try old.execute("DELETE FROM intent WHERE id = 9")
        }
        let store = try RunStore(path: path)
        let open = try store.openIntents()
        #expect(open.map(\.row) == [4, 3] && open.map(\.kind) == ["cgroup", "container"])
        #expect(open.map(\.intent) == [Intent(.cgroup, "/s"), nil])
        #expect(try store.sink(for: "old").open(Intent(.directory, "/t")) == 10)
    }
}
