import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

/// Tasks, and figures in the units of tools.
@Suite struct TaskExportTests {
    @Test func jsonHoldsEveryTask() throws {
        var run = SyntheticTasks.run()
        run.observations[3].changeTask {
            $0.ending = .signalled(9)
            $0.figures = ["rate": .nan, "delay": 2]
            $0.instanceNanoseconds = nil
        }
        run.observations[3].outcome = .failed
        run.observations[3].reasons = ["no figure"]
        let document = try Exported.json(run)
        let samples = try #require(document["taskSamples"] as? [[String: Any]])
        #expect(samples.count == run.observations.count && (document["samples"] as? [Any])?.isEmpty == true)
        for (sample, written) in zip(run.observations, samples) {
            let task = try #require(sample.task)
            #expect(written["number"] as? Int == sample.number && written["cell"] as? String == sample.cell)
            #expect(written["counted"] as? Bool == sample.counted && written["block"] as? Int == sample.block)
            #expect(written["durationNanoseconds"] as? UInt64 == task.durationNanoseconds)
            #expect(written["ownNanoseconds"] as? UInt64 == task.ownNanoseconds)
            #expect(written["instanceNanoseconds"] as? UInt64 == task.instanceNanoseconds)
            #expect(written["cpuNanoseconds"] as? Int == 2_000_000 && written["startupNanoseconds"] == nil)
            #expect((written["marks"] as? [[String: Any]])?.count == task.start.marks.count)
        }
        #expect((samples[0]["ending"] as? [String: Int]) == ["status": 0])
        #expect((samples[3]["ending"] as? [String: Int]) == ["signal": 9])
        #expect((samples[3]["figures"] as? [String: Double]) == ["delay": 2])
        #expect(samples[3]["outcome"] as? String == "failed" && samples[3]["reasons"] as? [String] == ["no figure"])
        let blocks = try #require((document["plan"] as? [String: Any])?["taskBlocks"] as? [[String: Any]])
        #expect(blocks.count == 11 && blocks[0]["counted"] as? Bool == false)
        #expect(blocks.allSatisfy { ($0["order"] as? [String])?.count == 6 })
    }

    @Test func jsonHoldsTheFiguresOfEachCell() throws {
        let document = try Exported.json(SyntheticTasks.run())
        let tasks = try #require(document["tasks"] as? [[String: Any]])
        #expect(tasks.count == 6 && tasks.allSatisfy { $0["ok"] as? Int == 10 })
        let tool = try #require(tasks.first { $0["key"] as? String == "task/tool/runc/run" })
        let measures = try #require(tool["measures"] as? [[String: Any]])
        #expect(
            measures.map { $0["metric"] as? String } == [
                "task.figure.rate", "task.figure.delay", "task.own", "task.duration",
            ])
        // By hand: 32 ms in the middle, so that a tool's delay is ten times it, and a quarter is its own time.
        #expect(measures[0]["unit"] as? String == "events/s" && measures[0]["polarity"] as? String == "higher")
        #expect(measures[1]["unit"] as? String == "us" && measures[1]["polarity"] as? String == "lower")
        #expect(abs((measures[1]["median"] as? Double ?? 0) - 320) < 1e-9)
        #expect(abs((measures[2]["median"] as? Double ?? 0) - 8e6) < 2)
        #expect(abs((measures[3]["median"] as? Double ?? 0) - 32e6) < 2)
        #expect(measures.allSatisfy { $0["count"] as? Int == 10 })
        // Namespaces take 4 ms.
        let costs = try #require(measures[3]["costs"] as? [[String: Any]])
        #expect(costs.map { $0["to"] as? String } == ["namespaces"])
        #expect(abs((costs[0]["value"] as? Double ?? 0) - 8) < 1e-6)
        let workloads = try #require(document["workloads"] as? [[String: Any]])
        let figures = try #require(workloads[0]["figures"] as? [[String: String]])
        #expect(
            figures == [
                ["name": "rate", "json": "jobs[0].rate", "unit": "events/s", "better": "higher"],
                [
                    "name": "delay", "file": "/tmp/out", "match": "delay: ([0-9.]+)", "unit": "us", "better": "lower",
                ],
            ])
        let volumes = try #require(workloads[0]["volumes"] as? [[String: Any]])
        #expect(volumes[0]["path"] as? String == "/data" && volumes[0]["directory"] as? String == "/var/tmp")
        #expect(workloads[1]["figures"] == nil && workloads[1]["volumes"] == nil)
    }

    /// What a comparison takes is in the file, also where no tare knows the figure.
    @Test func anExportIsReadBackToBeCompared() throws {
        let run = SyntheticTasks.run()
        let analysis = RunAnalysis(run: run, resamples: 100)
        var expected = ComparedRun(analysis)
        for index in expected.figures.indices { expected.figures[index].sample = nil }
        let read = try RunJSON.read(Array(try JSONExport.encode(analysis, .init()).utf8), file: "run.json")
        #expect(read == expected)
        #expect(read.cells.count == 6 && read.cells.allSatisfy { $0.hasPrefix("task/") })
        let rate = try #require(read.figures.first { $0.metric.id == "task.figure.rate" })
        #expect(rate.metric.unit == .other("events/s") && rate.metric.polarity == .higherIsBetter)
    }

    @Test(arguments: ["", " x", "a\u{1B}[2K", String(repeating: "x", count: 33)])
    func aUnitThatIsNoneIsRefused(_ unit: String) throws {
        var document = try Exported.json(SyntheticTasks.run(platforms: [SyntheticRun.runc]))
        var findings = try #require(document["findings"] as? [[String: Any]])
        findings[0]["unit"] = unit
        document["findings"] = findings
        let data = try JSONSerialization.data(withJSONObject: document)
        let error = try #require(
            #expect(throws: TareError.self) { try RunJSON.read(Array(data), file: "run.json") })
        #expect(error.code == .usage && error.message.contains(": unit: '"), "\(error)")
        #expect(!error.message.unicodeScalars.contains("\u{1B}"))
    }

    @Test(.enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"))
    func csvHasARowForEveryTask() throws {
        var run = SyntheticTasks.run()
        run.observations[2].changeTask { $0.ending = nil }
        let analysis = RunAnalysis(run: run, resamples: 10)
        let rows = try Exported.rows(CSVExport.encode(analysis, table: .tasks))
        #expect(rows.count == run.observations.count)
        #expect(rows.allSatisfy { $0.count == CSVExport.taskColumns.count })
        for (row, sample) in zip(rows, run.observations) {
            let task = try #require(sample.task)
            #expect(row["number"] == "\(sample.number)" && row["cell"] == sample.cell)
            #expect(row["duration_ns"] == task.durationNanoseconds.map { "\($0)" })
            #expect(row["own_ns"] == task.ownNanoseconds.map { "\($0)" })
            #expect(row["ready_ns"] == row["duration_ns"] && row["requested_ns"] == "0")
            let figures = task.figures.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            #expect(row["figures"] == figures.joined(separator: "; "))
        }
        #expect(rows[0]["ending"] == "status 0" && rows[2]["ending"] == "")
        let left = try #require(CSVExport.leftOut(of: analysis, table: .samples))
        #expect(left.hasPrefix("This table holds 0 samples. Not in it: 66 tasks (--table tasks)"), "\(left)")
    }

    private static let rate = Metric("task.figure.rate", "rate", .other("events/s"), .higherIsBetter)

    @Test func figuresOfToolsInWords() {
        #expect(FigureText.value(1_234.5, .other("events/s")) == "1230 events/s")
        #expect(FigureText.value(-0.25, .other("°C")) == "-0.250 °C")
        #expect(FigureText.interval(34, 38.04, of: 36, .other("us")) == "34.0 to 38.0 us")
    }

    /// Their unit is in the name and the help, and no unit of OpenMetrics.
    @Test func gitLabGetsTheUnitOfATool() throws {
        let cell = "task/tool/runc/run"
        let rows = try [
            (TaskExportTests.rate, 1_000.0, 1_100.0),
            (Metric("task.figure.a", "a", .other("µs"), .lowerIsBetter), 2, 3),
            (Metric("task.figure.b", "b", .other("%\"#"), .lowerIsBetter), 2, 3),
            (Metric("task.figure.c", "c", .other("字"), .lowerIsBetter), 2, 3),
        ].map { metric, base, head in
            try GateFixture.row(
                .improved, GateFixture.figure(metric, cell, base), GateFixture.figure(metric, cell, head),
                effect: (0.1, 0.05, 0.15))
        }
        let text = GitLabMetrics.encode(
            GateFixture.result(rows.map { ($0, .passes) }, outcome: .pass, sentence: "Fine."))
        #expect(text.contains("# TYPE tare_task_figure_rate_events_per_s gauge\n"))
        #expect(text.contains("# HELP tare_task_figure_rate_events_per_s rate, higher is better, in events/s\n"))
        #expect(text.contains("\ntare_task_figure_rate_events_per_s{cell=\"\(cell)\"} 1100\n"))
        #expect(text.contains("\ntare_task_figure_a_us{cell=\"\(cell)\"} 3.00\n"))
        #expect(text.contains("\ntare_task_figure_b_percent{cell=\"\(cell)\"} 3.00\n"))
        #expect(text.contains("# HELP tare_task_figure_b_percent b, lower is better, in %\\\"#\n"))
        #expect(text.contains("\ntare_task_figure_c_other{cell=\"\(cell)\"} 3.00\n"))
        #expect(text.contains("\ntare_effect_task_figure_rate_ratio{cell=\"\(cell)\"} 0.100\n"))
        #expect(!text.contains("# UNIT tare_task_figure"))
    }

    /// The action compares what has the same name, so that the unit is in it.
    @Test func theDashboardGetsTheUnitOfATool() throws {
        let analysis = RunAnalysis(run: SyntheticTasks.run(platforms: [SyntheticRun.runc]), resamples: 50)
        let text = try GABExport.encode(analysis, .bigger)
        let entries = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let rate = try #require(entries.first { ($0["name"] as? String)?.contains("rate") ?? false })
        #expect(rate["name"] as? String == "task/tool/runc/run: rate (events/s)")
        #expect(rate["unit"] as? String == "events/s")
        #expect((rate["extra"] as? String)?.contains("own clock") == true)
        #expect(try GABExport.encode(analysis, .smaller).contains("\"task/job/runc/run: duration\""))
    }

    /// A suite may change what it says of a figure: nothing is then concluded from it.
    @Test func figuresOfOtherUnitsAreNotCompared() throws {
        let base = SyntheticTasks.run(platforms: [SyntheticRun.runc])
        var head = base
        head.id = "20260131-093000-ffff"
        head.suite.workloads[0].figures[0].unit = "events/min"
        head.suite.workloads[0].figures[1].polarity = .higherIsBetter
        func side(_ run: Run) -> Side {
            Side(name: run.id, runs: [ComparedRun(RunAnalysis(run: run, resamples: 100))])
        }
        let rows = try Comparison(base: side(base), head: side(head)).rows
        let rate = try #require(rows.first { $0.metric.id == "task.figure.rate" })
        #expect(rate.verdict == .inconclusive)
        #expect(rate.reasons.contains("it is counted in events/s in the base and in events/min in the head"))
        let delay = try #require(rows.first { $0.metric.id == "task.figure.delay" })
        #expect(delay.reasons.contains("lower is better in the base and higher in the head"))
        let duration = try #require(rows.first { $0.metric.id == "task.duration" })
        #expect(!duration.reasons.contains { $0.contains("in the base and") })
    }
}
