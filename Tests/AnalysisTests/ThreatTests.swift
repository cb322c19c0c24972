import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

@Suite struct ThreatTests {
    @Test func aThreatTouchesOnlyItsBlockAndCell() {
        var run = SyntheticRun.full()
        let runc = SyntheticRun.cell(run, "runc").key
        run.threats = [
            Threat(detector: "foreign work", severity: .warning, text: "12 % of a CPU", block: 4, cell: runc),
            Threat(detector: "steal", severity: .warning, text: "0.9 % of a warm-up block", block: 0),
            Threat(detector: "mounts", severity: .note, text: "2 lines"),
        ]
        let analysis = RunAnalysis(run: run, resamples: 50)
        #expect(analysis.startups.filter { !$0.observed.noise.isEmpty }.map(\.cell.key) == [runc])
        #expect(analysis.startup(runc)?.caveats == [.noisy(["foreign work: 12 % of a CPU"])])
        run.threats = [Threat(detector: "throttling", severity: .warning, text: "tare was throttled")]
        let all = RunAnalysis(run: run, resamples: 50)
        #expect(all.startups.allSatisfy { $0.caveats.contains(.noisy(["throttling: tare was throttled"])) })
    }

    /// Blocks are numbered through the run: one of the starts touches no ladder.
    @Test func aBlockIsOfOneExperiment() {
        var run = SyntheticClimbs.run()
        let block = run.plan.blocks(of: "footprint")[0]
        run.threats = [Threat(detector: "steal", severity: .warning, text: "1 %", block: block.index)]
        let analysis = RunAnalysis(run: run, resamples: 50)
        #expect(analysis.startups.allSatisfy { $0.observed.noise.isEmpty })
        #expect(analysis.footprints.allSatisfy { $0.caveats.words.contains("noisy") })
        #expect(analysis.densities.allSatisfy { !$0.caveats.words.contains("noisy") })
    }
}
