import Analysis
import BenchmarkModel
import Testing

@testable import Exports

@Suite struct HistoryExportTests {
    private func history(_ values: [Double], run: String = "run", cell: String = "startup/noop/runc/warm") -> History {
        History(
            metric: Metric("startup.median", "median", .nanoseconds, .lowerIsBetter), scale: .ratio, cell: cell,
            workload: "noop", platform: "runc",
            points: values.enumerated().map { number, value in
                History.Point(
                    run: "\(run)-\(number)", startedAt: number == 0 ? nil : 1_769_851_800 + Double(number) * 86_400,
                    estimate: value, standardError: number == 1 ? nil : 1_000, n: 20, caveats: [])
            },
            steps: [
                History.Step(
                    index: 2, run: "\(run)-2", startedAt: nil, before: 0, after: 0, effect: 0, pValue: 0.001,
                    runsBefore: 2, runsAfter: 1, isWorse: true)
            ])
    }

    @Test func aRowForEachRunAndCell() {
        var shares = history([0, 0.25])
        shares.metric = Metric("startup.failures", "share failed", .share, .lowerIsBetter)
        shares.scale = .difference(resolution: 0.01)
        shares.steps[0].index = 1
        shares.steps[0].effect = 0.25
        let rows = [
            "run,started,cell,metric,unit,estimate,standard_error,n,change_point,effect",
            "run-0,,startup/noop/runc/warm,startup.median,nanoseconds,31000000.0,1000.0,20,false,",
            "run-1,2026-02-01T09:30:00Z,startup/noop/runc/warm,startup.median,nanoseconds,31500000.0,,20,false,",
            "run-2,2026-02-02T09:30:00Z,startup/noop/runc/warm,startup.median,nanoseconds,36000000.0,1000.0,20,true,0.0",
            "run-0,,startup/noop/runc/warm,startup.failures,share,0.0,1000.0,20,false,",
            "run-1,2026-02-01T09:30:00Z,startup/noop/runc/warm,startup.failures,share,0.25,,20,true,0.25",
        ]
        #expect(
            CSVExport.encode([history([31e6, 31.5e6, 36e6]), shares]) == rows.map { $0 + "\r\n" }.joined())
        #expect(CSVExport.encode([]) == rows[0] + "\r\n")
    }

    /// The effect of a ratio is a share of what was before.
    @Test func theEffectIsAShare() throws {
        var one = history([1, 1, 2])
        one.steps[0].effect = 0.693_147_180_559_945_3
        let last = try #require(CSVExport.encode([one]).split(separator: "\r\n").last)
        let share = try #require(last.split(separator: ",").last.flatMap { Double($0) })
        #expect(abs(share - 1) < 1e-12)
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func theTableStaysATable() throws {
        let nasty = "=1+1|</td>\u{1B}[31m\n\"quoted\"\u{338}, 'a'\r\n\u{202E};"
        var worst = history([1, 2, 3], run: nasty, cell: nasty)
        worst.metric.id = nasty
        let text = CSVExport.encode([worst])
        #expect(!text.unicodeScalars.contains { $0.isControl && !"\r\n".unicodeScalars.contains($0) })
        let rows = try Exported.rows(text)
        #expect(rows.count == 3 && Set(rows.map(\.count)).count == 1)
        #expect(rows.map { $0["estimate"] } == ["1.0", "2.0", "3.0"])
    }
}
