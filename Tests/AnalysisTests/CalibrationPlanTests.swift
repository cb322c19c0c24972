import BenchmarkModel
import Testing

@testable import Analysis

/// How much must be measured. The numbers are those of SciPy:
///
///     import math; from scipy import stats
///     margin=math.log(1.01); upper=lambda f: f/stats.chi2.ppf(.2,f)
///     def seen(var,f,level): return margin+(stats.t.ppf(1-level/2,f)+stats.t.ppf(.9,f))*math.sqrt(var)
///     runs,total,error,edf,blocks,paired = 8,.0025,.0009,152,20,.018
///     between=max(0,total*upper(runs-1)-error)
///     inter=lambda n: (paired*upper(edf/2)/n, n-1)
///     def one(n):  # with seen = margin+t.ppf(1-level/2,f)*sqrt(v)+norm.ppf(.9)*sqrt(vu)
///         own=max(0,error*blocks/n-error); v=2*(total+own); f=v*v/(4*total**2/(runs-1)+2*own*own/(n-1))
///         vu=2*(total*upper(runs-1)+max(0,error*blocks*upper(edf)/n-error)); return v, f, vu
///     many=lambda r: (2*(between+error)/r, 2*(r-1))
///     # the least n with seen(*inter(n),.01/family) <= math.log(1.1), and so on
@Suite("How much must be measured") struct CalibrationPlanTests {
    private static let median = Made.figure(20e6)

    private static func noise(
        _ figure: Figure = median, total: Double, error: Double, paired: Double?, runs: Int = 8
    ) -> LearntNoise {
        LearntNoise(
            id: figure.id, runs: runs, totalVariance: total, errorVariance: error, errorDegreesOfFreedom: 152,
            blocks: 20, pairedVariancePerBlock: paired)
    }

    private static let noisy = noise(total: 0.0025, error: 0.0009, paired: 0.018)
    private static let quiet = noise(total: 0.0001, error: 0.0001, paired: 0.002)

    private static func calibration(
        _ learnt: [LearntNoise], figures: [Figure] = [median], sides: [String] = [], fewest: [Figure.ID: Int] = [:]
    ) -> Calibration {
        Calibration(
            Baseline(
                suite: "s", suiteDigest: "", tareVersion: "1", sources: [.init(id: "a", startedAt: 0)],
                facts: HostFacts(), platforms: [], cells: figures.map(\.cell), figures: figures, learnt: learnt),
            sides: sides, fewest: fewest)
    }

    private func plan(
        _ noise: LearntNoise, effect: Double = 0.1, power: Double = 0.9, level: Double = 0.01, family: Int = 1
    ) throws -> Calibration.Plan {
        try #require(
            CalibrationPlanTests.calibration([noise]).plans(
                effect: effect, power: power, level: level, familySize: family
            ).first)
    }

    @Test func theNumbersAreThoseOfSciPy() throws {
        let one = try plan(CalibrationPlanTests.noisy)
        #expect(one.interleaved == 46 && one.runs == 21)
        #expect(abs(one.seenInterleaved - 0.145_330_987_265_706_98) < 1e-8)
        #expect(abs(one.seenInOneRun - 0.381_330_645_054_080_15) < 1e-8)
        let twelve = try plan(CalibrationPlanTests.noisy, family: 12)
        #expect(twelve.interleaved == 67 && twelve.runs == 30)
        let quiet = try plan(CalibrationPlanTests.quiet)
        #expect(quiet.interleaved == 8 && quiet.oneRun == 11)
        #expect(abs(quiet.seenInOneRun - 0.084_680_872_367_103_09) < 1e-8)
        // Welch's test is only used from so many runs a side on.
        #expect(quiet.runs == Comparison.manyRuns)
    }

    /// Where the variance between runs outweighs the error within one more samples will not help; and no more than were calibrated
    /// are ever planned, for nobody knows yet what they bring.
    @Test func moreSamplesInOneRunWillNotHelp() throws {
        let one = try plan(CalibrationPlanTests.noisy)
        #expect(one.oneRun == nil && one.isBoundByRuns)
        #expect(one.leastInOneRun == one.seenInOneRun)
        // What it hides is not hidden a little above.
        let share = one.subject.figure.scale.share(ofEffect: one.leastInOneRun) ?? 0
        #expect(try plan(CalibrationPlanTests.noisy, effect: share * 1.001).oneRun != nil)
        #expect(try plan(CalibrationPlanTests.noisy, effect: share * 0.99).oneRun == nil)
        #expect(try !plan(CalibrationPlanTests.quiet).isBoundByRuns)
    }

    @Test func plansGrowWithWhatIsAsked() throws {
        func needs(_ plans: [Calibration.Plan]) -> [[Int]] {
            [plans.map { $0.interleaved ?? .max }, plans.map { $0.oneRun ?? .max }, plans.map { $0.runs ?? .max }]
        }
        for noise in [CalibrationPlanTests.noisy, CalibrationPlanTests.quiet] {
            let effects = try [0.5, 0.3, 0.2, 0.1, 0.05, 0.02].map { try plan(noise, effect: $0) }
            let powers = try [0.5, 0.8, 0.9, 0.95, 0.99].map { try plan(noise, effect: 0.2, power: $0) }
            let levels = try [0.1, 0.05, 0.01, 0.001].map { try plan(noise, effect: 0.2, level: $0) }
            let families = try [1, 2, 5, 30, 100].map { try plan(noise, effect: 0.2, family: $0) }
            for plans in [effects, powers, levels, families] {
                for needs in needs(plans) { #expect(needs == needs.sorted()) }
            }
            #expect((effects.last?.interleaved ?? 0) > (effects.first?.interleaved ?? 0))
        }
    }

    @Test func fewerRunsMakeALargerPlan() throws {
        let few = CalibrationPlanTests.noise(total: 0.0025, error: 0.0009, paired: 0.018, runs: 3)
        let weak = try plan(few)
        let usual = try plan(CalibrationPlanTests.noisy)
        #expect(weak.leastInOneRun > usual.leastInOneRun)
        #expect((weak.runs ?? .max) > (usual.runs ?? .max))
    }

    /// An effect within what counts as the same is never seen.
    @Test func anEffectWithinTheMarginTakesMoreThanThereIs() throws {
        let one = try plan(CalibrationPlanTests.quiet, effect: 0.01)
        #expect(one.interleaved == nil && one.oneRun == nil && one.runs == nil)
    }

    @Test func withoutPairsTwoIndependentErrorsAreTaken() throws {
        let unpaired = try plan(CalibrationPlanTests.noise(total: 0.0025, error: 0.0009, paired: nil))
        let paired = try plan(CalibrationPlanTests.noise(total: 0.0025, error: 0.0009, paired: 0.036))
        #expect((unpaired.interleaved ?? 0) > 46)
        // The same variance from fewer degrees of freedom has a higher upper limit.
        #expect((unpaired.interleaved ?? .max) <= (paired.interleaved ?? 0))
    }

    @Test func anOuterQuantileTakesAsManySamplesAsCarryIt() throws {
        let id = CalibrationPlanTests.median.id
        let plans = CalibrationPlanTests.calibration([CalibrationPlanTests.quiet], fewest: [id: 72]).plans(
            familySize: 1)
        #expect(plans.first?.interleaved == 72 && plans.first?.oneRun == 72)
    }

    @Test func aBlockMayHoldSeveralSamples() throws {
        var figure = CalibrationPlanTests.median
        figure.n = 80
        let calibration = CalibrationPlanTests.calibration([CalibrationPlanTests.noisy], figures: [figure])
        let plan = try #require(calibration.plans(familySize: 1).first)
        #expect(plan.subject.samplesPerBlock == 4 && plan.interleaved == 46 && plan.samples(46) == 184)
    }

    @Test func aQuickerFigureOfTheSameCellIsFound() throws {
        let cpu = Made.figure(
            2e6, metric: Metric("startup.cpu", "CPU of a start", .nanoseconds, .lowerIsBetter, definitionVersion: 3))
        let elsewhere = Made.figure(1e6, cell: "startup/noop/process/warm")
        let calibration = CalibrationPlanTests.calibration(
            [
                CalibrationPlanTests.noise(cpu, total: 0.0001, error: 0.0001, paired: 0.002),
                CalibrationPlanTests.noisy,
                CalibrationPlanTests.noise(elsewhere, total: 0.0001, error: 0.0001, paired: 0.002),
            ], figures: [cpu, CalibrationPlanTests.median, elsewhere])
        // In the order of the metrics' lists, not in that of the file.
        #expect(
            calibration.subjects.map(\.figure.metric.id) == ["startup.median", "startup.cpu", "startup.median"])
        #expect(calibration.subjects.map(\.isMain) == [true, false, true])
        let plans = calibration.plans(familySize: 1)
        #expect(Calibration.quicker(than: plans[0], among: plans).map(\.subject.figure.metric.id) == ["startup.cpu"])
        #expect(Calibration.quicker(than: plans[1], among: plans).isEmpty)
    }

    @Test func theFamilyIsWhatIsJudged() {
        let other = Made.figure(1e6, cell: "startup/noop/process/warm")
        let failures = Made.failures(0, of: 20)
        let refused = Made.figure(1e6, cell: "startup/noop/q35/warm", refusal: "too few")
        let figures = [CalibrationPlanTests.median, other, failures, refused]
        let calibration = CalibrationPlanTests.calibration([CalibrationPlanTests.noisy], figures: figures)
        #expect(calibration.familySize == 3)
        #expect(calibration.familySize(between: ["runc", "process"]) == 2)
        #expect(CalibrationPlanTests.calibration([], figures: figures, sides: ["runc", "process"]).familySize == 2)
    }

    @Test func aBaselineThatWasNeverCalibratedKnowsNothing() {
        let calibration = CalibrationPlanTests.calibration([])
        #expect(calibration.subjects.isEmpty && calibration.runs == 0 && calibration.plans().isEmpty)
    }
}
