import BenchmarkModel
import HostReadings
import TestSupport
import Testing

@testable import Harness

/// The task experiment on a scripted platform.
@Suite struct TaskSamplesTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private static let iops = FigureSpec(
        name: "iops", place: .match("^iops ([0-9.]+)$"), unit: "1/s", polarity: .higherIsBetter)
    private static let fromFile = FigureSpec(
        name: "p99", source: .file("/r.json"), place: .json("p99"), unit: "ms", polarity: .lowerIsBetter)

    private func run(
        figures: [FigureSpec] = [iops], samples: Int = 1, warmup: Int = 0, deadline: Double = 5,
        script: ScriptedHost.Script = .init(), interruption: Interruption = Interruption(),
        on platform: ScriptedPlatform
    ) -> ScriptedRun {
        var workload = Workload.scripted("fio", readiness: .completed, deadlineSeconds: deadline)
        workload.figures = figures
        let suite = Suite(
            name: "s", workloads: [workload, .scripted("server")], platforms: [],
            task: TaskExperiment(samples: samples, warmupBlocks: warmup))
        return ScriptedRun(suite, on: platform, directory: scratch.path, script: script, interruption: interruption)
    }

    /// The one observation of a task that behaves like this, and its record.
    private func observe(
        figures: [FigureSpec] = [iops], deadline: Double = 5, _ behaviour: ScriptedPlatform.Behaviour
    ) throws -> (observation: Observation, task: TaskRecord) {
        let run = run(figures: figures, deadline: deadline, on: ScriptedPlatform { _ in behaviour })
        try run.execute()
        let observation = try #require(run.sink.observations.first)
        return (observation, try #require(observation.task))
    }

    @Test func aTaskIsMeasuredToItsEnd() throws {
        let platform = ScriptedPlatform { _ in .prints("iops 51.5\n", sends: "EXRT1000\n", ending: .exited(0)) }
        let run = run(samples: 3, warmup: 1, on: platform)
        #expect(try run.execute() == .complete)
        let observations = run.sink.observations
        #expect(observations.map(\.outcome) == [.ok, .ok, .ok, .ok], "\(observations.map(\.reasons))")
        #expect(observations.map(\.counted) == [false, true, true, true])
        // Only what ends is a task.
        #expect(Set(observations.map(\.cell)).count == 1 && platform.order == ["fio", "fio", "fio", "fio"])
        for task in observations.compactMap(\.task) {
            #expect(task.figures == ["iops": 51.5] && task.ending == .exited(0) && task.instanceNanoseconds == 1_000)
            #expect(
                task.start.marks.map(\.name) == [
                    .requested, .spawned, .entered, .executed, .ready, .stopping, .stopped,
                ])
            #expect((task.start.restNanoseconds ?? 0) >= StartupExperiment.restNanoseconds)
            #expect(task.start.cpuNanoseconds == 5_000_000 && task.start.peakMemoryBytes == 32 << 20)
            #expect(task.start.outputBytes == 10)
            #expect(task.durationNanoseconds != nil && task.ownNanoseconds != nil)
        }
        #expect(platform.running == 0)
    }

    @Test(arguments: [
        ("EXDe3\nT1000\n", CommandEnding.exited(3), "ended with status 3"),
        ("EXDs9\nT1000\n", .signalled(9), "was ended by signal 9 (SIGKILL)"),
    ])
    func aTaskThatFailsKeepsWhatItHas(marks: String, ending: CommandEnding, words: String) throws {
        let (observation, task) = try observe(.prints("iops 7\nwhy\n", sends: marks, ending: ending))
        #expect(observation.outcome == .failed)
        #expect(
            observation.reasons == [
                "the command \(words), and only status 0 counts as completed; it printed: iops 7 | why"
            ])
        #expect(task.ending == ending && task.figures == ["iops": 7] && task.instanceNanoseconds == 1_000)
        #expect(task.start.marks.contains { $0.name == .executed } && task.durationNanoseconds == nil)
    }

    @Test func aDeadlineSaysSo() throws {
        let told = try observe(
            .prints("iops 7\n", sends: "EXFreadiness deadline of 5 s passed: the command has not ended\n", ending: nil))
        #expect(told.observation.outcome == .failed)
        #expect(
            told.observation.reasons == [
                "readiness deadline of 5 s passed: the command has not ended; it printed: iops 7"
            ])
        // What has not ended has no figures yet.
        #expect(told.task.ending == nil && told.task.figures.isEmpty)
        let silent = try observe(deadline: 0.01, .sends("EX"))
        #expect(silent.observation.outcome == .failed)
        #expect(silent.observation.reasons.first?.hasPrefix("not ready within 0.01 s (last mark: executed)") == true)
    }

    @Test(arguments: [
        ("none\n", "no line of its 1 line matches /^iops ([0-9.]+)$/"), ("", "it is empty"),
        ("iops 1\niops 2\n", "2 lines match /^iops ([0-9.]+)$/, and one must"), ("iops .\n", "'.' is no number"),
    ])
    func aFigureThatIsNotThereFailsIt(output: String, reason: String) throws {
        let (observation, task) = try observe(.prints(output, sends: "EXRT1000\n", ending: .exited(0)))
        #expect(observation.outcome == .failed)
        #expect(observation.reasons == ["figure 'iops' in its output: \(reason)"])
        #expect(task.ending == .exited(0) && task.durationNanoseconds != nil && task.figures.isEmpty)
    }

    @Test func theWholeOutputIsLookedThroughAndNoMore() throws {
        // Beyond what is kept of other workloads at both ends.
        let filling = String(repeating: "0123456789abcde\n", count: 100_000)
        let far = try observe(.prints(filling + "iops 5\n" + filling, sends: "EXRT1000\n", ending: .exited(0)))
        #expect(far.observation.outcome == .ok && far.task.figures == ["iops": 5], "\(far.observation.reasons)")
        let tooLong = String(repeating: "x", count: FigureSpec.mostTextBytes)
        let (observation, task) = try observe(.prints(tooLong + "\niops 5\n", sends: "EXRT1000\n", ending: .exited(0)))
        #expect(observation.outcome == .failed)
        #expect(
            observation.reasons == [
                "figure 'iops' in its output: it is longer than the 4 MiB in which figures are looked for"
            ])
        #expect(task.start.outputBytes == UInt64(FigureSpec.mostTextBytes) + 8)
    }

    @Test func theInstancesClockMustBeTheHosts() throws {
        let (observation, task) = try observe(.prints("iops 1\n", sends: "EXRT250000000\n", ending: .exited(0)))
        #expect(observation.outcome == .invalid && task.figures == ["iops": 1])
        #expect(observation.reasons.first?.hasPrefix("the instance's clock says 250.0 ms for what took ") == true)
        let untold = try observe(.prints("iops 1\n", sends: "EXR", ending: .exited(0)))
        #expect(untold.observation.outcome == .invalid)
        #expect(
            untold.observation.reasons == ["the instance did not say how long the command took by its own clock"])
        // Where nothing is read of that clock, it is no matter.
        #expect(try observe(figures: [], .prints("", sends: "EXR", ending: .exited(0))).observation.outcome == .ok)
    }

    /// Two seconds on the host's clock; 1 % of it and 5 ms for the channel are let pass.
    @Test(arguments: [
        (UInt64(2_000_000_000), true), (2_024_000_000, true), (1_976_000_000, true), (2_026_000_000, false),
        (1_960_000_000, false), (2_040_000_000, false), (0, false), (.max, false),
    ])
    func theToleranceOfTheClock(told: UInt64, passes: Bool) {
        let marks = [Mark(.executed, nanoseconds: 5), Mark(.ready, nanoseconds: 2_000_000_005)]
        let task = TaskRecord(start: StartupRecord(instance: "i", marks: marks), instanceNanoseconds: told)
        #expect((task.clockTrouble == nil) == passes, "\(task.clockTrouble ?? "")")
    }

    @Test func figuresOfFilesComeOverTheMarkChannel() throws {
        let two = [TaskSamplesTests.iops, TaskSamplesTests.fromFile]
        let sends = "EXRT1000\nP9\n{\"p99\": 2\n.5}\n0\n"
        let wrong = try observe(figures: two, .prints("iops 3\n", sends: sends, ending: .exited(0)))
        #expect(wrong.observation.outcome != .ok, "a length that is not that of the piece")
        let whole = "EXRT1000\nP9\n{\"p99\": 23\n.5}0\n"
        let (observation, task) = try observe(figures: two, .prints("iops 3\n", sends: whole, ending: .exited(0)))
        #expect(observation.outcome == .ok && task.figures == ["iops": 3, "p99": 2.5], "\(observation.reasons)")
        let refused = try observe(
            figures: two, .prints("iops 3\n", sends: "EXRT1000\nP-it is no regular file\n", ending: .exited(0)))
        #expect(refused.observation.reasons == ["figure 'p99' in /r.json: it is no regular file"])
        #expect(refused.task.figures == ["iops": 3])
        let cut = try observe(figures: two, .prints("iops 3\n", sends: "EXRT1000\nP9\n{\"p9", ending: .exited(0)))
        #expect(
            cut.observation.reasons == ["figure 'p99' in /r.json: it did not come from the instance before that ended"])
    }

    @Test(arguments: ["EXRRT1\n", "EXRT1\nT1\n", "EXRT1x\n", "EXRT1\nP3\nabc", "EXRDe3\nT1\n"])
    func anInstanceThatContradictsItselfIsInvalid(marks: String) throws {
        let (observation, _) = try observe(.prints("iops 1\n", sends: marks, ending: .exited(0)))
        #expect(observation.outcome == .invalid && !observation.reasons.isEmpty)
    }

    @Test func afterThreeFailuresInARowTheRestIsNotTried() throws {
        let platform = ScriptedPlatform { _ in .prints("", sends: "EXDe1\nT1\n", ending: .exited(1)) }
        let run = run(samples: 5, on: platform)
        try run.execute()
        #expect(platform.launched == 3 && run.sink.observations.map(\.outcome) == Array(repeating: .failed, count: 5))
        let last = try #require(run.sink.observations.last)
        #expect(last.reasons.first?.hasPrefix("not attempted after 3 failures in a row: the command ended") == true)
        #expect(last.task == TaskRecord(start: StartupRecord(instance: "", marks: [])))
    }

    @Test func aStolenBlockMakesAShortTaskInvalid() throws {
        var script = ScriptedHost.Script()
        script.read = { reading, _ in reading.stolenTicks = reading.nanoseconds / 10_000_000 }
        let platform = ScriptedPlatform { _ in .prints("iops 1\n", sends: "EXRT1\n", ending: .exited(0)) }
        let run = run(script: script, on: platform)
        try run.execute()
        let observation = try #require(run.sink.observations.first)
        #expect(observation.outcome == .invalid)
        #expect(observation.reasons.first?.hasPrefix("steal (in block 0): 50.0 % of the CPU time") == true)
    }

    @Test func interruptedATaskIsNoFailure() throws {
        let interruption = Interruption()
        let platform = ScriptedPlatform {
            $0 == 2 ? .silent : .prints("iops 1\n", sends: "EXRT1\n", ending: .exited(0))
        } onLaunch: {
            if $0 == 2 { interruption.request() }
        }
        let run = run(samples: 5, interruption: interruption, on: platform)
        #expect(try run.execute() == .interrupted)
        #expect(run.sink.observations.map(\.outcome) == [.ok] && platform.running == 0)
    }
}
