import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

@Suite struct DensityCellTests {
    private func run(_ instances: [Int], cause: Ramp.StopCause = .memoryBudget) -> Run {
        var run = SyntheticClimbs.run(ramps: instances.count)
        let key = "density/nginx/runc/1024MiB"
        var rest = instances
        for index in run.observations.indices where run.observations[index].cell == key {
            let count = rest.removeFirst()
            run.observations[index].record = .density(SyntheticClimbs.ramp(instances: count, cause: cause))
        }
        return run
    }

    @Test(arguments: [([20, 10, 30], 20), ([40, 10], 10), ([7], 7), ([4, 1, 3, 2], 2)])
    func theMedianRampIsTheAnswer(counts: [Int], answer: Int) throws {
        let report = try #require(SyntheticClimbs.density(run(counts)))
        #expect(report.answer?.instances == answer)
        #expect(report.range == (counts.min() ?? 0)...(counts.max() ?? 0))
        #expect(report.accounting == Accounting(planned: counts.count, ok: counts.count) && report.isSound)
        #expect(report.caveats == [])
    }

    /// (1024 - 4) / 1 = 1020 instances; the interval is 1020 / (65/64) to 1020 / (63/64).
    @Test func thePredictionIsBudgetWithoutFixedCostBySlope() throws {
        let prediction = try #require(SyntheticClimbs.density(run([1_010]))?.prediction)
        #expect(abs(prediction.instances - 1_020) < 1e-6)
        let interval = try #require(prediction.interval)
        #expect(abs(interval.lower - 1_020 * 64 / 65) < 1e-3 && abs(interval.upper - 1_020 * 64 / 63) < 1e-3)
        #expect(abs(prediction.difference + 10.0 / 1_020) < 1e-9)
        #expect(!prediction.isOtherQuestion)
        // (1024 - 8) / 64 = 15.875: what was measured is compared with the 15 that are whole.
        let guests = try #require(SyntheticClimbs.density(run([1_010]), "q35")?.prediction)
        #expect(guests.instances == 15.875 && guests.difference == 0)
    }

    @Test(
        arguments: [
            Ramp.StopCause.ceiling, .reserve, .startupLimit, .died("of cold"), .launchFailed("x"),
            .limit(.processIDs, "no more"),
        ])
    func whatAnotherCauseStoppedIsNotCompared(cause: Ramp.StopCause) throws {
        let report = try #require(SyntheticClimbs.density(run([400], cause: cause)))
        #expect(report.prediction?.isOtherQuestion == true)
        #expect(report.isAtLeast == (cause == .ceiling))
    }

    @Test func withoutASoundFootprintNothingIsPredicted() throws {
        var run = run([400])
        let ladder = try #require(run.observations.firstIndex { $0.cell == "footprint/nginx/runc/idle" })
        run.observations.remove(at: ladder)
        let report = try #require(SyntheticClimbs.density(run))
        #expect(report.prediction == nil && report.answer?.instances == 400)
    }

    @Test func whatIsMissingOrFailedIsNotAnAnswer() throws {
        var run = run([400, 500])
        let last = try #require(run.observations.lastIndex { $0.cell == "density/nginx/runc/1024MiB" })
        let removed = run.observations.remove(at: last)
        let report = try #require(SyntheticClimbs.density(run))
        #expect(report.accounting.missing == 1 && report.caveats == [.incomplete] && !report.isSound)
        run.observations.append(removed)
        for index in run.observations.indices where run.observations[index].cell == removed.cell {
            run.observations[index].outcome = .invalid
        }
        let invalid = try #require(SyntheticClimbs.density(run))
        #expect(invalid.answer == nil && invalid.range == nil && invalid.accounting.invalid == 2)
        #expect(invalid.caveats == [.tooFew] && !invalid.isSound)
    }

    @Test func whatIsNotEnforcedIsMarked() throws {
        var run = run([400])
        run.changeRamps { $0.enforcedBy = nil }
        #expect(SyntheticClimbs.density(run)?.caveats == [.notEnforced])
        #expect(SyntheticClimbs.density(run, "q35")?.caveats == [.emulated, .notEnforced])
    }

    /// np.quantile([20, 30, 40], .5) = 30 (ms), and three starts carry no p95; the ledger grew by 100 MiB, all of it charged.
    @Test func theCurveHoldsTheFiguresOfEachPoint() throws {
        let curve = try #require(SyntheticClimbs.density(run([400]))).curve
        let bytes = Int64(100 * SyntheticClimbs.mebibyte)
        #expect(curve.map(\.instances) == [0, 400] && curve.map(\.usedBytes) == [0, bytes])
        #expect(curve.map(\.chargedBytes) == [0, bytes] && curve[0].startupMedianNanoseconds == nil)
        #expect(curve[1].startupMedianNanoseconds == 30_000_000 && curve[1].startupP95Nanoseconds == nil)
    }

    /// Of the last 40 starts, as the limit on them is judged: of 11 to 50 ms the 38th is 48 ms, by the nearest rank.
    @Test func aP95IsOfTheLastFortyStarts() throws {
        var run = run([400])
        run.changeRamps { ramp in
            var point = ramp.points[1]
            ramp.points = [ramp.points[0]]
            for first in stride(from: 1, through: 41, by: 10) {
                point.startupsNanoseconds = (first..<(first + 10)).map { UInt64($0) * 1_000_000 }
                ramp.points.append(point)
            }
        }
        let curve = try #require(SyntheticClimbs.density(run)).curve
        #expect(curve.map(\.startupP95Nanoseconds) == [nil, nil, 19e6, 29e6, 38e6, 48e6])
    }

    @Test func aDozenPointsAreShownWithBothEnds() {
        let points = (0..<100).map { CurvePoint(instances: $0, elapsedNanoseconds: 0) }
        let shown = CurvePoint.dozen(points).map(\.instances)
        #expect(shown.count == 12 && shown.first == 0 && shown.last == 99 && shown == Array(Set(shown)).sorted())
        #expect(CurvePoint.dozen(Array(points.prefix(12))).count == 12)
        #expect(CurvePoint.dozen([]).isEmpty)
    }
}
