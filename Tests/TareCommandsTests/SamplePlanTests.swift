import Analysis
import ArgumentParser
import BenchmarkModel
import RunStore
import TestSupport
import Testing

@testable import TareCommands

/// How much is measured in place of what the suite asks for.
@Suite struct SamplePlanTests {
    private static let cell = "startup/nginx/runc/warm"

    private static func suite(_ platforms: [PlatformSpec] = [SyntheticRun.runc]) -> Suite {
        SyntheticRun.empty(platforms: platforms).suite
    }

    /// A calibration of main figures, each with the noise that is given for its cell.
    private static func calibration(
        _ noises: [(cell: String, total: Double, error: Double, paired: Double)]
    ) -> Calibration {
        let figures = noises.map { noise in
            let parts = noise.cell.split(separator: "/").map(String.init)
            let metric =
                parts[0] == "startup"
                ? Metric("startup.median", "median", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
                : Metric("footprint.ledger", "ledger", .bytes, .lowerIsBetter)
            return Figure(
                metric: metric, scale: .ratio, isHeadline: true, cell: noise.cell, workload: parts[1],
                platform: parts[2],
                estimate: 20e6, standardError: 0.02, degreesOfFreedom: 19, blocks: 20, n: 20)
        }
        return Calibration(
            Baseline(
                suite: "synthetic", suiteDigest: "", tareVersion: "1", sources: [.init(id: "a", startedAt: 0)],
                facts: HostFacts(), platforms: [], cells: figures.map(\.cell), figures: figures,
                learnt: zip(noises, figures).map { noise, figure in
                    LearntNoise(
                        id: figure.id, runs: 8, totalVariance: noise.total, errorVariance: noise.error,
                        errorDegreesOfFreedom: 152, blocks: 40, pairedVariancePerBlock: noise.paired)
                }))
    }

    /// By SciPy, see CalibrationPlanTests: 46 interleaved blocks; one run hides less than 46.4 %; 21 runs.
    private static let noisy = (cell: cell, total: 0.0025, error: 0.0009, paired: 0.018)
    /// 28 samples in one run.
    private static let calm = (cell: cell, total: 0.00012, error: 0.0001, paired: 0.004)

    private func plan(
        _ calibration: Calibration, for suite: Suite = suite(), effect: Double = 0.1, sides: [String] = []
    ) throws -> SamplePlan {
        try SamplePlan(effect: effect, calibration, for: suite, sides: sides, file: "b.yaml")
    }

    @Test func oneRunTakesWhatOneRunNeeds() throws {
        let plan = try plan(SamplePlanTests.calibration([SamplePlanTests.calm]))
        #expect(plan.samples == 28 && plan.ladders == nil && plan.ramps == nil)
        #expect(
            plan.lines == [
                "startup: 28 samples a cell instead of 20, so that 10 % show in 'median' of startup/nginx/runc/warm."
            ])
        // No fewer than what a claim takes.
        #expect(try self.plan(SamplePlanTests.calibration([SamplePlanTests.calm]), effect: 0.2).samples == 20)
    }

    @Test func whatOneRunCannotSeeIsSaidWithWhatWould() throws {
        let error = try #require(
            #expect(throws: TareError.self) { try plan(SamplePlanTests.calibration([SamplePlanTests.noisy])) })
        #expect(error.code == .usage)
        #expect(
            error.message.hasPrefix(
                "two single runs of as many samples as were calibrated do not show 10 % in 'median' of startup/nginx/runc/warm: "
            ))
        #expect(error.message.hasSuffix("they hide an effect of less than 46.4 %"))
        #expect(
            error.remedy
                == "Let both sides alternate (--ab A,B): 46 blocks show it; or compare 21 runs a side, of 40 each; or ask for "
                + "an effect above 46.4 %.")
    }

    /// The cell that needs the most decides, and the family is that of one side.
    @Test func alternatingSidesTakeTheInterleavedNeed() throws {
        let suite = SamplePlanTests.suite([SyntheticRun.process, SyntheticRun.runc])
        let other = (cell: "startup/nginx/process/warm", total: 0.0025, error: 0.0009, paired: 0.001)
        let calibration = SamplePlanTests.calibration([SamplePlanTests.noisy, other])
        let plan = try plan(calibration, for: suite, sides: ["process", "runc"])
        #expect(plan.samples == 46)
        let unknown = try self.plan(
            SamplePlanTests.calibration([SamplePlanTests.noisy]), for: suite, sides: ["runc", "process"])
        #expect(unknown.samples == 46)
        #expect(unknown.lines[0] == "Not calibrated, and measured as often as the others: startup/nginx/process/warm.")
    }

    @Test func anEffectThatNoNumberShowsIsRefused() throws {
        let suite = SamplePlanTests.suite([SyntheticRun.process, SyntheticRun.runc])
        let error = try #require(
            #expect(throws: TareError.self) {
                try plan(
                    SamplePlanTests.calibration([SamplePlanTests.noisy]), for: suite, effect: 0.01,
                    sides: ["runc", "process"])
            })
        #expect(error.message.hasSuffix("not even with both sides in each block"))
    }

    @Test func laddersFollowTheirOwnNeed() throws {
        var suite = SamplePlanTests.suite()
        suite.footprint = FootprintExperiment()
        let ladders = "footprint/nginx/runc/idle"
        let plan = try plan(
            SamplePlanTests.calibration([SamplePlanTests.calm, (ladders, 0.00012, 0.0001, 0.004)]), for: suite,
            effect: 0.12)
        #expect(plan.samples == 20 && plan.ladders == 18, "of a family of two")
        // What cannot be shown beside starts is said and keeps the suite's number.
        let blind = try self.plan(
            SamplePlanTests.calibration([SamplePlanTests.calm, (ladders, 0.0025, 0.0009, 0.018)]), for: suite,
            effect: 0.2)
        #expect(blind.samples == 20 && blind.ladders == nil)
        #expect(
            blind.lines.last?.hasPrefix(
                "footprint: two single runs of as many samples as were calibrated do not show 20 % in 'ledger'") == true
        )
        #expect(blind.lines.last?.hasSuffix("What the suite asks for is measured.") == true)
        let uncalibrated = try self.plan(SamplePlanTests.calibration([SamplePlanTests.calm]), for: suite)
        #expect(uncalibrated.lines.last == "'footprint' was not calibrated: what the suite asks for is measured.")
    }

    @Test func withoutNoiseThereIsNoPlan() throws {
        let error = try #require(#expect(throws: TareError.self) { try plan(SamplePlanTests.calibration([])) })
        #expect(error.code == .usage && error.message.contains("b.yaml holds no noise of what this suite measures"))
        #expect(error.remedy == "Calibrate first: 'tare calibrate SUITE'.")
    }

    @Test func theSuiteThatIsRunIsStored() throws {
        let suite = SamplePlanTests.suite()
        let run = SamplePlan(samples: 84, ladders: 5, ramps: 2).applied(to: suite)
        #expect(run.startup?.samples == 84 && run.footprint == nil && run.density == nil)
        #expect(Plan(suite: run, seed: 1).cells.map(\.planned) == [84])
        #expect(SamplePlan().applied(to: suite) == suite)
    }

    @Test func theCommandAsksForTheSameAgain() {
        let words = SamplePlan(samples: 84, ladders: 5).words
        #expect(
            CommandLine.reproducing(suite: "s.yaml", seed: 7, further: SidesOption.words(["a", "b"]) + words)
                == "tare run s.yaml --ab a,b --samples 84 --ladders 5 --seed 7")
        #expect(SamplePlan().words.isEmpty && SidesOption.words([]).isEmpty)
    }

    @Test(
        arguments: [
            (SamplePlan(samples: 0), "--samples: 0 is out of range"),
            (SamplePlan(samples: 100_001), "--samples: 100001 is out of range"),
            (SamplePlan(ladders: 5), "--ladders: the suite has no experiment 'footprint'"),
            (SamplePlan(ramps: 5), "--ramps: the suite has no experiment 'density'"),
        ] as [(SamplePlan, String)])
    func whatNoSuiteMayAskForIsRefused(_ plan: SamplePlan, _ message: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try plan.check(SamplePlanTests.suite(), sides: []) })
        #expect(error.code == .usage && error.message == message)
    }

    @Test func moreThanCanBeMeasuredTogetherIsRefused() throws {
        let platforms = (1...11).map { PlatformSpec(name: "p\($0)", kind: .oci(OCISettings())) }
        let suite = SamplePlanTests.suite(platforms)
        try SamplePlan(samples: 90_000).check(suite, sides: [])
        let error = try #require(
            #expect(throws: TareError.self) { try SamplePlan(samples: 100_000).check(suite, sides: []) })
        #expect(error.message == "1100011 measurements are more than the 1000000 that can be measured together")
        try SamplePlan(samples: 100_000).check(suite, sides: ["p1", "p2"])
    }
}
