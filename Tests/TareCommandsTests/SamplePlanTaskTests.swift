import Analysis
import ArgumentParser
import BenchmarkModel
import TestSupport
import Testing

@testable import TareCommands

/// How many samples of tasks are measured in place of what the suite asks for.
@Suite struct SamplePlanTaskTests {
    private static func tasks() -> Suite { SyntheticTasks.run(platforms: [SyntheticRun.runc]).suite }

    /// The same with starts.
    private static func both() -> Suite {
        var suite = tasks()
        suite.startup = StartupExperiment(samples: 30)
        return suite
    }

    private func given(_ arguments: [String], _ suite: Suite) throws -> SamplePlan {
        let options = try SampleOptions.parse(arguments)
        let plan = options.given(for: suite)
        try plan.check(suite, sides: [])
        return plan
    }

    @Test func samplesAreOfStartsAndOfTasks() throws {
        let tasks = try given(["--samples", "5"], SamplePlanTaskTests.tasks())
        #expect(tasks.applied(to: SamplePlanTaskTests.tasks()).task?.samples == 5)
        #expect(tasks.words == ["--task-samples", "5"])
        let both = try given(["--samples", "5"], SamplePlanTaskTests.both())
        let applied = both.applied(to: SamplePlanTaskTests.both())
        #expect(applied.task?.samples == 5 && applied.startup?.samples == 5)
        #expect(both.words == ["--samples", "5"])
        let apart = try given(["--samples", "5", "--task-samples", "7"], SamplePlanTaskTests.both())
        #expect(apart.samples == 5 && apart.taskSamples == 7)
        #expect(apart.words == ["--samples", "5", "--task-samples", "7"])
        let only = try given(["--task-samples", "7"], SamplePlanTaskTests.both())
        #expect(only.applied(to: SamplePlanTaskTests.both()).startup?.samples == 30)
    }

    /// What a plan says on a command line asks for the same again.
    @Test(arguments: [
        SamplePlan(samples: 5, taskSamples: 5), SamplePlan(samples: 5, taskSamples: 7), SamplePlan(taskSamples: 7),
        SamplePlan(),
    ])
    func theCommandAsksForTheSameAgain(_ plan: SamplePlan) throws {
        #expect(try given(plan.words, SamplePlanTaskTests.both()) == plan)
    }

    @Test(arguments: [
        (["--task-samples", "5"], "--task-samples: the suite has no experiment 'task'"),
        (["--samples", "0"], "--samples: 0 is out of range"),
    ])
    func whatNoSuiteMayAskForIsRefused(_ arguments: [String], _ message: String) throws {
        let suite = SyntheticRun.empty(platforms: [SyntheticRun.runc]).suite
        let error = try #require(#expect(throws: TareError.self) { try given(arguments, suite) })
        #expect(error.code == .usage && error.message == message)
    }

    @Test func workedOutSamplesAreNotGivenToo() {
        for option in [["--samples-for", "10%"], ["--time-budget", "1h"]] {
            #expect(throws: (any Error).self) { try SampleOptions.parse(["--task-samples", "5"] + option) }
        }
    }

    @Test func aPassOfATaskTakesUntilTheNextRequest() throws {
        var run = SyntheticTasks.run(platforms: [SyntheticRun.runc])
        // 10 s one after the other, and 3.217 s of image work.
        run.endedAt = run.startedAt + Double(run.observations.count) * 10 + 30 + 3.217
        let times = try #require(PassTimes(of: run, source: "run r"))
        #expect(times.seconds == ["task/tool/runc/run": 10, "task/job/runc/run": 10])
        #expect(times.climbs == 0)
        // Ten samples and a warm-up of two cells.
        #expect(abs((times.seconds(of: run.suite, sides: [], samples: 10) ?? 0) - (30 + 11 * 20)) < 1e-6)
        // 95 % of 1001 s less 30 s are 46 blocks of 20 s and a bit, one of them for warm-up.
        let plan = try SamplePlan(budgetSeconds: 1_001, text: "17m", times, for: run.suite, sides: [])
        #expect(plan.taskSamples == 45 && plan.samples == nil)
        #expect(plan.lines == ["task: 45 samples a cell fit into 17m: the run takes about 16 min (by run r)."])
        let error = try #require(
            #expect(throws: TareError.self) {
                try SamplePlan(budgetSeconds: 200, text: "200s", times, for: run.suite, sides: [])
            })
        #expect(error.message.contains("10 samples a cell, the fewest from which something can be concluded"))
    }

    /// Of two experiments the time fits the starts, and the tasks take what they take.
    @Test func tasksBesideStartsAreMeasuredAsOftenAsTheSuiteAsks() throws {
        let suite = SamplePlanTaskTests.both()
        let cells = Plan(suite: suite, seed: 1).cells.map(\.key)
        let times = PassTimes(
            seconds: Dictionary(uniqueKeysWithValues: cells.map { ($0, 10) }), restSeconds: 30, climbs: 0, source: "r")
        // Two cells each: 20 s a block, of tasks 11 of them, of starts one for warm-up.
        #expect(abs((times.seconds(of: suite, sides: [], samples: 25) ?? 0) - (30 + 11 * 20 + 26 * 20)) < 1e-6)
        let plan = try SamplePlan(budgetSeconds: 1_001, text: "17m", times, for: suite, sides: [])
        #expect(plan.samples == 34 && plan.taskSamples == 10)
    }

    @Test func tasksFollowTheirOwnNeed() throws {
        let suite = SamplePlanTaskTests.both()
        func figure(_ metric: Metric, _ cell: String) -> Figure {
            let parts = cell.split(separator: "/").map(String.init)
            return Figure(
                metric: metric, scale: .ratio, isHeadline: true, cell: cell, workload: parts[1], platform: parts[2],
                estimate: 20e6, standardError: 0.02, degreesOfFreedom: 19, blocks: 20, n: 20)
        }
        let rate = figure(
            Metric("task.figure.rate", "rate", .other("events/s"), .higherIsBetter), "task/tool/runc/run")
        let duration = figure(
            Metric("task.duration", "duration", .nanoseconds, .lowerIsBetter), "task/job/runc/run")
        func plan(_ figures: [Figure], effect: Double = 0.1) throws -> SamplePlan {
            let calibration = Calibration(
                Baseline(
                    suite: "synthetic", suiteDigest: "", tareVersion: "1", sources: [.init(id: "a", startedAt: 0)],
                    facts: HostFacts(), platforms: [], cells: figures.map(\.cell), figures: figures,
                    // As in SamplePlanTests: 28 blocks show 10 % in one run of a family of one.
                    learnt: figures.map {
                        LearntNoise(
                            id: $0.id, runs: 8, totalVariance: 0.00012, errorVariance: 0.0001,
                            errorDegreesOfFreedom: 152, blocks: 40, pairedVariancePerBlock: 0.004)
                    }))
            return try SamplePlan(effect: effect, calibration, for: suite, sides: [], file: "b.yaml")
        }
        let one = try plan([rate])
        #expect(one.taskSamples == 28)
        // The starts were not calibrated: what the suite asks for is said besides, so that nothing else is measured.
        #expect(one.samples == 30 && one.words == ["--samples", "30", "--task-samples", "28"])
        #expect(one.lines.contains("'startup' was not calibrated: what the suite asks for is measured."))
        #expect(
            one.lines.contains {
                $0.hasPrefix("task: 28 samples a cell instead of 10, so that 10 % show in 'rate' of task/tool/runc/run")
            }, "\(one.lines)")
        // As in SamplePlanTests, 18 of a family of two.
        #expect(try plan([rate, duration], effect: 0.12).taskSamples == 18)
    }

    @Test func warmUpCountsInWhatCanBeMeasuredTogether() throws {
        var suite = SamplePlanTaskTests.tasks()
        suite.task?.warmupBlocks = 100
        try SamplePlan(taskSamples: 90_000).check(suite, sides: [])
        suite.platforms = (1...6).map { PlatformSpec(name: "p\($0)", kind: .oci(OCISettings())) }
        let error = try #require(
            #expect(throws: TareError.self) { try SamplePlan(taskSamples: 90_000).check(suite, sides: []) })
        #expect(error.message == "1081200 measurements are more than the 1000000 that can be measured together")
    }
}
