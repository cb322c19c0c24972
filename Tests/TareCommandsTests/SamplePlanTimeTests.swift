import Analysis
import ArgumentParser
import BenchmarkModel
import LinuxSystem
import RunStore
import TestSupport
import Testing

@testable import TareCommands

/// As many samples as fit into a time.
@Suite struct SamplePlanTimeTests {
    private static let pair = [SyntheticRun.process, SyntheticRun.runc]

    /// A run whose observations are requested 10 s one after the other, and that took so many seconds more.
    private static func run(
        _ platforms: [PlatformSpec] = pair, modes: [StartupMode] = [.warm], moreSeconds: Double = 30
    ) -> Run {
        var run = SyntheticRun.full(
            workloads: [SyntheticRun.workload("nginx")], platforms: platforms, modes: modes)
        // 3.217 s of image work were done anew.
        run.endedAt = run.startedAt + Double(run.observations.count) * 10 + moreSeconds + 3.217
        return run
    }

    @Test func aPassTakesUntilTheNextRequest() throws {
        let run = SamplePlanTimeTests.run()
        let times = try #require(PassTimes(of: run, source: "run r"))
        #expect(times.seconds == ["startup/nginx/process/warm": 10, "startup/nginx/runc/warm": 10])
        #expect(abs(times.restSeconds - 30) < 1e-6 && times.climbs == 0)
        // One warm-up block and 20 others of two cells each.
        #expect(abs((times.seconds(of: run.suite, sides: [], samples: 20) ?? 0) - (30 + 21 * 20)) < 1e-6)
    }

    @Test func severalRequestsAtOnceAreOnePass() throws {
        let run = SamplePlanTimeTests.run(modes: [.concurrent(4)])
        let times = try #require(PassTimes(of: run, source: "run r"))
        #expect(times.seconds.values.allSatisfy { $0 == 40 })
        // 9 samples take 3 passes, and warm-up one. Without a network of their own four servers cannot listen: one cell is left.
        #expect(abs((times.seconds(of: run.suite, sides: [], samples: 9) ?? 0) - (30 + 4 * 40)) < 1e-6)
    }

    @Test func aRunThatHasNotEndedTellsNothing() {
        var run = SamplePlanTimeTests.run()
        run.endedAt = nil
        #expect(PassTimes(of: run, source: "") == nil)
        run = SamplePlanTimeTests.run()
        run.observations.removeLast(run.observations.count - 1)
        #expect(PassTimes(of: run, source: "") == nil)
    }

    @Test func whatWasNotMeasuredHasNoTime() throws {
        let times = try #require(PassTimes(of: SamplePlanTimeTests.run([SyntheticRun.runc]), source: "run r"))
        var suite = SamplePlanTimeTests.run().suite
        #expect(times.seconds(of: suite, sides: [], samples: 1) == nil)
        suite.platforms = [SyntheticRun.runc]
        #expect(times.seconds(of: suite, sides: [], samples: 1) != nil)
        suite.footprint = FootprintExperiment()
        #expect(times.seconds(of: suite, sides: [], samples: 1) == nil)
    }

    @Test func twiceAsManyLaddersTakeTwiceAsLong() throws {
        var run = SyntheticClimbs.run(platforms: [SyntheticRun.runc])
        run.endedAt = run.startedAt + 2_000
        let times = try #require(PassTimes(of: run, source: "run r"))
        let climbs = run.observations.count { $0.startup == nil }
        #expect(times.climbs == climbs)
        let once = try #require(times.seconds(of: run.suite, sides: [], samples: 20))
        run.suite.footprint?.ladders *= 2
        run.suite.density?.ramps *= 2
        let twice = try #require(times.seconds(of: run.suite, sides: [], samples: 20))
        #expect(abs(twice - once - times.restSeconds) < 1e-6)
    }

    private func fit(_ seconds: Double, _ suite: Suite? = nil, sides: [String] = []) throws -> SamplePlan {
        let run = SamplePlanTimeTests.run()
        let times = try #require(PassTimes(of: run, source: "run r"))
        return try SamplePlan(
            budgetSeconds: seconds, text: "17m", times, for: suite ?? run.suite, sides: sides)
    }

    /// 95 % of 1001 s less 30 s are 46 blocks of 20 s and a bit, one of them for warm-up.
    @Test func theMostThatFitsIsTaken() throws {
        let plan = try fit(1_001)
        #expect(plan.samples == 45 && plan.ladders == nil && plan.ramps == nil)
        #expect(plan.lines == ["startup: 45 samples a cell fit into 17m: the run takes about 16 min (by run r)."])
        #expect(try fit(1_022.5).samples == 46)
        #expect(try fit(1e7).samples == SamplePlan.mostSamples)
        #expect(try fit(1_001, sides: ["process", "runc"]).samples == 45)
    }

    @Test func aTimeThatHoldsTooFewIsRefused() throws {
        #expect(try fit((30 + 21 * 20) / 0.95 + 0.01).samples == 20)
        let error = try #require(#expect(throws: TareError.self) { try fit(400) })
        #expect(error.code == .usage)
        #expect(
            error.message
                == "--time-budget 17m cannot hold the run: 20 samples a cell, the fewest from which something can be "
                + "concluded, take about 8 min, of which 50 s go to what is no sample (by run r)")
    }

    @Test func withoutStartsThereIsNothingToFit() throws {
        var suite = SamplePlanTimeTests.run().suite
        suite.startup = nil
        suite.footprint = FootprintExperiment()
        let error = try #require(#expect(throws: TareError.self) { try fit(1_000, suite) })
        #expect(error.code == .usage && error.message.contains("the suite has neither experiment"))
    }

    @Test func ofEffectAndTimeTheSmallerHolds() {
        let effect = SamplePlan(samples: 84, ladders: 5, lines: ["a"])
        let short = effect.within(SamplePlan(samples: 45, lines: ["b"]))
        #expect(short.samples == 45 && short.ladders == 5)
        #expect(short.lines == ["a", "b", "startup: the time holds 45 of these 84 samples."])
        let long = effect.within(SamplePlan(samples: 200, lines: ["b"]))
        #expect(long.samples == 84 && long.lines.last?.contains("84 samples are measured") == true)
        #expect(SamplePlan().within(SamplePlan(samples: 45)).samples == 45)
    }

    @Test(
        arguments: [("90s", 90), ("10m", 600), ("10min", 600), ("1.5h", 5_400), ("1s", 1)] as [(String, Double)])
    func times(_ text: String, _ seconds: Double) throws {
        #expect(try SampleOptions.seconds(text, "--time-budget") == seconds)
    }

    @Test(arguments: ["", "10", "m", "-5m", "0s", "1e3s", "inf h", "10 m", "5d", "1000h", "٣m", "1.2.3m"])
    func whatIsNoTime(_ text: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try SampleOptions.seconds(text, "--time-budget") })
        #expect(error.code == .usage && error.message == "--time-budget: '\(text)' is no time")
    }

    @Test(
        arguments: [
            ["--samples", "30", "--samples-for", "10%"], ["--samples", "30", "--time-budget", "10m"],
            ["--samples-for", "10%", "--ladders", "4"], ["--samples-for", "10"], ["--samples-for", "0%"],
            ["--samples-for", "ten%"],
        ])
    func optionsThatDoNotGoTogether(_ options: [String]) {
        #expect(throws: (any Error).self) { try RunCommand.parse(options) }
    }

    @Test func whatIsGivenIsTaken() async throws {
        let document = try SuiteReader.parse(text: SuiteText.good, file: "s.yaml", baseDirectory: "/nowhere")
        let scratch = try TemporaryDirectory()
        let store = try RunStore(path: scratch.path + "/tare.db")
        let options = try RunCommand.parse(["--samples", "30"]).samples
        let plan = try await options.plan(document, sides: [], store: store, policy: nil)
        #expect(plan == SamplePlan(samples: 30))
        let none = try await RunCommand.parse([]).samples.plan(document, sides: [], store: store, policy: nil)
        #expect(none == SamplePlan())
        #expect(none.applied(to: document.suite) == document.suite)
    }

    @Test func aBaselineOfAnotherSuiteIsRefused() async throws {
        let fixture = try CompareFixture()
        let baseline = try fixture.baseline(of: CompareFixture.run(1))
        let document = try SuiteReader.parse(text: SuiteText.good, file: "s.yaml", baseDirectory: "/nowhere")
        let store = try RunStore(path: fixture.database)
        let options = try RunCommand.parse(["--samples-for", "10%", "--baseline", baseline]).samples
        let error = await #expect(throws: TareError.self) {
            try await options.plan(document, sides: [], store: store, policy: nil)
        }
        #expect(error?.code == .usage)
        #expect(error?.message == "\(baseline) is a baseline of the suite 'synthetic', not of 'test'")
    }

    /// Nobody named the file, and a time is all that was asked for.
    @Test func aBrokenBaselineOfTheUsualNameStopsNoTimeBudget() async throws {
        let fixture = try CompareFixture()
        let suite = CompareFixture.run(1).suite
        let broken = try fixture.write("hello", to: "broken.yaml")
        let budget = try RunCommand.parse(["--time-budget", "10m"]).samples
        #expect(try budget.calibration(of: suite, usual: broken) == nil)
        #expect(try budget.calibration(of: suite, usual: fixture.path("none.yaml")) == nil)
        #expect(try budget.calibration(of: suite, usual: fixture.baseline(of: CompareFixture.run(1))) != nil)
        for options in [["--samples-for", "10%"], ["--time-budget", "10m", "--baseline", broken]] {
            let samples = try RunCommand.parse(options).samples
            let error = #expect(throws: (any Error).self) { try samples.calibration(of: suite, usual: broken) }
            #expect(error?.commandExitCode == 64)
        }
    }

    @Test func theBaselineGivesThePlan() async throws {
        let fixture = try CompareFixture()
        let run = CompareFixture.run(1)
        let document = SuiteDocument(suite: run.suite, text: run.suiteText, file: "s.yaml", places: [:])
        let store = try RunStore(path: fixture.database)
        let learnt = try fixture.baseline(of: run)
        let options = try RunCommand.parse(["--samples-for", "50%", "--baseline", learnt]).samples
        let plan = try await options.plan(document, sides: [], store: store, policy: nil)
        #expect(plan.samples == 20 && plan.lines.count == 1)
        let silent = try fixture.baseline(of: run, isLearnt: false)
        let error = await #expect(throws: TareError.self) {
            try await RunCommand.parse(["--samples-for", "50%", "--baseline", silent]).samples.plan(
                document, sides: [], store: store, policy: nil)
        }
        #expect(error?.remedy == "Calibrate first: 'tare calibrate SUITE'.")
    }

    @Test func laddersOfUnknownTimeFitIntoNoTime() async throws {
        let fixture = try CompareFixture()
        var suite = CompareFixture.run(1).suite
        suite.footprint = FootprintExperiment()
        let document = SuiteDocument(suite: suite, text: "", file: "s.yaml", places: [:])
        let store = try RunStore(path: fixture.database)
        let error = await #expect(throws: TareError.self) {
            try await RunCommand.parse(["--time-budget", "10m"]).samples.plan(
                document, sides: [], store: store, policy: nil)
        }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("no stored run of 'synthetic' holds its ladders and ramps") == true)
    }

    @Test func sidesAreTakenOutOfTheSuite() throws {
        var document = try SuiteReader.parse(text: SuiteText.good, file: "s.yaml", baseDirectory: "/nowhere")
        let text = document.text
        #expect(try SidesOption.reduce(&document, to: nil).isEmpty)
        #expect(try SidesOption.reduce(&document, to: "runc,process") == ["runc", "process"])
        #expect(document.text == text && document.suite.platforms.count == 2)
        for wrong in ["runc", "runc,runc", "runc,crun", "runc,", "runc,process,x", "runc,noop"] {
            let error = #expect(throws: TareError.self) { try SidesOption.reduce(&document, to: wrong) }
            #expect(error?.code == .usage && error?.message.hasPrefix("--ab: ") == true)
        }
    }

    @Test func sidesWithoutACellTogetherAreRefused() throws {
        let text = SuiteText.good.replacing("startup: {}", with: "startup: {platforms: [runc]}")
        var document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/nowhere")
        let error = try #require(
            #expect(throws: TareError.self) { try SidesOption.reduce(&document, to: "process,runc") })
        #expect(error.message == "--ab: there is no cell of process with another of runc beside it")
        #expect(error.cause?.hasPrefix("it has no other side: 'startup' measures only one of") == true)
    }
}
