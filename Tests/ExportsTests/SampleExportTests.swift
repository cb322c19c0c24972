import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct SampleExportTests {
    @Test func jsonHoldsEverySampleAndItsMarks() throws {
        let run = SyntheticRun.full()
        let document = try Exported.json(run)
        #expect(document["schema"] as? String == "tare-run/1")
        let samples = try #require(document["samples"] as? [[String: Any]])
        #expect(samples.count == run.observations.count)
        for (sample, written) in zip(run.observations, samples) {
            let record = try #require(sample.startup)
            #expect(written["number"] as? Int == sample.number)
            #expect(written["cell"] as? String == sample.cell)
            #expect(written["counted"] as? Bool == sample.counted)
            #expect(written["originNanoseconds"] as? String == record.marks.first.map { "\($0.nanoseconds)" })
            let marks = try #require(written["marks"] as? [[String: Any]])
            #expect(marks.map { $0["name"] as? String } == record.marks.map(\.name.rawValue))
            #expect(marks.first?["nanoseconds"] as? Int == 0)
            let ready = marks.first { $0["name"] as? String == "ready" }?["nanoseconds"] as? UInt64
            #expect(ready == record.startupNanoseconds)
        }
        let cells = try #require(document["cells"] as? [[String: Any]])
        let runc = try #require(cells.first { $0["key"] as? String == "startup/nginx/runc/warm" })
        let startup = try #require(runc["startup"] as? [String: Any])
        #expect(startup["count"] as? Int == 20)
        #expect(abs((startup["medianNanoseconds"] as? Double ?? 0) - 64_000_000) < 2)
        #expect(startup["p99Nanoseconds"] == nil)
        #expect((startup["intervalNanoseconds"] as? [Double])?.count == 2)
        #expect(cells.filter { $0["emulated"] as? Bool == true }.count == 2)
    }

    @Test func jsonHoldsNoNumberThatIsNone() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        run.startedAt = .nan
        run.endedAt = .infinity
        run.preparations[0].seconds = -.infinity
        run.suite.workloads[0].readinessDeadlineSeconds = .nan
        let document = try Exported.json(run)
        #expect((document["run"] as? [String: Any])?["startedAt"] == nil)
        let preparations = try #require(document["preparations"] as? [[String: Any]])
        #expect(preparations[0]["seconds"] == nil)
        #expect(preparations[1]["seconds"] as? Double == 0.0123)
    }

    @Test func aFailedSampleHasNoStartupInsteadOfZero() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 1)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = [SyntheticRun.failure(1, cell, block: 1, reason: "x")]
        let samples = try #require(try Exported.json(run)["samples"] as? [[String: Any]])
        #expect(samples[0]["startupNanoseconds"] == nil)
        #expect(try row(0, "startup_ns", of: run) == "")
    }

    /// Marks that came out of order are exported as they came.
    @Test func offsetsMayBeNegative() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 1)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = [SyntheticRun.failure(1, cell, block: 1, reason: "x")]
        run.observations[0].changeStartup { record in
            record.marks.append(Mark(.entered, nanoseconds: record.marks[0].nanoseconds - 5))
        }
        #expect(try row(0, "entered_ns", of: run) == "-5")
    }

    private func row(_ number: Int, _ name: String, of run: Run) throws -> String {
        let lines = CSVExport.samples(run).text.components(separatedBy: "\r\n")
        return lines[number + 1].components(separatedBy: ",")[
            try #require(CSVExport.sampleColumns.firstIndex(of: name))]
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func csvIsReadBackByPython() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        let reason = "a \"reason\", with\r\ntwo lines"
        run.observations[5].outcome = .failed
        run.observations[5].reasons = [reason]
        run.observations[6].warnings = ["=HYPERLINK(1)"]
        let analysis = RunAnalysis(run: run, resamples: 10)
        let rows = try Exported.rows(CSVExport.encode(analysis, table: .samples))
        #expect(rows.count == run.observations.count)
        #expect(rows.allSatisfy { $0.count == CSVExport.sampleColumns.count })
        for (row, sample) in zip(rows, run.observations) {
            #expect(row["number"] == "\(sample.number)")
            #expect(row["startup_ns"] == sample.startup?.startupNanoseconds.map { "\($0)" })
            #expect(row["ready_ns"] == row["startup_ns"])
            #expect(row["requested_ns"] == "0")
            #expect(row["kernel_ns"] == "")
        }
        #expect(rows[5]["reasons"] == reason)
        #expect(rows[6]["warnings"] == "'=HYPERLINK(1)")
    }
}
