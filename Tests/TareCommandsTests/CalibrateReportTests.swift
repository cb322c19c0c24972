import Analysis
import BenchmarkModel
import Foundation
import Reports
import Testing

/// What a calibration answers.
@Suite struct CalibrateReportTests {
    private static func figure(_ id: String, _ title: String, platform: String = "runc", n: Int = 20) -> Figure {
        Figure(
            metric: Metric(id, title, .nanoseconds, .lowerIsBetter, definitionVersion: 3), scale: .ratio,
            isHeadline: id == "startup.median", cell: "startup/noop/\(platform)/warm", workload: "noop",
            platform: platform, estimate: 20e6, standardError: 0.02, degreesOfFreedom: 19, blocks: 20, n: n)
    }

    private static func noise(_ figure: Figure, _ total: Double, _ error: Double, _ paired: Double) -> LearntNoise {
        LearntNoise(
            id: figure.id, runs: 8, totalVariance: total, errorVariance: error, errorDegreesOfFreedom: 152, blocks: 20,
            pairedVariancePerBlock: paired)
    }

    private static let median = figure("startup.median", "median")
    private static let tenth = figure("startup.p10", "p10")

    private func report(_ figures: [Figure], _ learnt: [LearntNoise], runs: Int = 8) -> CalibrationReport {
        let baseline = Baseline(
            suite: "s", suiteDigest: "", tareVersion: "1", sources: [.init(id: "a", startedAt: 0)],
            facts: HostFacts(), platforms: [], cells: figures.map(\.cell), figures: figures, learnt: learnt)
        return CalibrationReport(Calibration(baseline), suite: "s", runs: (1...runs).map { "run-\($0)" })
    }

    /// The numbers are those of CalibrationPlanTests.
    private var noisy: CalibrationReport {
        report(
            [CalibrateReportTests.median, CalibrateReportTests.tenth],
            [
                CalibrateReportTests.noise(CalibrateReportTests.median, 0.0025, 0.0009, 0.018),
                CalibrateReportTests.noise(CalibrateReportTests.tenth, 0.0001, 0.0001, 0.002),
            ])
    }

    @Test func theAnswerComesFirst() {
        let text = noisy.terminal(width: 10_000, color: false)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines.first
                == "How many samples and runs does it take to see an effect of 10 % with 90 % power and 1 % false alarms among "
                + "1 figure? From the noise of 8 runs of s.")
        #expect(lines.dropFirst().first == noisy.answers.first)
        #expect(text.contains("will not help") && text.contains("interleaved blocks"))
    }

    @Test func whatBindsIsSaid() {
        #expect(
            noisy.answers == [
                "noop on runc (startup warm, median): 46 samples a side where both sides stand in each block (--ab); or 21 "
                    + "runs a side, of 20 each. More samples in one run will not help: the variance between runs hides "
                    + "an effect of less than 46.4 %. The 20 of a run as it is see 15.6 % where both sides stand in each "
                    + "block, and 46.4 % with one run a side. In 'p10' an effect of that size shows with fewer: 8 instead of "
                    + "46 where both sides stand in each block."
            ])
        #expect(noisy.notes.contains { $0.hasPrefix("Where one run a side does not show the effect") })
    }

    @Test func aCalmHostNeedsOneRun() {
        let calm = report(
            [CalibrateReportTests.median],
            [CalibrateReportTests.noise(CalibrateReportTests.median, 0.0001, 0.0001, 0.002)])
        #expect(calm.answers.count == 1 && calm.answers[0].contains("8 samples a side where both sides stand"))
        #expect(calm.answers[0].contains("; or 11 samples in one run a side; or 5 runs a side, of 20 each."))
        #expect(!calm.answers[0].contains("will not help") && calm.notes.isEmpty)
    }

    @Test func fewRunsMakeAWeakPlan() {
        let few = report(
            [CalibrateReportTests.median],
            [CalibrateReportTests.noise(CalibrateReportTests.median, 0.0001, 0.0001, 0.002)],
            runs: 3)
        #expect(few.notes.contains { $0.hasPrefix("This plan is weak: 3 runs tell the variance between runs only") })
    }

    @Test func aBlockOfSeveralSamplesIsCalledOne() {
        let figure = CalibrateReportTests.figure("startup.median", "median", n: 80)
        let answer = report([figure], [CalibrateReportTests.noise(figure, 0.0025, 0.0009, 0.018)]).answers[0]
        #expect(answer.contains("46 blocks a side") && answer.contains("21 runs a side, of 80 each"))
    }

    @Test func oneSentenceForEachPlatform() {
        let other = CalibrateReportTests.figure("startup.median", "median", platform: "process")
        let both = report(
            [CalibrateReportTests.median, other],
            [CalibrateReportTests.median, other].map { CalibrateReportTests.noise($0, 0.0001, 0.0001, 0.002) })
        #expect(both.answers.map { $0.prefix(20) } == ["noop on runc (startu", "noop on process (sta"])
    }

    @Test func nothingLearntSaysSo() {
        #expect(report([CalibrateReportTests.median], []).answers.first?.hasPrefix("Nothing can be said") == true)
    }

    @Test func theDocumentHoldsThePlan() throws {
        let data = Data(try noisy.json().utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["schema"] as? String == "tare-calibration/1")
        let target = try #require(document["target"] as? [String: Any])
        #expect(target["effect"] as? Double == 0.1 && target["familySize"] as? Int == 1)
        let figures = try #require(document["figures"] as? [[String: Any]])
        #expect(figures.map { $0["interleavedBlocks"] as? Int } == [46, 8])
        #expect(figures[0]["samplesInOneRun"] == nil && figures[1]["samplesInOneRun"] as? Int == 11)
        #expect((document["answers"] as? [String])?.count == 1)
    }

    @Test func whatIsPrintedIsHarmless() {
        var evil = CalibrateReportTests.median
        evil.platform = "ru\u{1B}[2Jnc|<b>"
        let printed = report([evil], [CalibrateReportTests.noise(evil, 0.0001, 0.0001, 0.002)])
        #expect(!printed.terminal(width: 200, color: false).contains("\u{1B}"))
        #expect(!printed.markdown().contains("\u{1B}") && !printed.markdown().contains("<b>"))
    }
}
