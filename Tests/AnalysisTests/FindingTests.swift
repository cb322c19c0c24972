import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

@Suite struct FindingTests {
    private func finding(_ run: Run, _ metric: String, _ platform: String = "runc") -> Finding? {
        RunAnalysis(run: run, resamples: 50).findings.first {
            $0.metric.id == metric && $0.platform == platform && $0.workload == "nginx"
        }
    }

    @Test func aFindingIsAMetricOfACell() throws {
        let run = SyntheticClimbs.run()
        let median = try #require(finding(run, "startup.median"))
        #expect(median.cell == "startup/nginx/runc/warm" && median.n == 20 && median.caveats == [])
        #expect(abs(median.estimate - 64_000_000) < 2 && median.interval?.blocks == 20)
        #expect(median.metric.unit == .nanoseconds && median.metric.polarity == .lowerIsBetter)
        let ledger = try #require(finding(run, "footprint.ledger", "q35"))
        #expect(abs(ledger.estimate - 64 * SyntheticClimbs.mebibyte) < 1 && ledger.n == 3)
        #expect(ledger.caveats == [.emulated])
        let most = try #require(finding(run, "density.instances"))
        #expect(most.estimate == 1_010 && most.metric.polarity == .higherIsBetter && !most.isLowerBound)
        let predicted = try #require(finding(run, "density.predicted"))
        #expect(abs(predicted.estimate - 1_020) < 1e-6 && predicted.n == 3 && predicted.interval != nil)
        // No sample failed.
        #expect(finding(run, "startup.failures")?.estimate == 0)
        // 20 samples are too few.
        #expect(finding(run, "startup.p99") == nil)
    }

    @Test func anIdIsThatOfOneMetric() {
        let ids =
            StartupCell.metrics.map(\.id) + TaskCell.metrics.map(\.id) + FootprintCell.metrics.map(\.id)
            + DensityCell.metrics.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(StartupCell.metrics.allSatisfy { $0.id.hasPrefix("startup.") })
        #expect(TaskCell.metrics.allSatisfy { $0.id.hasPrefix("task.") })
        #expect(FootprintCell.metrics.allSatisfy { $0.id.hasPrefix("footprint.") })
        #expect(DensityCell.metrics.allSatisfy { $0.id.hasPrefix("density.") })
    }

    /// The version is that of the run, not that of this program.
    @Test func theDefinitionIsThatOfTheRun() {
        var run = SyntheticClimbs.run()
        #expect(finding(run, "startup.median")?.metric.definitionVersion == 1)
        #expect(finding(run, "footprint.ledger")?.metric.definitionVersion == 1)
        run.facts.facts += [Definition.startup.fact, Definition.ledger.fact]
        #expect(finding(run, "startup.median")?.metric.definitionVersion == Definition.startup.version)
        #expect(finding(run, "footprint.ledger")?.metric.definitionVersion == Definition.ledger.version)
        #expect(finding(run, "density.instances")?.metric.definitionVersion == Definition.ledger.version)
        #expect(Definition.startup.version > 1 && Definition.ledger.version > 1)
        #expect(finding(run, "footprint.pss")?.metric.definitionVersion ?? 1 == 1)
    }

    @Test func theShareOfFailuresIsWithoutTheInvalid() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 10)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = (1...10).map { SyntheticRun.sample($0, cell, block: $0, milliseconds: 10) }
        for index in 0..<2 { run.observations[index].outcome = .failed }
        for index in 2..<4 { run.observations[index].outcome = .invalid }
        let failures = try #require(finding(run, "startup.failures"))
        #expect(failures.estimate == 0.25 && failures.n == 8)
    }

    @Test func anImpossibleCellHasNone() {
        let analysis = RunAnalysis(run: SyntheticRun.full(modes: [.concurrent(4)]), resamples: 50)
        let impossible = analysis.startups.filter { $0.cell.impossible != nil }
        #expect(!impossible.isEmpty)
        #expect(impossible.allSatisfy { $0.caveats.words == ["impossible"] })
        #expect(!analysis.findings.contains { one in impossible.contains { $0.cell.key == one.cell } })
    }
}
