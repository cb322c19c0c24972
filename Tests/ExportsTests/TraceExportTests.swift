import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct TraceExportTests {
    /// - Parameter marks: with nanoseconds after an arbitrary time.
    private static func start(_ number: Int, _ cell: Cell, _ marks: [(MarkName, UInt64)]) -> Observation {
        let marks = marks.map { Mark($0.0, nanoseconds: SyntheticRun.base + $0.1) }
        return Observation(
            number: number, cell: cell.key, block: 0,
            record: .startup(StartupRecord(instance: "i\(number)", marks: marks)))
    }

    @Test func everyInstanceAndItsPhasesAreOnTheTimeLine() throws {
        let run = SyntheticRun.full()
        let trace = try Trace(run)
        let starts = run.observations.compactMap { $0.startup }
        let instances = trace.instances
        try #require(instances.count == starts.count && starts.count == run.observations.count)
        #expect(trace.otherData.starts == starts.count && trace.otherData.tasks == 0)
        #expect(trace.traceEvents.count { $0.ph == "X" } == starts.reduce(0) { $0 + $1.marks.count })
        let origin = try #require(starts.compactMap { $0.origin }.min())
        #expect(trace.otherData.originNanoseconds == "\(origin)")
        #expect(instances.first?.whole.start == 0)
        for (instance, (sample, record)) in zip(instances, zip(run.observations, starts)) {
            let arguments = try #require(instance.whole.args)
            #expect(instance.whole.name == record.instance && arguments.instance == record.instance)
            #expect(arguments.number == sample.number && arguments.block == sample.block)
            #expect(arguments.counted == sample.counted && arguments.outcome == "ok")
            #expect(arguments.cpuNanoseconds == record.cpuNanoseconds && arguments.peakMemoryBytes == nil)
            #expect(arguments.startupNanoseconds == record.startupNanoseconds && arguments.reasons == nil)
            #expect(instance.whole.cat == (sample.counted ? "startup" : "startup,warm-up"))
            #expect(instance.whole.cname == nil)
            #expect(record.origin.map { Int($0 - origin) } == instance.whole.start)
            #expect(instance.isFilled && instance.isOnOneLane)
            #expect(instance.nanoseconds(of: "startup") == record.startupNanoseconds.map { Int($0) })
            #expect(instance.nanoseconds(of: "end") == 5 * Int(SyntheticRun.millisecond))
            let marks = record.marks.map { $0.name.rawValue }
            #expect(instance.phases.map { $0.name } == zip(marks, marks.dropFirst()).map { "\($0) → \($1)" })
            #expect(trace.processName(of: instance.whole)?.hasPrefix(sample.cell) == true)
        }
    }

    /// One process a cell, in the order of the plan; what was emulated says so.
    @Test func processesAreTheCellsOfThePlan() throws {
        let run = SyntheticRun.full()
        let trace = try Trace(run)
        let names = run.plan.cells.map { $0.platform == "q35" ? "\($0.key) (emulated)" : $0.key }
        #expect(trace.metadata("process_name").map { $0.args?.name } == names)
        #expect(trace.metadata("process_sort_index").map { $0.args?.sortIndex } == Array(names.indices))
        #expect(trace.metadata("thread_name").allSatisfy { $0.args?.name == "lane 1" })
        let processes = trace.metadata("process_name").map { $0.pid }
        let lanes = trace.metadata("thread_name").compactMap { $0.tid }
        #expect(lanes.count == names.count && Set(processes + lanes).count == 2 * names.count)
        #expect(processes.allSatisfy { $0 > 0 })
    }

    @Test func instancesAtTheSameTimeAreOnDifferentLanes() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 8, modes: [.concurrent(4)])
        let cell = SyntheticRun.cell(run, "runc")
        for number in 1...8 {
            var sample = SyntheticRun.sample(
                number, cell, block: (number - 1) / 4, milliseconds: 100 + Double(number))
            // Four at a time are due at the same moment.
            let shift = UInt64((number - 1) % 4) * 10_000 * SyntheticRun.millisecond
            sample.changeStartup { record in
                for place in record.marks.indices { record.marks[place].nanoseconds -= shift }
            }
            run.observations.append(sample)
        }
        let trace = try Trace(run)
        let instances = trace.instances
        let four = ["lane 1", "lane 2", "lane 3", "lane 4"]
        #expect(trace.metadata("thread_name").map { $0.args?.name } == four)
        #expect(trace.metadata("thread_sort_index").map { $0.args?.sortIndex } == [0, 1, 2, 3])
        #expect(instances.map { trace.laneName(of: $0.whole) } == four + four)
        #expect(instances.map { $0.whole.start } == [0, 0, 0, 0] + [Int](repeating: 40_000_000_000, count: 4))
        #expect(instances.map { $0.whole.args?.number } == Array(1...8))
        #expect(trace.lanesAreClear && instances.allSatisfy { $0.isFilled && $0.isOnOneLane })
    }

    @Test func aLaneIsTakenAgainOnceItIsFree() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 4)
        let cell = SyntheticRun.cell(run, "runc")
        let times: [(UInt64, UInt64)] = [(0, 10), (5, 15), (10, 20), (12, 14), (15, 30), (40, 41)]
        run.observations = times.enumerated().map { place, time in
            TraceExportTests.start(place + 1, cell, [(.requested, time.0), (.ready, time.1)])
        }
        #expect(TraceTimeline(run).stays.map { $0.lane } == [0, 1, 0, 2, 1, 0])
        #expect(try Trace(run).lanesAreClear)
    }

    @Test func whatFailedOrIsInvalidHasAColour() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 4)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = [
            SyntheticRun.failure(1, cell, block: 1, reason: "no answer"),
            SyntheticRun.sample(
                2, cell, block: 2, milliseconds: 8, outcome: .invalid, reasons: ["steal"], warnings: ["late"]),
            SyntheticRun.sample(3, cell, block: 3, milliseconds: 8),
            SyntheticRun.failure(4, cell, block: 4, reason: "earlier ones failed"),
        ]
        run.observations[2].changeStartup { $0.marks.removeAll { $0.name == .ready } }
        run.observations[3].changeStartup { $0.marks = [] }
        let trace = try Trace(run)
        let instances = trace.instances
        try #require(instances.count == 3)
        #expect(instances.map { $0.whole.cname } == ["terrible", "bad", "bad"])
        #expect(instances.map { $0.whole.cat } == ["startup,failed", "startup,invalid", "startup,invalid"])
        #expect(instances.map { $0.whole.args?.outcome } == ["failed", "invalid", "invalid"])
        #expect(instances[0].whole.args?.reasons == ["no answer"])
        #expect(instances[0].whole.args?.startupNanoseconds == nil)
        #expect(instances[0].phases.map { $0.name } == ["requested → spawned"])
        #expect(instances[1].whole.args?.reasons == ["steal"] && instances[1].whole.args?.warnings == ["late"])
        #expect(instances[2].whole.args?.reasons == ["recorded as ok, but its marks give no startup"])
        #expect(
            instances[2].phases.map { $0.name } == [
                "requested → spawned", "spawned → entered", "entered → executed", "executed → stopping",
                "stopping → stopped",
            ])
        #expect(instances.allSatisfy { $0.isFilled })
        // The one without a mark is not dropped in silence.
        let absence = try #require(trace.otherData.notOnTimeLine.first { $0.what == "starts" })
        #expect(absence.count == 1 && absence.reason == "no mark was recorded")
        #expect(
            TraceExport.leftOut(of: run).hasPrefix(
                "This trace holds 3 starts. Not in it: 1 start (no mark was recorded), 200 channel round trips ("))
    }

    /// Phases fill an instance also where its marks contradict each other.
    @Test func marksOutOfOrderAreShownAsTheyCame() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 2)
        let cell = SyntheticRun.cell(run, "runc")
        run.observations = [
            TraceExportTests.start(
                1, cell, [(.requested, 5), (.spawned, 9), (.entered, 2), (.ready, 9), (.ready, 11)]),
            TraceExportTests.start(2, cell, [(.requested, 20)]),
        ]
        let instances = try Trace(run).instances
        try #require(instances.count == 2)
        #expect(instances[0].whole.start == 0 && instances[0].whole.end == 9 && instances[0].isFilled)
        #expect(
            instances[0].phases.map { $0.name } == [
                "entered → requested", "requested → spawned", "spawned → ready", "ready → ready",
            ])
        #expect(instances[1].whole.start == 18 && instances[1].isFilled && instances[1].phases.isEmpty)
    }

    @Test func noNanosecondIsLost() throws {
        #expect(TraceLines.microseconds(0) == "0.000")
        #expect(TraceLines.microseconds(1) == "0.001")
        #expect(TraceLines.microseconds(1_020) == "1.020")
        #expect(TraceLines.microseconds(.max) == "18446744073709551.615")
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 2)
        let cell = SyntheticRun.cell(run, "runc")
        // The first whole number that a Double does not hold.
        let late: UInt64 = 9_007_199_254_740_993
        run.observations = [
            TraceExportTests.start(1, cell, [(.requested, 0), (.ready, 1_000_001)]),
            TraceExportTests.start(2, cell, [(.requested, late), (.ready, late + 7)]),
        ]
        let text = try TraceExport.encode(run)
        #expect(text.contains("{\"ph\":\"X\",\"ts\":0.000,\"dur\":1000.001,"))
        #expect(text.contains("{\"ph\":\"X\",\"ts\":9007199254740.993,\"dur\":0.007,"))
    }

    @Test func hostileTextsStayTexts() throws {
        let hostile = "\"},</script><script>alert('\\')</script>\u{1B}[31m\u{7F}\r\n\u{202E}"
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 1)
        let cell = SyntheticRun.cell(run, "runc")
        run.suite.name = hostile
        run.observations = [SyntheticRun.failure(1, cell, block: 0, reason: hostile)]
        run.observations[0].cell = hostile
        run.observations[0].warnings = [hostile]
        run.observations[0].changeStartup { $0.instance = hostile }
        let text = try TraceExport.encode(run)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isControl })
        let trace = try Trace(run)
        let shown = hostile.showingControls
        let whole = try #require(trace.instances.first?.whole)
        #expect(whole.name == shown && whole.args?.instance == shown && trace.otherData.suite == shown)
        #expect(whole.args?.reasons == [shown] && whole.args?.warnings == [shown])
        #expect(trace.processName(of: whole) == "\(shown) (not in the plan)")
        // An event a line, whatever is in it.
        #expect(text.split(separator: "\n").count == trace.traceEvents.count + 2)
    }

    @Test func theSameRunGivesTheSameBytes() throws {
        var run = SyntheticRun.full(platforms: [SyntheticRun.runc, SyntheticRun.vm])
        let text = try TraceExport.encode(run)
        #expect(try TraceExport.encode(run) == text)
        run.observations.reverse()
        #expect(try TraceExport.encode(run) == text)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document.keys.sorted() == ["displayTimeUnit", "otherData", "traceEvents"])
        #expect(document["displayTimeUnit"] as? String == "ms")
        let facts = try #require(document["otherData"] as? [String: Any])
        #expect(facts["schema"] as? String == "tare-trace/1" && facts["run"] as? String == run.id)
        #expect(facts["startedAt"] as? String == "2026-01-31T09:30:00Z")
    }

    @Test func tasksAreOnTheTimeLineToo() throws {
        let run = TaskRuns.run(platforms: [SyntheticRun.runc], samples: 3) { _, _, block in
            TaskRuns.Sample(
                own: Double(block), figures: ["rate": 500 / Double(block)], outcome: block == 3 ? .failed : .ok)
        }
        let trace = try Trace(run)
        let instances = trace.instances
        try #require(instances.count == 3 && run.observations.count == 3)
        #expect(trace.otherData.tasks == 3 && trace.otherData.starts == 0)
        #expect(instances.map { $0.whole.cat } == ["task", "task", "task,failed"])
        #expect(instances.map { $0.whole.cname } == [nil, nil, "terrible"])
        for (instance, observation) in zip(instances, run.observations) {
            let task = try #require(observation.task)
            let arguments = try #require(instance.whole.args)
            #expect(arguments.durationNanoseconds == task.durationNanoseconds)
            #expect(arguments.ownNanoseconds == task.ownNanoseconds && arguments.startupNanoseconds == nil)
            #expect(arguments.figures == task.figures && arguments.ending == task.ending?.words)
            #expect(arguments.peakMemoryBytes == 2 << 20 && arguments.cpuNanoseconds == 3_000_000)
            #expect(instance.isFilled && instance.isOnOneLane)
            #expect(instance.nanoseconds(of: "task") == task.durationNanoseconds.map { Int($0) })
            #expect(instance.phases.last?.name == "executed → ready")
        }
        #expect(TraceExport.leftOut(of: run).hasPrefix("This trace holds 3 tasks. Not in it: "))
    }

    /// A task whose figures no JSON can carry, as `Infinity`, is written without them.
    @Test func figuresThatAreNoNumbersAreLeftOut() throws {
        let run = TaskRuns.run(platforms: [SyntheticRun.runc], samples: 1) { _, _, _ in
            TaskRuns.Sample(own: 1, figures: ["rate": .infinity])
        }
        let instance = try #require(try Trace(run).instances.first)
        #expect(instance.whole.args?.figures == nil)
    }

    /// Of ladders and ramps no time of the clock is recorded: they are counted, and nothing is made up.
    @Test func climbsAreNotOnTheTimeLine() throws {
        let run = SyntheticClimbs.run()
        let trace = try Trace(run)
        #expect(trace.instances.count == 84 && trace.otherData.starts == 84 && trace.otherData.tasks == 0)
        #expect(
            trace.otherData.notOnTimeLine.map { "\($0.count) \($0.what)" } == [
                "12 ladders", "2 ramps", "400 channel round trips", "2 preparations",
            ])
        #expect(trace.otherData.notOnTimeLine.allSatisfy { !$0.reason.isEmpty })
        let words = TraceExport.leftOut(of: run)
        #expect(words.hasPrefix("This trace holds 84 starts. Not in it: 12 ladders (how long they took is recorded, "))
        #expect(words.hasSuffix(") and all figures. With --format json all is in one file."))
    }

    @Test func aRunWithoutInstancesIsAnEmptyTimeLine() throws {
        let run = SyntheticRun.empty(platforms: [SyntheticRun.runc])
        let trace = try Trace(run)
        #expect(trace.traceEvents.isEmpty && trace.otherData.originNanoseconds == nil)
        #expect(TraceExport.leftOut(of: run).hasPrefix("This trace holds no instance. Not in it: "))
    }

    @Test func itIsAFormOfExport() throws {
        let analysis = RunAnalysis(run: SyntheticRun.full(platforms: [SyntheticRun.runc]), resamples: 10)
        let text = try ExportFormat.trace.encode(analysis) { .init() }
        #expect(try TraceExport.encode(analysis.run) == text)
        #expect(text.hasPrefix("{\"displayTimeUnit\":\"ms\",") && text.hasSuffix("\n]}\n"))
        #expect(ExportFormat.trace.leftOut(of: analysis) == TraceExport.leftOut(of: analysis.run))
        #expect(ExportFormat(rawValue: "trace") == .trace)
    }
}
