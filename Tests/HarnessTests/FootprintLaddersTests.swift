import BenchmarkModel
import Harness
import HostReadings
import Synchronization
import TestSupport
import Testing

/// The footprint experiment on a scripted platform.
@Suite struct FootprintLaddersTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func run(
        cap: Int = 64, ladders: Int = 3, script: ScriptedHost.Script = .init(),
        interruption: Interruption = Interruption(), on platform: ScriptedPlatform = ScriptedPlatform()
    ) -> ScriptedRun {
        let suite = Suite(
            name: "s", workloads: [.scripted()], platforms: [],
            footprint: FootprintExperiment(ladders: ladders, cap: cap, holdSeconds: 2))
        return ScriptedRun(suite, on: platform, directory: scratch.path, script: script, interruption: interruption)
    }

    @Test func aLadderRecordsWhatInstancesCost() throws {
        var script = ScriptedHost.Script()
        script.bytesEach = 5 << 20
        script.idleShare = 0.001
        let platform = ScriptedPlatform()
        let run = run(script: script, on: platform)
        #expect(try run.execute() == .complete)
        let observations = run.sink.observations
        #expect(observations.map(\.outcome) == [.ok, .ok, .ok])
        #expect(observations.map(\.block) == [0, 1, 2])
        for ladder in observations.compactMap(\.ladder) {
            // Rungs of 16 instances or 64 MiB are fitted; three of them are a line.
            #expect(ladder.rungs.map(\.instances) == [0, 1, 2, 4, 8, 16, 32, 64])
            #expect(ladder.ending == .slope)
            #expect(ladder.rungs.allSatisfy { $0.settled && ladder.cost(of: $0) == Int64($0.instances) * 5 << 20 })
            #expect(ladder.rungs.last?.reading[.chargedAnonymous] == Int64(335_544_320))
            // A thousandth of a CPU each.
            let share = Double(ladder.idleCPUNanoseconds ?? 0) / Double(ladder.idleNanoseconds) / 64
            #expect(abs(share - 0.001) < 0.000_1 && ladder.idleNanoseconds >= 2_000_000_000)
        }
        #expect(platform.running == 0 && platform.launched == 3 * 64)
    }

    @Test func largeInstancesEndEarlyAndTheHostsMemoryIsLeftAlone() throws {
        var script = ScriptedHost.Script()
        script.bytesEach = 1 << 30
        script.availableBytes = 6 << 30
        let run = run(cap: 1_000, ladders: 3, script: script)
        try run.execute()
        for ladder in run.sink.observations.compactMap(\.ladder) {
            // 4 of them leave 2 GiB, 8 would leave nothing.
            #expect(ladder.rungs.last?.instances == 4)
            #expect(ladder.ending == .slope || ladder.ending == .memory)
        }
    }

    @Test func aFailedStartFailsTheLadderAndLeavesNothing() throws {
        let platform = ScriptedPlatform { $0 == 6 ? .sends("EXFout of files\n") : .ready }
        let run = run(ladders: 3, on: platform)
        try run.execute()
        let observations = run.sink.observations
        #expect(observations.map(\.outcome) == [.failed, .ok, .ok])
        #expect(observations[0].reasons == ["of 8 instances: out of files"])
        #expect(observations[0].ladder?.ending == .broken)
        #expect(observations[0].ladder?.rungs.map(\.instances) == [0, 1, 2, 4])
        #expect(platform.running == 0)
    }

    @Test func whatDiesWhileItIdlesFailsTheLadder() throws {
        let platform = ScriptedPlatform { $0 == 1 ? .diesLater("status 137") : .ready }
        let run = run(cap: 4, ladders: 3, on: platform)
        try run.execute()
        #expect(run.sink.observations[0].outcome == .failed)
        #expect(run.sink.observations[0].reasons == ["1 instances died while they idled; the first: status 137"])
        #expect(run.sink.observations[1].outcome == .ok)
    }

    @Test func aRestlessHostIsSaid() throws {
        var script = ScriptedHost.Script()
        let drift = Atomic<Int64>(0)
        script.readMemory = { reading, _ in
            let grown = drift.wrappingAdd(1 << 20, ordering: .relaxed).newValue
            reading[.anonymous] = (reading[.anonymous] ?? 0) + grown
        }
        let run = run(cap: 4, ladders: 3, script: script)
        try run.execute()
        let observation = run.sink.observations[0]
        #expect(observation.warnings.contains("the host was not quiet within 30.0 s"))
        #expect(observation.ladder?.rungs.first?.settled == false)
        #expect((observation.ladder?.ledgerNoise ?? 0) == 5 << 20)
    }

    @Test func withoutSlabinfoTheLadderSaysWhatIsMissing() throws {
        var script = ScriptedHost.Script()
        script.readMemory = { reading, _ in reading[.slabSlack] = nil }
        let run = run(cap: 4, script: script)
        try run.execute()
        #expect(run.sink.observations[0].warnings.contains { $0.hasPrefix("/proc/slabinfo cannot be read") })
    }

    @Test func anOutOfMemoryKillMakesItInvalid() throws {
        var script = ScriptedHost.Script()
        script.read = { reading, running in
            reading.outOfMemoryKills = running > 0 ? nil : reading.nanoseconds > 9_000_000_000 ? 1 : 0
        }
        let run = run(cap: 4, ladders: 3, script: script)
        try run.execute()
        #expect(
            run.sink.observations.contains {
                $0.outcome == .invalid && $0.reasons == ["out of memory: processes killed for want of memory: 1"]
            })
    }

    @Test func interruptedTheLadderStaysBrokenOff() throws {
        let interruption = Interruption()
        let platform = ScriptedPlatform(onLaunch: { if $0 == 5 { interruption.request() } })
        let run = run(interruption: interruption, on: platform)
        #expect(try run.execute() == .interrupted)
        let observations = run.sink.observations
        #expect(observations.map(\.outcome) == [.invalid] && observations[0].reasons == ["it was broken off"])
        #expect(observations[0].ladder?.rungs.last?.instances == 4)
        #expect(platform.running == 0)
    }

    @Test func aLadderRecordsTheLimitsLedger() throws {
        var script = ScriptedHost.Script()
        script.bytesEach = 5 << 20
        script.limitsInUse = { [.processIDs: 90 + 2 * Int64($0), .mounts: 20] }
        script.kernelLimits = [.processIDs: KernelLimit(32_768, source: "kernel.pid_max")]
        let run = run(script: script)
        try run.execute()
        for ladder in run.sink.observations.compactMap(\.ladder) {
            #expect(ladder.limits == [.processIDs: KernelLimit(32_768, source: "kernel.pid_max")])
            #expect(ladder.rungs.map { $0.limits?[.processIDs] } == [0, 1, 2, 4, 8, 16, 32, 64].map { 90 + 2 * $0 })
            #expect(ladder.rungs.allSatisfy { $0.limits?[.mounts] == 20 && $0.limits?[.keys] == nil })
        }
    }

    @Test func aLadderThatComesToALimitSaysSo() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.mounts: 20 + Int64($0)] }
        script.kernelLimits = [.mounts: KernelLimit(24, source: "fs.mount-max")]
        let platform = ScriptedPlatform { $0 > 4 ? .refused("no space left on device") : .ready }
        let run = run(ladders: 3, script: script, on: platform)
        try run.execute()
        let reason = try #require(run.sink.observations.first?.reasons.first)
        #expect(
            reason.hasPrefix("of 8 instances: mount-max: 24 of 24 mounts in use (fs.mount-max); the platform said:"),
            "\(reason)")
    }
}
