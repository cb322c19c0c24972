import BenchmarkModel
import Harness
import HostReadings
import Synchronization
import TestSupport
import Testing

@testable import Harness

/// The density experiment on a scripted platform.
@Suite struct DensityRampsTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func run(
        _ density: DensityExperiment, readiness: Readiness = .started, script: ScriptedHost.Script = .init(),
        interruption: Interruption = Interruption(), on platform: ScriptedPlatform
    ) -> ScriptedRun {
        let suite = Suite(
            name: "s", workloads: [.scripted(readiness: readiness)], platforms: [], density: density)
        return ScriptedRun(suite, on: platform, directory: scratch.path, script: script, interruption: interruption)
    }

    private func only(_ run: ScriptedRun) throws -> (observation: Observation, ramp: Ramp) {
        let observation = try #require(run.sink.observations.first)
        return (observation, try #require(observation.ramp))
    }

    @Test func theBudgetStopsARampWhereItIsFull() throws {
        let platform = ScriptedPlatform()
        // 32 MiB each: 1 GiB holds 32.
        let run = run(DensityExperiment(budgetBytes: 1 << 30, holdSeconds: 3), on: platform)
        #expect(try run.execute() == .complete)
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 32 && ramp.cause == .memoryBudget)
        #expect(ramp.enforcedBy == "the memory limit of the run's control group")
        #expect(ramp.heldNanoseconds >= 3_000_000_000 && ramp.liveness == "the script says so")
        #expect(ramp.points.first?.instances == 0 && ramp.points.last?.instances == 32)
        #expect(ramp.points.flatMap(\.startupsNanoseconds).count == 32)
        #expect(platform.running == 0 && platform.mostRunning == 32)
        // Set for the ramp, and taken back.
        #expect(run.host.limits == [1 << 30, nil])
    }

    @Test func theCeilingGivesALowerBound() throws {
        let run = run(DensityExperiment(budgetBytes: 1 << 40, ceiling: 20, holdSeconds: 1), on: ScriptedPlatform())
        try run.execute()
        let (_, ramp) = try only(run)
        #expect(ramp.instances == 20 && ramp.cause == .ceiling)
    }

    @Test func theReserveIsNeverTouched() throws {
        var script = ScriptedHost.Script()
        script.availableBytes = 1 << 30
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, reserveBytes: 512 << 20, holdSeconds: 1), script: script,
            on: ScriptedPlatform())
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 16 && ramp.cause == .reserve)
    }

    @Test func aLaunchThatFailsIsTheCause() throws {
        let platform = ScriptedPlatform { $0 == 10 ? .refused("no more ports") : .ready }
        let run = run(DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1, parallel: 1), on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 9)
        #expect(ramp.cause.text.hasPrefix("launch failed: the platform refused: no more ports"))
    }

    @Test func whereNoneStartsThereIsNoAnswer() throws {
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), on: ScriptedPlatform { _ in .refused("no") })
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .failed && ramp.instances == 0)
    }

    @Test func whoeverDiesIsNotCountedAndTheRestIsHeldAgain() throws {
        let platform = ScriptedPlatform { [3, 7].contains($0) ? .diesLater("status 1") : .ready }
        let run = run(DensityExperiment(budgetBytes: 1 << 30, holdSeconds: 1), on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 30)
        #expect(ramp.cause == .died("2 instances; the first: status 1"))
    }

    @Test func whoeverIsNotReadyAnyMoreIsNotCounted() throws {
        let platform = ScriptedPlatform { $0 == 4 ? .becomesUnready("refused") : .ready }
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, ceiling: 8, holdSeconds: 1), readiness: .tcp(port: 80), on: platform
        )
        try run.execute()
        let (_, ramp) = try only(run)
        #expect(ramp.instances == 7 && ramp.cause == .died("refused"))
        #expect(ramp.liveness.hasSuffix("TCP port 80 of each accepted a connection at the end of the hold"))
    }

    /// From 24 instances on all work waits for memory, and only once they are held.
    @Test func aLimitThatBreaksInTheHoldShedsAndHoldsAgain() throws {
        var script = ScriptedHost.Script()
        let holding = Atomic<Bool>(false)
        script.memoryPressure = { running in running > 24 && holding.load(ordering: .relaxed) ? 50 : 0 }
        let platform = ScriptedPlatform(onLaunch: { if $0 == 32 { holding.store(true, ordering: .relaxed) } })
        // The ceiling is reached: without the hold's verdict the answer would be "at least 32".
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, ceiling: 32, holdSeconds: 5), script: script, on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok)
        #expect(ramp.instances <= 24 && ramp.instances > 12, "\(ramp.instances)")
        #expect(ramp.cause == .memoryPressure)
        #expect(ramp.points.last?.instances == ramp.instances)
    }

    @Test func aHoldThatIsAlwaysBrokenEndsWithNone() throws {
        var script = ScriptedHost.Script()
        let holding = Atomic<Bool>(false)
        script.cpuPressure = { _ in holding.load(ordering: .relaxed) ? 90 : 0 }
        let platform = ScriptedPlatform(onLaunch: { if $0 == 64 { holding.store(true, ordering: .relaxed) } })
        let density = DensityExperiment(budgetBytes: 1 << 40, ceiling: 64, holdSeconds: 5, cpuPressurePercent: 50)
        let run = run(density, script: script, on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 0 && ramp.cause == .cpuPressure)
    }

    /// Instances that grow after they are ready leave the budget in the hold.
    @Test func aBudgetThatBreaksInTheHoldShedsUntilItHolds() throws {
        var script = ScriptedHost.Script()
        let clock = Atomic<UInt64>(0)
        script.onPause = { clock.store($0, ordering: .relaxed) }
        let full = Atomic<UInt64>(.max)
        script.readMemory = { reading, running in
            let since = full.load(ordering: .relaxed)
            // A second after the last start each has grown by a half.
            guard since != .max, clock.load(ordering: .relaxed) > since + 1_000_000_000 else { return }
            reading[.anonymous] = (reading[.anonymous] ?? 0) + Int64(running) * 16 << 20
        }
        let platform = ScriptedPlatform(onLaunch: {
            if $0 == 30 { full.store(clock.load(ordering: .relaxed), ordering: .relaxed) }
        })
        let run = run(
            DensityExperiment(budgetBytes: 1 << 30, ceiling: 30, holdSeconds: 5), script: script, on: platform)
        try run.execute()
        let (_, ramp) = try only(run)
        // 48 MiB each: 21 fit.
        #expect(ramp.instances == 21 && ramp.cause == .memoryBudget)
    }

    @Test func whoeverGoesOnDyingLeavesNoAnswer() throws {
        let rounds = Atomic<Int>(0)
        var script = ScriptedHost.Script()
        script.onPause = { _ in _ = rounds.wrappingAdd(1, ordering: .relaxed) }
        // All die at once, the rest is none.
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, ceiling: 4, holdSeconds: 1), script: script,
            on: ScriptedPlatform { _ in .diesLater("killed") })
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .failed && ramp.instances == 0)
        #expect(observation.reasons == ["died: 4 instances; the first: killed"])
    }

    @Test func aLimitOnStartsIsJudgedOverTheLastForty() throws {
        let limits = RampLimits(
            experiment: DensityExperiment(budgetBytes: 1, startupP95LimitSeconds: 0.1), swapBefore: 0)
        let point = Ramp.Point(instances: 1, elapsedNanoseconds: 0, startupsNanoseconds: [], reading: MemoryReading())
        let quick = [UInt64](repeating: 50_000_000, count: 60)
        let slow = [UInt64](repeating: 200_000_000, count: 2)
        // Two of the last forty are beyond: the nearest rank of 0.95 is the 38th.
        #expect(limits.broken(point, startups: quick + slow) == nil)
        #expect(limits.broken(point, startups: quick + slow + [200_000_000]) == .startupLimit)
        // What was slow long ago is forgotten.
        #expect(limits.broken(point, startups: slow + slow + quick) == nil)
        #expect(limits.broken(point, startups: []) == nil)
    }

    @Test func nobodyIsHeldToABudgetInADaemonsGroups() throws {
        let traits = PlatformTraits(
            role: .guest, whereabouts: .daemonGroups(daemon: "the daemon at qemu:///system"), canBeAskedAgain: false,
            place: "in the VM")
        let run = run(
            DensityExperiment(budgetBytes: 1 << 30, holdSeconds: 1), on: ScriptedPlatform("far", traits: traits))
        try run.execute()
        let (observation, ramp) = try only(run)
        // What can be seen stops it all the same.
        #expect(ramp.enforcedBy == nil && ramp.instances == 32 && ramp.cause == .memoryBudget)
        #expect(observation.warnings.isEmpty && run.host.limits == [nil])
        let note = try #require(run.sink.threats.first)
        #expect(note.severity == .note && note.text.contains("control groups of the daemon at qemu:///system"))
    }

    @Test func aBudgetThatNothingEnforcesIsSaid() throws {
        var script = ScriptedHost.Script()
        script.limitsMemory = false
        let run = run(DensityExperiment(budgetBytes: 1 << 30, holdSeconds: 1), script: script, on: ScriptedPlatform())
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(
            ramp.enforcedBy == nil && observation.warnings.first?.contains("not enforced by a control group") == true)
    }

    @Test func aLimitThatCannotBeWatchedIsRefusedAndADefaultIsTold() throws {
        let blind = Pressure(nanoseconds: 0, memoryFullMicroseconds: nil, cpuSomeMicroseconds: nil)
        let seeing = Pressure(nanoseconds: 0, memoryFullMicroseconds: 1, cpuSomeMicroseconds: 1)
        #expect(DensityExperiment(budgetBytes: 1).unwatchable(with: blind) == nil)
        #expect(
            DensityExperiment(budgetBytes: 1, memoryPressurePercent: 5).unwatchable(with: blind) == "memory-pressure")
        #expect(DensityExperiment(budgetBytes: 1, cpuPressurePercent: 5).unwatchable(with: blind) == "cpu-pressure")
        #expect(
            DensityExperiment(budgetBytes: 1, memoryPressurePercent: 5, cpuPressurePercent: 5).unwatchable(with: seeing)
                == nil)
        var script = ScriptedHost.Script()
        script.memoryPressure = nil
        script.cpuPressure = nil
        let run = run(DensityExperiment(budgetBytes: 1 << 30, holdSeconds: 1), script: script, on: ScriptedPlatform())
        try run.execute()
        let note = try #require(run.sink.threats.first { $0.detector == "memory pressure" })
        #expect(note.severity == .note && note.text.contains("which is the default"))
        #expect(try only(run).ramp.instances == 32)
    }

    @Test func anEmptyHostThatFreesMemoryMakesItInvalid() throws {
        var script = ScriptedHost.Script()
        script.bytesEach = 1 << 20
        script.readMemory = { reading, running in
            if running > 4 { reading[.anonymous] = (reading[.anonymous] ?? 0) - (100 << 20) }
        }
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, ceiling: 16, holdSeconds: 1), script: script, on: ScriptedPlatform()
        )
        try run.execute()
        let (observation, _) = try only(run)
        #expect(observation.outcome == .invalid)
        #expect(observation.reasons.first?.hasPrefix("foreign memory was freed") == true)
    }

    @Test func interruptedARampAnswersNothing() throws {
        let interruption = Interruption()
        let platform = ScriptedPlatform(onLaunch: { if $0 == 10 { interruption.request() } })
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), interruption: interruption, on: platform)
        #expect(try run.execute() == .interrupted)
        #expect(try only(run).observation.outcome == .invalid && platform.running == 0)
    }

    // MARK: Limits of the kernel, and of tare

    /// Two processes each, and 14 of others: 50 hold 18 instances.
    @Test func aLimitOfTheKernelIsNamed() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.threads: 14 + 2 * Int64($0), .openFiles: 100] }
        script.kernelLimits = [
            .threads: KernelLimit(50, source: "kernel.threads-max"),
            .openFiles: KernelLimit(101, source: "fs.file-max"),
        ]
        let platform = ScriptedPlatform { $0 > 18 ? .refused("clone: Resource temporarily unavailable") : .ready }
        let run = run(DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), script: script, on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 18)
        let words = "threads-max: 50 of 50 processes and threads in use (kernel.threads-max)"
        #expect(
            ramp.cause.text.hasPrefix(
                "\(words); the platform said: the platform refused: clone: Resource temporarily unavailable"))
        // They were killed first, for want of a process that could end them, and none is left.
        #expect(platform.running == 0)
    }

    @Test func aGroupThatRefusesAProcessIsNamed() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.groupTasks: 10 + Int64($0)] }
        script.kernelLimits = [.groupTasks: KernelLimit(40, source: "pids.max of /x")]
        // Another process of the group took the rest for a moment.
        script.refusedForks = { $0 >= 20 ? 3 : 1 }
        let platform = ScriptedPlatform { $0 >= 20 ? .sends("EXFno process\n") : .ready }
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1, parallel: 1), script: script, on: platform)
        try run.execute()
        let (_, ramp) = try only(run)
        #expect(ramp.instances == 19)
        let words = "29 of 40 processes and threads in use (pids.max of /x), which refused a process 2 times"
        #expect(ramp.cause == .limit(.groupTasks, "\(words); the platform said: no process"))
    }

    @Test func aFailureFarFromAnyLimitIsNone() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.processIDs: 14 + 2 * Int64($0)] }
        script.kernelLimits = [.processIDs: KernelLimit(32_768, source: "kernel.pid_max")]
        let platform = ScriptedPlatform { $0 == 10 ? .refused("no more ports") : .ready }
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1, parallel: 1), script: script, on: platform)
        try run.execute()
        let (_, ramp) = try only(run)
        #expect(ramp.instances == 9 && ramp.cause.text.hasPrefix("launch failed: the platform refused: no more ports"))
    }

    /// The platform never fails: the ramp ends before tare itself has no files left.
    @Test func tareKeepsFilesForItself() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.ownOpenFiles: 40 + 3 * Int64($0)] }
        script.kernelLimits = [.ownOpenFiles: KernelLimit(192, source: "RLIMIT_NOFILE of 256, of which tare keeps 64")]
        let platform = ScriptedPlatform()
        let run = run(DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), script: script, on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        // (192 - 40) / 3 = 50.67
        #expect(observation.outcome == .ok && ramp.instances == 50 && platform.mostRunning == 50)
        let words = "190 of 192 open files of tare in use (RLIMIT_NOFILE of 256, of which tare keeps 64)"
        #expect(ramp.cause == .limit(.ownOpenFiles, "\(words), and one more instance takes 3"))
    }

    /// An instance holds three files while it starts (the platform's trait), and one from then on.
    @Test func filesAreCountedAsTheyAreHeld() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.ownOpenFiles: 40 + Int64($0)] }
        script.kernelLimits = [.ownOpenFiles: KernelLimit(192, source: "RLIMIT_NOFILE of 256, of which tare keeps 64")]
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), script: script, on: ScriptedPlatform())
        try run.execute()
        let ramp = try only(run).ramp
        #expect(ramp.instances == 152)
        // No batch was larger than what was left held the starts of, but for a single instance.
        for (before, after) in zip(ramp.points, ramp.points.dropFirst()) where !after.startupsNanoseconds.isEmpty {
            let size = after.startupsNanoseconds.count
            #expect(size == 1 || 3 * size <= 152 - before.instances, "\(before.instances) and \(size)")
        }
    }

    /// Each launcher beyond eight needs files of its own while it starts an instance.
    @Test func manyLaunchersLeaveFewerFiles() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { [.ownOpenFiles: 40 + 3 * Int64($0)] }
        script.kernelLimits = [.ownOpenFiles: KernelLimit(192, source: "RLIMIT_NOFILE of 256, of which tare keeps 64")]
        let run = run(
            DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1, parallel: 12), script: script,
            on: ScriptedPlatform())
        try run.execute()
        // (192 - 4 * 8 - 40) / 3 = 40
        #expect(try only(run).ramp.instances == 40)
    }

    @Test func aLimitThatHoldsNoneIsAnAnswer() throws {
        var script = ScriptedHost.Script()
        script.limitsInUse = { _ in [.ownOpenFiles: 40] }
        script.kernelLimits = [.ownOpenFiles: KernelLimit(41, source: "RLIMIT_NOFILE of 105")]
        let platform = ScriptedPlatform()
        let run = run(DensityExperiment(budgetBytes: 1 << 40, holdSeconds: 1), script: script, on: platform)
        try run.execute()
        let (observation, ramp) = try only(run)
        #expect(observation.outcome == .ok && ramp.instances == 0 && platform.launched == 0)
        guard case .limit(.ownOpenFiles, _) = ramp.cause else {
            Issue.record("\(ramp.cause)")
            return
        }
    }
}
