import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// planned = ok + failed + invalid, over all experiments.
@Suite struct AccountingTests {
    private func accounting(_ run: Run) -> Accounting { RunAnalysis(run: run, resamples: 50).accounting }

    /// 2 x 2 cells of 20 samples, 4 cells of 3 ladders, 2 ramps.
    @Test func itIsOverAllExperiments() throws {
        var run = SyntheticClimbs.run()
        #expect(accounting(run) == Accounting(planned: 94, ok: 94) && accounting(run).holds)
        let ladder = try #require(run.observations.firstIndex { $0.ladder != nil })
        let ramp = try #require(run.observations.firstIndex { $0.ramp != nil })
        run.observations[ladder].outcome = .failed
        run.observations[ramp].outcome = .invalid
        #expect(accounting(run) == Accounting(planned: 94, ok: 92, failed: 1, invalid: 1) && accounting(run).holds)
        #expect(Accounting(of: run.plan, run.observations) == accounting(run))
    }

    /// What one cell has too much does not make up for what another lacks.
    @Test func aSurplusMakesUpForNothing() throws {
        var run = SyntheticClimbs.run()
        let ladders = run.observations.indices.filter { run.observations[$0].ladder != nil }
        let other = try #require(ladders.first { run.observations[$0].cell != run.observations[ladders[0]].cell })
        run.observations[other].cell = run.observations[ladders[0]].cell
        let sums = accounting(run)
        #expect(sums.missing == 0 && sums.ok == 94 && !sums.holds)
        #expect(!Accounting(of: run.plan, run.observations).holds)
    }

    @Test func whatHasNoCellIsStray() throws {
        var run = SyntheticClimbs.run()
        let first = try #require(run.observations.firstIndex { $0.counted })
        run.observations[first].cell = "startup/unknown/unknown/warm"
        run.observations[run.observations.count - 1].cell = "density/nowhere"
        let sums = accounting(run)
        #expect(sums.stray == 2 && sums.missing == 2 && !sums.holds)
        #expect(Accounting(of: run.plan, run.observations) == sums)
        // Nor has a start a place in a cell of ladders.
        var mixed = SyntheticClimbs.run()
        mixed.observations[first].cell = "footprint/nginx/runc/idle"
        #expect(accounting(mixed).stray == 1 && accounting(mixed) == Accounting(of: mixed.plan, mixed.observations))
    }

    @Test func moreThanPlannedIsNoVerdictEither() {
        var run = SyntheticRun.full()
        let cell = SyntheticRun.cell(run, "runc")
        run.observations.append(SyntheticRun.sample(900, cell, block: 20, milliseconds: 64))
        let analysis = RunAnalysis(run: run, resamples: 50)
        #expect(analysis.startup(cell.key)?.standing == .incomplete && !analysis.accounting.holds)
    }

    @Test func anOkSampleWithoutAStartupIsInvalid() {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 6)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = (1...6).map { SyntheticRun.sample($0, cell, block: $0, milliseconds: 10) }
        run.observations[2].changeStartup { $0.marks.removeAll { $0.name == .ready } }
        let analysis = RunAnalysis(run: run, resamples: 50)
        #expect(analysis.startups[0].accounting == Accounting(planned: 6, ok: 5, invalid: 1))
        #expect(analysis.troubles.map(\.numbers) == [[3]])
        #expect(analysis.troubles.map(\.reason) == ["recorded as ok, but its marks give no startup"])
        #expect(analysis.accounting == Accounting(of: run.plan, run.observations))
    }

    @Test func reasonsAreGrouped() {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 6)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = (1...6).map {
            SyntheticRun.failure($0, cell, block: $0, reason: $0 == 4 ? "the image is gone" : "connection refused")
        }
        run.observations[5].outcome = .ok
        run.observations[5].record = SyntheticRun.sample(6, cell, block: 6, milliseconds: 1).record
        run.observations[5].warnings = ["late"]
        let troubles = RunAnalysis(run: run, resamples: 50).troubles
        #expect(troubles.map(\.reason) == ["connection refused", "the image is gone", "late"])
        #expect(troubles.map(\.numbers) == [[1, 2, 3, 5], [4], [6]])
        #expect(troubles.map(\.outcome) == ["failed", "failed", "ok, with a warning"])
    }

    /// Ladders and ramps are counted on their own, though they share the numbering of the run.
    @Test func ordinalsAreThoseOfTheExperiment() {
        let analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 50)
        #expect(analysis.footprints.flatMap { $0.ladders.map(\.ordinal) }.sorted() == Array(1...12))
        #expect(analysis.densities.flatMap { $0.ramps.map(\.ordinal) }.sorted() == [1, 2])
        let ladder = analysis.footprints[0].ladders[0]
        // 4 cells of 20 counted samples and one of warm-up stand before.
        #expect(ladder.observation.number == ladder.ordinal + 84)
    }
}
