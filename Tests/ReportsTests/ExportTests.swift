import BenchmarkModel
import Foundation
import Testing

@testable import Reports

private let python = "/usr/bin/python3"
private let mayRunPython =
    FileManager.default.isExecutableFile(atPath: python)
    || ProcessInfo.processInfo.environment["TARE_REQUIRE_INTEGRATION"] == "1"

@Suite struct ExportTests {
    private func decode(_ run: Run) throws -> [String: Any] {
        let text = try JSONExport.encode(ReportModel(run: run, resamples: 100))
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func jsonHoldsEverySampleAndItsMarks() throws {
        let run = SyntheticRun.full()
        let document = try decode(run)
        #expect(document["schema"] as? String == "tare-run/1")
        let samples = try #require(document["samples"] as? [[String: Any]])
        #expect(samples.count == run.samples.count)
        for (sample, written) in zip(run.samples, samples) {
            #expect(written["number"] as? Int == sample.number)
            #expect(written["cell"] as? String == sample.cell)
            #expect(written["counted"] as? Bool == sample.counted)
            #expect(written["originNanoseconds"] as? String == sample.marks.first.map { "\($0.nanoseconds)" })
            let marks = try #require(written["marks"] as? [[String: Any]])
            #expect(marks.map { $0["name"] as? String } == sample.marks.map(\.name.rawValue))
            #expect(marks.first?["nanoseconds"] as? Int == 0)
            let ready = marks.first { $0["name"] as? String == "ready" }?["nanoseconds"] as? UInt64
            #expect(ready == sample.startupNanoseconds)
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
        let document = try decode(run)
        #expect((document["run"] as? [String: Any])?["startedAt"] == nil)
        let preparations = try #require(document["preparations"] as? [[String: Any]])
        #expect(preparations[0]["seconds"] == nil)
        #expect(preparations[1]["seconds"] as? Double == 0.0123)
    }

    @Test func aFailedSampleHasNoStartupInsteadOfZero() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 1)
        let cell = SyntheticRun.cell(run, "runc")
        run.samples = [SyntheticRun.failure(1, cell, block: 1, reason: "x")]
        let samples = try #require(try decode(run)["samples"] as? [[String: Any]])
        #expect(samples[0]["startupNanoseconds"] == nil)
        let row = CSVExport.encode(run).components(separatedBy: "\r\n")[1].components(separatedBy: ",")
        let column = try #require(CSVExport.columns.firstIndex(of: "startup_ns"))
        #expect(row[column] == "")
    }

    /// Marks that came out of order are exported as they came.
    @Test func offsetsMayBeNegative() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 1)
        let cell = SyntheticRun.cell(run, "runc")
        var sample = SyntheticRun.failure(1, cell, block: 1, reason: "x")
        sample.marks.append(Mark(.entered, nanoseconds: sample.marks[0].nanoseconds - 5))
        run.samples = [sample]
        let column = try #require(CSVExport.columns.firstIndex(of: "entered_ns"))
        #expect(CSVExport.encode(run).components(separatedBy: "\r\n")[1].components(separatedBy: ",")[column] == "-5")
    }

    /// Read back by an implementation of CSV that shares nothing with this one.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: python), "needs python3, to read CSV independently"))
    func csvIsReadBackByPython() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc])
        let reason = "a \"reason\", with\r\ntwo lines"
        run.samples[5].outcome = .failed
        run.samples[5].reasons = [reason]
        run.samples[6].warnings = ["=HYPERLINK(1)"]
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tare-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        try CSVExport.encode(run).write(to: file, atomically: true, encoding: .utf8)
        let program = """
            import csv, json, sys
            with open(sys.argv[1], newline='', encoding='utf-8') as f:
                print(json.dumps(list(csv.DictReader(f, strict=True))))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", program, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let rows = try #require(try JSONSerialization.jsonObject(with: output) as? [[String: String]])
        #expect(rows.count == run.samples.count)
        #expect(rows.allSatisfy { $0.count == CSVExport.columns.count })
        for (row, sample) in zip(rows, run.samples) {
            #expect(row["number"] == "\(sample.number)")
            #expect(row["startup_ns"] == sample.startupNanoseconds.map { "\($0)" })
            #expect(row["ready_ns"] == row["startup_ns"])
            #expect(row["requested_ns"] == "0")
            #expect(row["kernel_ns"] == "")
        }
        #expect(rows[5]["reasons"] == reason)
        #expect(rows[6]["warnings"] == "'=HYPERLINK(1)")
    }
}
