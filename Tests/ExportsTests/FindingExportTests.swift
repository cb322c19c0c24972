import Analysis
import BenchmarkModel
import Foundation
import Statistics
import TestSupport
import Testing

@testable import Exports

@Suite struct FindingExportTests {
    @Test func jsonHoldsEveryFinding() throws {
        let run = SyntheticClimbs.run()
        let analysis = RunAnalysis(run: run, resamples: 100)
        let findings = try #require(try Exported.json(run)["findings"] as? [[String: Any]])
        #expect(findings.count == analysis.findings.count)
        let median = try #require(
            findings.first {
                $0["metric"] as? String == "startup.median" && $0["cell"] as? String == "startup/nginx/q35/warm"
            })
        #expect(median["unit"] as? String == "nanoseconds")
        #expect(median["polarity"] as? String == "lower")
        #expect(abs((median["estimate"] as? Double ?? 0) - 5_120e6) < 2)
        #expect(median["n"] as? Int == 20)
        #expect((median["interval"] as? [Double])?.count == 2)
        #expect((median["caveats"] as? [String])?.contains("emulated") == true)
        #expect(median["isAtLeast"] as? Bool == false)
        #expect(
            Set(findings.compactMap { ($0["metric"] as? String)?.prefix { $0 != "." } }) == [
                "startup", "footprint", "density",
            ])
    }

    @Test func sentencesAndWhatCannotBeReadAreTold() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        run.unreadable = ["observation 7"]
        let document = try Exported.json(
            run,
            .init(
                answers: [.init(workload: "nginx", mode: "warm", text: "fast")],
                banners: [.init(kind: "emulation", text: "beware")]))
        #expect(document["unreadable"] as? [String] == ["observation 7"])
        #expect(
            (document["answers"] as? [[String: String]]) == [["workload": "nginx", "mode": "warm", "text": "fast"]])
        #expect((document["banners"] as? [[String: String]]) == [["kind": "emulation", "text": "beware"]])
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func csvHasARowForEveryFinding() throws {
        let analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 10)
        let rows = try Exported.rows(CSVExport.encode(analysis, table: .findings))
        #expect(rows.count == analysis.findings.count)
        for (row, finding) in zip(rows, analysis.findings) {
            #expect(row["metric"] == finding.metric.id)
            #expect(row["cell"] == finding.cell)
            #expect(row["estimate"].flatMap { Double($0) } == finding.estimate)
            #expect(row["lower"].flatMap { Double($0) } == finding.interval?.lower)
            #expect(row["n"] == "\(finding.n)")
            #expect(row["caveats"] == finding.caveats.words.joined(separator: "; "))
        }
    }

    /// A table says what it leaves out, and names the option for each.
    @Test func aTableTellsWhatItLeavesOut() throws {
        let analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 10)
        let words = try #require(ExportFormat.csv.leftOut(of: analysis))
        #expect(
            words
                == "This table holds 84 samples. Not in it: 12 ladders (--table ladders), 2 ramps (--table ramps) and "
                + "\(analysis.findings.count) findings (--table findings). With --format json all is in one file.")
        #expect(ExportFormat.csv.leftOut(of: analysis, table: .ramps)?.contains("84 samples (--table samples)") == true)
        #expect(ExportFormat.json.leftOut(of: analysis) == nil)
        let empty = RunAnalysis(run: SyntheticRun.empty(platforms: [SyntheticRun.runc]), resamples: 10)
        #expect(ExportFormat.csv.leftOut(of: empty) == nil)
    }

    @Test func everyFormatIsWritten() throws {
        let analysis = RunAnalysis(run: SyntheticClimbs.run(), resamples: 10)
        #expect(try ExportFormat.json.encode(analysis) { .init() }.hasPrefix("{"))
        for table in CSVExport.Table.allCases {
            let text = try ExportFormat.csv.encode(analysis, table: table) { .init() }
            #expect(text.hasPrefix("run,") && text.hasSuffix("\r\n"))
        }
    }
}
