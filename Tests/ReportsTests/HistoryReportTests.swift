import Analysis
import BenchmarkModel
import Foundation
import Testing

@testable import Reports

@Suite struct HistoryReportTests {
    private let changed = HistoryFixture.changed
    private let quiet = HistoryFixture.quiet
    private let step = HistoryFixture.step

    @Test func aTerminalShowsEachSeriesAndItsChanges() {
        let text = HistoryReport([changed], suite: "quick").terminal(width: 200, color: false)
        #expect(
            text == """
                startup.median: median, lower is better

                noop on runc (warm)
                ▁▁▂▁▇▇█▇
                    ^
                8 runs: first 31.0 ms, last 36.0 ms, min 31.0 ms, max 37.0 ms.
                run-4 (2026-02-04T09:30:00Z): 31.0 ms -> 36.0 ms, +16.1 %, worse [4 runs before, 4 after], p = 0.00200
                3 runs left out: kernel differs (2), definition of startup differs (1).

                Change points: E-divisive with a permutation test, at 1 % for the series; changes of up to 1 %, or below what can be \
                told apart, are none.

                """)
        let plain = HistoryReport([changed], suite: "quick").terminal(width: 60, color: true, isPlain: true)
        #expect(plain.contains("\n11217787\n    ^\n") && plain.contains("\u{1B}[31mrun-4"))
    }

    @Test func improvementsAreNamedSo() {
        var better = step
        better.isWorse = false
        better.effect = -0.105_360_516
        let one = HistoryFixture.history([40, 40, 40, 40, 36, 36, 36, 36], steps: [better])
        #expect(one.effectText(better) == "-10.0 %, better")
        let text = HistoryReport([one], suite: "quick").terminal(width: 100, color: true)
        #expect(text.contains("-10.0 %, better") && text.contains("\u{1B}[32mrun-4"))
        var shares = one
        shares.metric = Metric("startup.failures", "share failed", .share, .lowerIsBetter)
        shares.scale = .difference(resolution: 0.01)
        better.effect = -0.05
        #expect(shares.effectText(better) == "-5.00 points, better")
    }

    /// What all series say is said once.
    @Test func whatIsSharedStandsAtTheEnd() {
        let short = ["a", "b"].map { name in
            HistoryFixture.history(
                [31, 32], cell: "startup/\(name)/runc/warm", leftOut: [.init("not complete", 1)], fewest: 11)
        }
        let text = HistoryReport(short, suite: "quick").terminal(width: 100, color: false)
        let sentences = [
            "1 run left out: not complete (1).",
            "Too few runs for change points: among the series shown, they take 11 or more.",
        ]
        for sentence in sentences { #expect(text.components(separatedBy: sentence).count == 2) }
        #expect(text.contains("for all 2 series together (Holm)"))
        let one = HistoryReport([short[0], quiet], suite: "quick").terminal(width: 100, color: false)
        for sentence in sentences { #expect(one.components(separatedBy: sentence).count == 2) }
    }

    /// A series of nothing, of one run, of equal values, and one that is wider than the terminal.
    @Test func everyLengthFits() {
        let empty = HistoryReport([HistoryFixture.history([], leftOut: [.init("kernel differs", 4)])], suite: "quick")
        #expect(empty.terminal(width: 80, color: false).contains("No run.\n4 runs left out: kernel differs (4).\n"))
        #expect(empty.markdown().contains("| median, noop on runc (warm) | 0 | – | – | – | – | 0 |"))
        let one = HistoryReport([HistoryFixture.history([31], fewest: 10)], suite: "quick").terminal(
            width: 80, color: false)
        #expect(one.contains("noop on runc (warm)\n1 run: 31.0 ms.\n"))
        #expect(Sparkline(HistoryFixture.history([31, 31, 31]), width: 80).levels == [3, 3, 3])
        #expect(Sparkline(HistoryFixture.history([31, 31.2]), width: 80).levels == [3, 3])
        let long = HistoryFixture.history((0..<100).map { $0 < 50 ? 10 : 20 }, steps: [step])
        let line = Sparkline(long, width: 40)
        #expect(line.levels == [Int](repeating: 0, count: 20) + [Int](repeating: 7, count: 20))
        #expect(line.marks == " ^" && line.text(isPlain: true).hasPrefix("11111"))
        for line in HistoryReport([long], suite: "quick").terminal(width: 40, color: false).split(separator: "\n") {
            #expect(line.count <= 40, "\(line)")
        }
    }

    @Test func markdownHasBothTables() {
        let markdown = HistoryReport([changed, quiet], suite: "quick").markdown()
        #expect(markdown.hasPrefix("# History of quick\n"))
        #expect(
            markdown.contains(
                "**median, noop on runc (warm)** changed with run `run-4`: 31.0 ms -&gt; 36.0 ms, +16.1 %"))
        #expect(markdown.contains("| median, noop on runc (warm) | 8 | 31.0 ms | 36.0 ms | 31.0 ms | 37.0 ms | 1 |"))
        #expect(
            markdown.contains("| median, noop on process (warm) | 10 | 31.0 ms | 31.0 ms | 31.0 ms | 31.2 ms | 0 |"))
        #expect(
            markdown.contains(
                "| median, noop on runc (warm) | `run-4` | 2026-02-04T09:30:00Z | **+16.1 %, worse** | 31.0 ms | 36.0 ms | 4 | 4 |"
            ))
        #expect(markdown.contains("- median, noop on runc (warm): 3 runs left out: kernel differs (2)"))
        #expect(HistoryReport([quiet], suite: "quick").markdown().contains("There is no change point in 1 series."))
    }

    @Test func caveatsStandBesideTheSeries() {
        var one = quiet
        for index in one.points.indices {
            one.points[index].caveats = index < 3 ? ["emulated", "noisy"] : ["emulated"]
        }
        #expect(one.caveats == ["emulated", "noisy: 3 of 10 runs"])
        #expect(
            HistoryReport([one], suite: "quick").markdown().contains("(warm) *(emulated)* *(noisy: 3 of 10 runs)* |"))
        let text = HistoryReport([one], suite: "quick").terminal(width: 100, color: false)
        #expect(text.contains("noop on process (warm) (emulated) (noisy: 3 of 10 runs)\n"))
    }

    @Test func jsonHoldsEveryRunAndChange() throws {
        let text = try HistoryReport([changed, quiet], suite: "quick").json()
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["schema"] as? String == "tare-history/1" && document["suite"] as? String == "quick")
        let series = try #require(document["series"] as? [[String: Any]])
        #expect(series.map { ($0["points"] as? [Any])?.count } == [8, 10])
        let change = try #require((series[0]["changePoints"] as? [[String: Any]])?.first)
        #expect(change["run"] as? String == "run-4" && change["direction"] as? String == "worse")
        #expect(abs((change["effectShare"] as? Double ?? 0) - 0.161_290) < 1e-5)
        #expect((series[0]["leftOut"] as? [[String: Any]])?.first?["count"] as? Int == 2)
        #expect(series[0]["runsForChangePoints"] == nil && series[0]["scale"] as? String == "ratio")
    }
}
