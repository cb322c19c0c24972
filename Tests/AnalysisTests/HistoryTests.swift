import BenchmarkModel
import Statistics
import Testing

@testable import Analysis

@Suite struct HistoryTests {
    @Test func aStepIsFoundInTheRunWhereItHappened() throws {
        let history = try HistorySeries.history(HistorySeries.step(1.1))
        #expect(history.points.count == 20 && history.fewestForSteps == nil && history.leftOut.isEmpty)
        #expect(history.label == "noop on runc (warm)")
        let step = try #require(history.steps.first)
        #expect(history.steps.count == 1)
        #expect(step.index == 12 && step.run == "run-12" && step.startedAt == 1_769_851_800 + 12 * 86_400)
        #expect(step.runsBefore == 12 && step.runsAfter == 8)
        #expect(abs(step.effect - Logarithm.of(1.1)) < 0.02 && step.pValue <= 0.01 && step.isWorse)
        #expect(abs(step.before / 30e6 - 1) < 0.01 && abs(step.after / 33e6 - 1) < 0.01)
        #expect(abs((history.share(of: step) ?? 0) - 0.1) < 0.022)
        // The error on the scale of logarithms is one of 1 %.
        #expect(history.points.allSatisfy { abs(($0.standardError ?? 0) - $0.estimate * 0.01) < 1 })
    }

    @Test func improvementsAreFoundToo() throws {
        let faster = try #require(try HistorySeries.history(HistorySeries.step(0.8)).steps.first)
        #expect(!faster.isWorse && faster.effect < 0 && faster.index == 12)
        let more = try #require(try HistorySeries.history(HistorySeries.step(1.3, HistorySeries.instances)).steps.first)
        #expect(!more.isWorse && more.effect > 0)
        let fewer = try #require(
            try HistorySeries.history(HistorySeries.step(0.7, HistorySeries.instances)).steps.first)
        #expect(fewer.isWorse && fewer.effect < 0)
    }

    @Test func twoStepsPartThreeSegments() throws {
        let values = HistorySeries.noise(36, 0.02, seed: 3).enumerated().map { index, value in
            20e6 * value * (index < 12 ? 1 : index < 24 ? 1.3 : 1.1)
        }
        let steps = try HistorySeries.history(HistorySeries.runs(values)).steps
        #expect(steps.map(\.index) == [12, 24] && steps.map(\.isWorse) == [true, false])
        #expect(steps.map(\.runsBefore) == [12, 12] && steps.map(\.runsAfter) == [12, 12])
        #expect(steps.count == 2 && steps[0].after == steps[1].before)
    }

    /// What is near zero has differences, no ratios.
    @Test func sharesAreSetAgainstEachOtherByDifferences() throws {
        let values = (0..<24).map { $0 < 12 ? 0.0 : 0.2 }
        let history = try HistorySeries.history(
            HistorySeries.runs(values, HistorySeries.failures, scale: .difference(resolution: 0.01)))
        let step = try #require(history.steps.first)
        #expect(history.steps.count == 1 && step.index == 12 && step.isWorse && abs(step.effect - 0.2) < 1e-12)
        #expect(history.share(of: step) == nil && history.points.first?.standardError == 0.01)
    }

    /// The chance of a false alarm is 1 % a series: 5 or more of 100 come in 3 of 1,000 such tests.
    @Test func noiseIsNoStep() throws {
        let found = try (0..<100).count { number in
            try !HistorySeries.history(HistorySeries.runs(HistorySeries.noise(20, 0.05, seed: UInt64(number))), seed: 1)
                .steps.isEmpty
        }
        #expect(found <= 4)
    }

    /// Clear as it is, half a percent counts as the same.
    @Test func aChangeWithinTheMarginIsNone() throws {
        let values = HistorySeries.noise(24, 0.000_2, seed: 1).enumerated().map { 30e6 * $1 * ($0 < 12 ? 1 : 1.005) }
        #expect(try HistorySeries.history(HistorySeries.runs(values)).steps.isEmpty)
        // Wide enough to be looked at: one odd run is no change either.
        var odd = values
        odd[3] *= 1.05
        #expect(try HistorySeries.history(HistorySeries.runs(odd)).steps.isEmpty)
    }

    @Test func equalValuesHaveNoStep() throws {
        let history = try HistorySeries.history(HistorySeries.runs([Double](repeating: 30e6, count: 30)))
        #expect(history.points.count == 30 && history.steps.isEmpty && history.fewestForSteps == nil)
    }

    @Test(arguments: [1, 2, 5, 6, 9]) func fewRunsHaveASeriesAndNoSteps(count: Int) throws {
        let history = try HistorySeries.history(HistorySeries.step(3, at: count / 2, of: count))
        #expect(history.points.count == count && history.steps.isEmpty && history.fewestForSteps == 10)
    }

    @Test func theOldestStandsFirst() throws {
        let runs = HistorySeries.step(1.1)
        let like = try #require(runs.last)
        let mixed = runs.reversed().map { $0 } + [HistorySeries.run(3, [HistorySeries.figure(31e6)])]
        let history = try #require(History.all(of: mixed, like: like).first)
        #expect(history.points.prefix(5).map(\.run) == ["run-0", "run-1", "run-2", "run-3", "run-3"])
        #expect(history.points.last?.run == "run-19")
    }

    /// The same runs give the same history, whatever else is shown beside it that is too short to be tested.
    @Test func aSeedRepeatsIt() throws {
        var runs = HistorySeries.step(1.1)
        let alone = try HistorySeries.history(runs, seed: 5)
        #expect(try HistorySeries.history(runs, seed: 5) == alone)
        runs[19].figures.append(HistorySeries.figure(5, HistorySeries.instances))
        let both = History.all(of: runs, like: runs[19], seed: 5)
        #expect(both.map(\.metric.id) == ["startup.median", "density.instances"])
        #expect(both.first == alone && both.last?.points.count == 1)
        #expect(both.last?.leftOut == [.init("no such figure", 19)])
    }
}
