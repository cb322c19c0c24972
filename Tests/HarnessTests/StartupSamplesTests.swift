import BenchmarkModel
import Harness
import HostReadings
import Synchronization
import TestSupport
import Testing

/// The startup experiment on a scripted platform.
@Suite struct StartupSamplesTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func run(
        _ startup: StartupExperiment, deadline: Double = 5, script: ScriptedHost.Script = .init(),
        interruption: Interruption = Interruption(), on platform: ScriptedPlatform
    ) -> ScriptedRun {
        let suite = Suite(
            name: "s", workloads: [.scripted(deadlineSeconds: deadline)], platforms: [], startup: startup)
        return ScriptedRun(suite, on: platform, directory: scratch.path, script: script, interruption: interruption)
    }

    @Test func theCPUsOfAnInstanceAreBalancedAndRecorded() throws {
        let run = run(StartupExperiment(samples: 10), on: ScriptedPlatform(cpuView: .allowance))
        #expect(try run.execute(echoes: 1) == .complete)
        let drawn = run.sink.observations.compactMap(\.startup?.cpus)
        #expect(drawn.allSatisfy { $0 == [0] || $0 == [1] })
        let counts = [0, 1].map { cpu in drawn.count { $0 == [cpu] } }
        #expect(abs(counts[0] - counts[1]) <= 1 && drawn.count >= 10, "\(counts)")
        // Who sees all of the host's CPUs is given none.
        let other = self.run(StartupExperiment(samples: 2), on: ScriptedPlatform())
        #expect(try other.execute() == .complete)
        #expect(other.sink.observations.compactMap(\.startup).allSatisfy { $0.cpus.isEmpty })
    }

    /// Each instance of a workload on a bridge has a place of its own as long as it is there, and what answers inside alone is not ready.
    @Test func whatTheHostDoesNotReachOverTheBridgeHasFailed() throws {
        var workload = Workload.scripted(deadlineSeconds: 5)
        workload.readiness = .tcp(port: 80)
        workload.network = .bridge
        for isReached in [true, false] {
            let suite = Suite(
                name: "s", workloads: [workload], platforms: [],
                startup: StartupExperiment(samples: 3, warmupBlocks: 0))
            let platform = ScriptedPlatform { _ in isReached ? .ready : .becomesUnready("nobody answers") }
            let run = ScriptedRun(suite, on: platform, directory: scratch.path)
            #expect(try run.execute() == .complete)
            let outcomes = run.sink.observations.map(\.outcome)
            #expect(outcomes == Array(repeating: isReached ? .ok : .failed, count: 3))
            if !isReached {
                let reasons = run.sink.observations.flatMap(\.reasons)
                let words = "it was ready inside, and is not over its bridge: nobody answers"
                #expect(reasons.allSatisfy { $0.hasPrefix(words) }, "\(reasons)")
            }
            #expect(run.host.placesTaken == 0)
        }
    }

    @Test func everyPassIsRecordedAndNothingStays() throws {
        let platform = ScriptedPlatform()
        let run = run(StartupExperiment(samples: 5, warmupBlocks: 2, modes: [.warm, .cold]), on: platform)
        #expect(try run.execute() == .complete)
        let observations = run.sink.observations
        #expect(observations.map(\.number) == Array(1...14))
        #expect(observations.count(where: \.counted) == 10)
        #expect(observations.allSatisfy { $0.outcome == .ok && $0.reasons.isEmpty })
        // Cold cells are a stage of their own, with a warm-up of their own.
        #expect(run.host.cacheDrops == 7)
        #expect(observations.map(\.block) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
        #expect(
            observations.map { $0.cell.hasSuffix("cold") } == Array(repeating: false, count: 7)
                + Array(repeating: true, count: 7))
        for record in observations.compactMap(\.startup) {
            #expect(
                record.marks.map(\.name) == [.requested, .spawned, .entered, .executed, .ready, .stopping, .stopped])
            #expect((record.restNanoseconds ?? 0) >= StartupExperiment.restNanoseconds)
            #expect(record.cpuNanoseconds == 5_000_000)
        }
        #expect(platform.running == 0 && platform.mostRunning == 1)
        #expect(run.host.adopted.isEmpty)
    }

    /// One start's peak is that of the group less what others had; of those that are due at once each has its part.
    @Test(arguments: [StartupMode.warm, .concurrent(3), .occupied(2)])
    func thePeakIsThatOfOneStart(mode: StartupMode) throws {
        let run = run(StartupExperiment(samples: 2, warmupBlocks: 0, modes: [mode]), on: ScriptedPlatform())
        #expect(try run.execute() == .complete)
        let peaks = run.sink.observations.compactMap(\.startup).map(\.peakMemoryBytes)
        #expect(peaks.count >= 2 && peaks.allSatisfy { $0 == 32 << 20 }, "\(peaks)")
        #expect(!run.sink.threats.contains { $0.detector == "peak memory" })
    }

    @Test func aPeakThatCannotBeReadIsSaidOnce() throws {
        var script = ScriptedHost.Script()
        script.peakProblem = "this kernel is too old"
        let run = run(StartupExperiment(samples: 2, warmupBlocks: 0), script: script, on: ScriptedPlatform())
        #expect(try run.execute() == .complete)
        #expect(run.sink.observations.compactMap(\.startup).allSatisfy { $0.peakMemoryBytes == nil })
        let said = run.sink.threats.filter { $0.detector == "peak memory" }
        #expect(said.map(\.severity) == [.note])
        #expect(said.first?.text == "the peak memory of a start is not measured: this kernel is too old")
    }

    @Test func afterThreeFailuresInARowTheRestIsCountedAndNotTried() throws {
        let platform = ScriptedPlatform { _ in .sends("EXFno such library\n") }
        let run = run(StartupExperiment(samples: 6, warmupBlocks: 1), on: platform)
        #expect(try run.execute() == .complete)
        #expect(platform.launched == 3)
        let observations = run.sink.observations
        #expect(observations.count == 7 && observations.allSatisfy { $0.outcome == .failed })
        #expect(observations[2].reasons == ["no such library"])
        #expect(observations[3].reasons == ["not attempted after 3 failures in a row: no such library"])
        #expect(observations[3].startup?.instance == "" && observations[3].startup?.marks == [])
    }

    @Test func oneSuccessBeginsTheCountAnew() throws {
        let platform = ScriptedPlatform { $0 % 3 == 0 ? .ready : .refused("no room") }
        let run = run(StartupExperiment(samples: 6, warmupBlocks: 0), on: platform)
        try run.execute()
        #expect(platform.launched == 6)
        #expect(run.sink.observations.map(\.outcome) == [.failed, .failed, .ok, .failed, .failed, .ok])
        #expect(run.sink.observations[0].reasons.first?.contains("the platform refused: no room") == true)
    }

    @Test(arguments: [
        ("EXRR", "the mark 'ready' came 2 times"), ("ERX", "'ready' came before 'executed'"),
        ("ER", "the mark 'executed' is missing"), ("EzXR", "1 bytes on the mark channel are not of its protocol"),
    ])
    func marksThatContradictThemselvesAreInvalid(bytes: String, reason: String) throws {
        let platform = ScriptedPlatform { _ in .sends(bytes) }
        let run = run(StartupExperiment(samples: 1, warmupBlocks: 0), on: platform)
        try run.execute()
        let observation = try #require(run.sink.observations.first)
        // All bytes arrive at once: what came out of order has one time, and is told by what is missing or doubled.
        if bytes != "ERX" {
            #expect(observation.outcome == .invalid)
            #expect(observation.reasons == [reason])
        }
    }

    @Test func whatIsNotReadyInTimeHasFailed() throws {
        let platform = ScriptedPlatform { _ in .silent }
        let run = run(StartupExperiment(samples: 1, warmupBlocks: 0), deadline: 0.01, on: platform)
        try run.execute()
        let observation = try #require(run.sink.observations.first)
        #expect(observation.outcome == .failed)
        #expect(observation.reasons.first?.hasPrefix("not ready within 0.01 s (last mark: spawned)") == true)
    }

    @Test func aStolenBlockMakesItsShortSamplesInvalid() throws {
        var script = ScriptedHost.Script()
        // Half of two CPUs was taken, from one reading to the next.
        script.read = { reading, _ in reading.stolenTicks = reading.nanoseconds / 10_000_000 }
        let platform = ScriptedPlatform { $0 == 2 ? .refused("no") : .ready }
        let run = run(StartupExperiment(samples: 3, warmupBlocks: 0), script: script, on: platform)
        try run.execute()
        let observations = run.sink.observations
        #expect(observations.map(\.outcome) == [.invalid, .failed, .invalid])
        #expect(observations[0].reasons.first?.hasPrefix("steal (in block 0): 50.0 % of the CPU time") == true)
        #expect(run.sink.threats.filter { $0.detector == "steal" && $0.cell == nil }.map(\.block) == [0, 1, 2])
        // Committed when it was measured, and again when its block was judged.
        #expect(run.sink.saves == 5)
    }

    @Test func aSampleUnderMemoryPressureIsInvalid() throws {
        var script = ScriptedHost.Script()
        let reads = Atomic<UInt64>(0)
        script.read = { reading, _ in
            reading.memoryPressureMicroseconds = reads.wrappingAdd(1, ordering: .relaxed).newValue
        }
        let run = run(StartupExperiment(samples: 1, warmupBlocks: 0), script: script, on: ScriptedPlatform())
        try run.execute()
        #expect(run.sink.observations.first?.outcome == .invalid)
        #expect(run.sink.observations.first?.reasons == ["memory pressure: all work waited for memory for 1 µs"])
    }

    @Test func instancesRunBesideAnOccupiedStart() throws {
        let platform = ScriptedPlatform()
        let run = run(StartupExperiment(samples: 2, warmupBlocks: 0, modes: [.occupied(3)]), on: platform)
        try run.execute()
        #expect(run.sink.observations.map(\.outcome) == [.ok, .ok])
        #expect(platform.launched == 8 && platform.mostRunning == 4 && platform.running == 0)
    }

    @Test func whatFailsBesideAStartIsSaid() throws {
        let platform = ScriptedPlatform { $0 == 2 ? .sends("EXFbroken\n") : .ready }
        let run = run(StartupExperiment(samples: 1, warmupBlocks: 0, modes: [.occupied(3)]), on: platform)
        try run.execute()
        #expect(run.sink.observations.map(\.reasons) == [["an instance beside it failed: broken"]])
        #expect(platform.launched == 2 && platform.running == 0)
    }

    @Test func concurrentStartsAreDueTogether() throws {
        let platform = ScriptedPlatform()
        let run = run(StartupExperiment(samples: 4, warmupBlocks: 0, modes: [.concurrent(3)]), on: platform)
        try run.execute()
        // Passes are whole: two of three.
        let observations = run.sink.observations
        #expect(observations.count == 6 && platform.mostRunning == 3)
        for block in [0, 1] {
            let due = Set(observations.filter { $0.block == block }.compactMap { $0.startup?.time(of: .requested) })
            #expect(due.count == 1)
        }
    }

    @Test func interruptedWhatIsOkIsKept() throws {
        let interruption = Interruption()
        let platform = ScriptedPlatform {
            $0 == 3 ? .silent : .ready
        } onLaunch: {
            if $0 == 3 { interruption.request() }
        }
        let run = run(
            StartupExperiment(samples: 9, warmupBlocks: 0), script: .init(), interruption: interruption, on: platform)
        #expect(try run.execute() == .interrupted)
        #expect(run.sink.observations.map(\.outcome) == [.ok, .ok])
        #expect(platform.running == 0)
    }

    @Test func whatCannotBeRemovedIsToldAndEndsNothing() throws {
        let platform = ScriptedPlatform { $0 == 1 ? .cannotBeStopped("the process survives SIGKILL") : .ready }
        let run = run(StartupExperiment(samples: 3, warmupBlocks: 0), on: platform)
        #expect(try run.execute() == .complete)
        #expect(run.sink.observations.allSatisfy { $0.outcome == .ok })
        let threats = run.sink.threats.filter { $0.detector == "left behind" }
        #expect(threats.map(\.text) == ["the process survives SIGKILL"] && threats[0].block == 0)
    }

    @Test func processesOfADaemonAreTakenAccountOf() throws {
        let traits = PlatformTraits(
            role: .guest, whereabouts: .daemonGroups(daemon: "the daemon at x"), place: "in the VM")
        let platform = ScriptedPlatform("far", traits: traits)
        let run = run(StartupExperiment(samples: 2, warmupBlocks: 0), on: platform)
        try run.execute()
        // The instance that told its world was released without a sample's account.
        #expect(run.host.adopted.count == 2 && run.host.adopted == Array(run.host.released.dropFirst()))
    }

    @Test func theChannelOfEachPlatformIsMeasuredOnce() throws {
        let platform = ScriptedPlatform()
        let suite = Suite(
            name: "s", workloads: [.scripted("a"), .scripted("b")], platforms: [],
            density: DensityExperiment(budgetBytes: 1 << 30, ceiling: 2, holdSeconds: 1))
        let run = ScriptedRun(suite, on: platform, more: [ScriptedPlatform("second")], directory: scratch.path)
        try run.execute(echoes: 7)
        #expect(run.sink.echoes.map(\.platform) == ["scripted", "second"])
        #expect(run.sink.echoes.allSatisfy { $0.roundTripsNanoseconds.count == 7 && $0.failure == nil })
    }

    @Test func progressCountsWhatWasPlanned() throws {
        let run = run(StartupExperiment(samples: 3, warmupBlocks: 1), on: ScriptedPlatform())
        var seen: [Progress] = []
        try run.execute { seen.append($0) }
        #expect(seen.removeFirst().now == "what noop sees on scripted")
        #expect(seen.map(\.done) == [0, 1, 2, 3] && seen.allSatisfy { $0.total == 4 })
        // Nothing is known before the first pass; then each of the rest takes what it took, its rest above all.
        #expect(seen[0].secondsLeft == nil)
        #expect((seen[3].secondsLeft ?? 0) >= 0.2)
    }
}
