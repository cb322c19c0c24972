import BenchmarkModel
import TestSupport
import Testing

@testable import RunStore

@Suite struct RoundTripTests {
    let scratch: TemporaryDirectory
    let store: RunStore
    var path: String { scratch.path + "/state/tare.db" }

    init() throws {
        scratch = try TemporaryDirectory()
        store = try RunStore(path: scratch.path + "/state/tare.db")
    }

    @Test func keepsAWholeRun() throws {
        var run = SampleRun.make(id: "20261124-074313-3f9a")
        try store.create(run)
        let sink = store.sink(for: run.id)
        let rung = Rung(
            instances: 1, settleSeconds: 0.5, settled: true, reading: MemoryReading(), readingNanoseconds: 1_500_000)
        let point = Ramp.Point(
            instances: 7, elapsedNanoseconds: 9, startupsNanoseconds: [3], reading: MemoryReading(),
            readingNanoseconds: 2_500_000)
        let ladders = SampleRun.cell(run, of: "footprint")
        let ramps = SampleRun.cell(run, of: "density")
        run.observations = [
            SampleRun.sample(1, cell: SampleRun.cell(run), counted: false),
            SampleRun.sample(2, cell: SampleRun.cell(run, 1), outcome: .failed, reasons: ["the command's end", "x"]),
            SampleRun.sample(3, cell: SampleRun.cell(run), outcome: .invalid, reasons: ["steal"]),
            Observation(number: 4, cell: ladders, block: 5, record: .footprint(Ladder(rungs: [rung]))),
            Observation(
                number: 5, cell: ladders, block: 6, outcome: .failed, reasons: ["x"], record: .footprint(Ladder())),
            Observation(
                number: 6, cell: ramps, block: 7,
                record: .density(Ramp(instances: 7, cause: .died("of cold"), points: [point]))),
        ]
        run.observations[1].record = .startup(StartupRecord(instance: "", marks: []))
        run.threats = [
            Threat(detector: "steal", severity: .invalid, text: "3 %", block: 1, cell: SampleRun.cell(run)),
            Threat(detector: "swap", severity: .note, text: "none"),
            Threat(detector: "foreign work", severity: .warning, text: "6 %", block: 2),
        ]
        run.worlds = [
            ObservedWorld(workload: "noop", platform: "runc", facts: [Fact("umask", "0022")]),
            ObservedWorld(workload: "noop", platform: "q35", facts: [], failure: "nothing came"),
        ]
        run.channelEchoes = [
            ChannelEcho(platform: "runc", roundTripsNanoseconds: [28_000, 110_000]),
            ChannelEcho(platform: "q35", roundTripsNanoseconds: [], failure: "no echo came"),
        ]
        run.preparations = [
            Preparation(workload: "noop", platform: "runc", step: "root filesystem", seconds: 3.25, cached: false),
            Preparation(
                workload: "noop", platform: "q35", step: "guest disk", seconds: 0, cached: true, identity: "ab12"),
        ]
        run.platforms = [
            PlatformRecord(
                platform: "runc", details: [Fact("runtime", "runc 1.1.5", mustAgree: true)], emulated: false),
            PlatformRecord(platform: "q35", details: [], emulated: true),
        ]
        // What was climbed so far is replaced as the climb goes on.
        try sink.save(Observation(number: 4, cell: ladders, block: 5, record: .footprint(Ladder())).brokenOff)
        try sink.save(Observation(number: 6, cell: ramps, block: 7, record: .density(Ramp())).brokenOff)
        for observation in run.observations.reversed() { try sink.save(observation) }
        for threat in run.threats { try sink.save(threat) }
        for echo in run.channelEchoes { try sink.save(echo) }
        for world in run.worlds { try sink.save(world) }
        try sink.save(run.preparations)
        for record in run.platforms { try sink.save(record) }
        #expect(try store.run(run.id) == run)
        try store.finish(run.id, status: .complete, endedAt: 1_764_000_100.5)
        run.status = .complete
        run.endedAt = 1_764_000_100.5
        #expect(try store.run(run.id) == run)
        // And it is all on the disk: another connection reads the same.
        #expect(try RunStore(path: path).run("latest") == run)
    }

    @Test func anObservationIsReplacedWhenItsBlockIsJudged() throws {
        let run = SampleRun.make(id: "a")
        try store.create(run)
        let sink = store.sink(for: run.id)
        var sample = SampleRun.sample(1, cell: SampleRun.cell(run))
        try sink.save(sample)
        try sink.save(SampleRun.sample(2, cell: SampleRun.cell(run)))
        sample.outcome = .invalid
        sample.reasons = ["steal"]
        sample.warnings = []
        var record = try #require(sample.startup)
        record.marks.removeLast()
        record.cpuNanoseconds = nil
        sample.record = .startup(record)
        try sink.save(sample)
        #expect(try store.run("a").observations == [sample, SampleRun.sample(2, cell: SampleRun.cell(run))])
    }

    /// Every field of a climb, large numbers and every cause among them.
    @Test func keepsEveryFieldOfAClimb() throws {
        var run = SampleRun.make(id: "a")
        try store.create(run)
        let sink = store.sink(for: "a")
        var all = MemoryReading()
        for (index, figure) in MemoryFigure.allCases.enumerated() { all[figure] = Int64(index) - 3 }
        all[.available] = 1 << 56
        let ladder = Ladder(
            ending: .cap, noise: all, ledgerNoise: 7,
            rungs: [
                Rung(instances: 0, settleSeconds: 0.25, settled: true, reading: MemoryReading()),
                Rung(
                    instances: 64, settleSeconds: 15, settled: false, reading: all,
                    limits: LimitsReading(
                        Dictionary(
                            uniqueKeysWithValues: LimitedResource.allCases.enumerated().map { ($1, Int64($0)) }))),
                Rung(instances: 65, settleSeconds: 1, settled: true, reading: all, limits: LimitsReading()),
            ], idleCPUNanoseconds: 1 << 62, idleNanoseconds: 5, climbNanoseconds: 6,
            drift: MemoryReading([.perCPU: -9]),
            limits: [
                .processIDs: KernelLimit(4_194_304, source: "kernel.pid_max"),
                .openFiles: KernelLimit(.max, source: "fs.file-max"),
            ])
        run.observations = [
            Observation(
                number: 1, cell: SampleRun.cell(run, of: "footprint"), block: 2, outcome: .invalid,
                reasons: ["swap: 'x'"], warnings: ["w"], record: .footprint(ladder))
        ]
        let causes: [Ramp.StopCause] = [
            .memoryBudget, .reserve, .memoryPressure, .cpuPressure, .startupLimit, .swap, .launchFailed("no \"image\""),
            .died("out of memory"), .ceiling, .interrupted, .limit(.groupTasks, "512 of 512 in use"),
            .limit(.diskBytes, ""),
        ]
        run.observations += causes.enumerated().map { index, cause in
            let points = [
                Ramp.Point(
                    instances: index, elapsedNanoseconds: 1 << 62, startupsNanoseconds: [1, 2], reading: all,
                    memoryPressurePercent: 0.5),
                Ramp.Point(
                    instances: 1, elapsedNanoseconds: 1, startupsNanoseconds: [], reading: MemoryReading(),
                    cpuPressurePercent: 99.9),
            ]
            return Observation(
                number: index + 2, cell: SampleRun.cell(run, of: "density"), block: 1, warnings: ["w"],
                record: .density(
                    Ramp(
                        instances: index, cause: cause, enforcedBy: index == 0 ? nil : "a group", heldNanoseconds: 3,
                        liveness: "alive", teardownNanoseconds: 4, points: points)))
        }
        for observation in run.observations.reversed() { try sink.save(observation) }
        #expect(try store.run("a") == run)
        #expect(Set(causes.map(\.text)).count == causes.count)
    }

    @Test func anEchoAndARecordAreReplaced() throws {
        let run = SampleRun.make(id: "a")
        try store.create(run)
        let sink = store.sink(for: run.id)
        for failure in ["first", "second"] {
            try sink.save(ChannelEcho(platform: "runc", roundTripsNanoseconds: [], failure: failure))
            try sink.save(PlatformRecord(platform: "runc", details: [Fact("x", failure)], emulated: false))
        }
        #expect(try store.run("a").channelEchoes.map(\.failure) == ["second"])
        #expect(try store.run("a").platforms.map { $0.details.first?.value } == ["second"])
    }

    @Test func countsSamples() throws {
        let run = SampleRun.make(id: "a")
        try store.create(run)
        let sink = store.sink(for: run.id)
        let cell = SampleRun.cell(run)
        try sink.save(SampleRun.sample(1, cell: cell, counted: false))
        try sink.save(SampleRun.sample(2, cell: cell))
        try sink.save(SampleRun.sample(3, cell: cell))
        try sink.save(SampleRun.sample(4, cell: cell, outcome: .failed, reasons: ["x"]))
        try sink.save(SampleRun.sample(5, cell: cell, outcome: .invalid, counted: false, reasons: ["x"]))
        try sink.save(PlatformRecord(platform: "runc", details: [], emulated: false))
        // What another run holds is in no sum of this one.
        try store.create(SampleRun.make(id: "b", startedAt: 0))
        try store.sink(for: "b").save(SampleRun.sample(1, cell: cell))
        let before = try #require(try store.runs().first)
        #expect((before.ok, before.failed, before.invalid) == (2, 1, 0))
        #expect(before.planned == run.plan.cells.reduce(0) { $0 + $1.planned })
        #expect(run.plan.cells(of: "density").contains { $0.planned > 0 })
        #expect(before.missing == before.planned - 3)
        #expect(before.platforms == ["process", "namespaces", "runc", "q35"])
        #expect(!before.emulated)
        try sink.save(
            Observation(number: 6, cell: SampleRun.cell(run, of: "footprint"), block: 0, record: .footprint(Ladder())))
        let ramp = Observation(number: 7, cell: SampleRun.cell(run, of: "density"), block: 0, record: .density(Ramp()))
        try sink.save(ramp.brokenOff)
        let climbed = try #require(try store.runs().first)
        #expect((climbed.ok, climbed.failed, climbed.invalid) == (3, 1, 1))
        try sink.save(PlatformRecord(platform: "q35", details: [], emulated: true))
        #expect(try store.runs().first?.emulated == true)
    }

    @Test func findsARunByItsName() throws {
        try store.create(SampleRun.make(id: "20261124-074313-3f9a", startedAt: 100))
        try store.create(SampleRun.make(id: "20261124-080000-aaaa", startedAt: 300))
        try store.create(SampleRun.make(id: "20261125-074313-bbbb", startedAt: 200))
        try store.create(SampleRun.make(id: "20261125-074313-bbbb-1", startedAt: 50))
        #expect(try store.runs().map(\.startedAt) == [300, 200, 100, 50])
        #expect(try store.run("latest").id == "20261124-080000-aaaa")
        #expect(try store.run("20261124-07").id == "20261124-074313-3f9a")
        // A whole name is no prefix.
        #expect(try store.run("20261125-074313-bbbb").id == "20261125-074313-bbbb")
        let ambiguous = try #require(#expect(throws: TareError.self) { try store.run("20261124") })
        #expect(ambiguous.code == .usage)
        #expect(
            ambiguous.message
                == "'20261124' begins the names of 2 runs: 20261124-080000-aaaa, 20261124-074313-3f9a")
        for name in ["3f9a", "", "20261124-074313-3f9a-more", "%"] {
            let error = try #require(#expect(throws: TareError.self) { try store.run(name) })
            #expect(error.code == .usage && error.exitCode == 64)
            #expect(error.message == "there is no run '\(name)': the latest is 20261124-080000-aaaa")
            #expect(error.remedy == "'tare list' shows all runs.")
        }
    }

    @Test func saysWhenThereIsNoRun() throws {
        #expect(try store.runs().isEmpty)
        let error = try #require(#expect(throws: TareError.self) { try store.run("latest") })
        #expect(error.message == "there is no run 'latest': none is stored in \(path)")
    }
}
