import Analysis
import ArgumentParser
import BenchmarkModel
import LinuxSystem
import RunStore
import TestSupport
import Testing

@testable import TareCommands

@Suite struct HistoryCommandTests {
    private static let metric = Metric("startup.median", "median", .nanoseconds, .lowerIsBetter)

    private func run(_ number: Int, metrics: [Metric] = [metric]) -> ComparedRun {
        let cells = ["startup/noop/runc/warm", "startup/noop/process/warm"]
        return ComparedRun(
            id: "run-\(number)", startedAt: Double(number), isComplete: true, suite: "quick", suiteDigest: "",
            tareVersion: "0", facts: HostFacts(), platforms: [],
            figures: cells.flatMap { cell in
                metrics.map { metric in
                    Figure(
                        metric: metric, scale: .ratio, cell: cell, workload: "noop", platform: "runc", estimate: 1e6,
                        standardError: 0.1, n: 20)
                }
            }, cells: cells)
    }

    private func refusal(_ metric: String, _ cell: String = "*") throws -> TareError {
        let runs = [
            run(1), run(2, metrics: [Self.metric, Metric("startup.cpu", "CPU", .nanoseconds, .lowerIsBetter)]),
        ]
        return try #require(
            #expect(throws: TareError.self) {
                try HistoryOptions.histories(metric: metric, cell: cell, of: runs, like: runs[0])
            })
    }

    @Test func anUnknownMetricIsToldWithAllThatAreKnown() throws {
        let error = try refusal("startup.mean")
        #expect(error.code == .usage && error.exitCode == 64)
        #expect(error.message == "no run of the suite 'quick' has a metric 'startup.mean'")
        #expect(error.remedy == "Known metrics are startup.median and startup.cpu.")
        #expect(try refusal("").message.hasSuffix("''"))
    }

    @Test func anUnknownCellIsToldWithAllThatAreKnown() throws {
        let error = try refusal("startup.*", "*/q35/*")
        #expect(error.code == .usage && error.message == "no cell of the run run-1 that has 'startup.*' is '*/q35/*'")
        #expect(error.remedy == "Known cells are startup/noop/runc/warm and startup/noop/process/warm.")
        #expect(
            try HistoryOptions.histories(metric: "*.median", cell: "*/runc/*", of: [run(1)], like: run(1)).count == 1)
    }

    @Test func theOptionsAreRead() throws {
        let command = try HistoryCommand.parse(["startup.*", "--cell", "*/runc/*", "--last", "5", "--format", "csv"])
        #expect(command.metric == "startup.*" && command.cell == "*/runc/*" && command.last == 5)
        #expect(command.format == .csv && command.like == "latest" && command.suite == nil && command.output == nil)
    }

    @Test(arguments: [[], ["m", "--last", "0"], ["m", "--last=-1"], ["m", "--format", "pdf"], ["m", "--unknown"]])
    func theParserRefusesTheRest(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try HistoryCommand.parse(arguments) }
    }
}

/// Runs in a real database; one is a third slower from the twelfth on.
@Suite struct StoredHistoryTests {
    private let directory: TemporaryDirectory
    private let store: RunStore
    private var database: String { directory.path + "/tare.db" }

    init() throws {
        directory = try TemporaryDirectory()
        store = try RunStore(path: directory.path + "/tare.db")
    }

    private func id(_ number: Int) -> String { "2026-\(100 + number)" }

    @discardableResult
    private func save(_ number: Int, factor: Double = 1, status: Run.Status = .complete) throws -> Run {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 8)
        run.id = id(number)
        run.startedAt += Double(number) * 86_400
        run.status = .running
        try store.create(run)
        let sink = store.sink(for: run.id)
        var random = SplitMix64(seed: UInt64(number))
        for (index, block) in run.plan.blocks.enumerated() {
            let noise = 1 + Double(random.next() % 100) / 5_000
            let sample = SyntheticRun.sample(
                index + 1, run.plan.cells[0], block: block.index, milliseconds: 30 * factor * noise,
                counted: block.counted)
            try sink.save(sample)
        }
        try store.finish(run.id, status: status, endedAt: run.startedAt + 60)
        return try store.run(run.id)
    }

    private func output(_ arguments: [String]) throws -> String {
        let file = directory.path + "/out"
        let command = try HistoryCommand.parse(arguments + ["--db", database, "--output", file])
        try command.run()
        return try HostFiles.read(file)
    }

    @Test func theCommandFindsTheRun() throws {
        for number in 0..<12 { try save(number) }
        try save(12, status: .failed)
        for number in 13..<24 { try save(number, factor: 1.33) }
        let text = try output(["startup.median"])
        #expect(text.contains("startup.median: median, lower is better\n\nnginx on runc (warm)\n"))
        #expect(text.contains("\n23 runs: first "))
        #expect(
            text.contains("\n\(id(13)) (2026-02-13T09:30:00Z): ")
                && text.contains(" %, worse [12 runs before, 11 after]"))
        #expect(text.contains("1 run left out: not complete (1)."))
        #expect(try output(["startup.median", "--format", "markdown"]).hasPrefix("# History of synthetic\n"))
        #expect(try output(["startup.median", "--format", "json"]).contains("\"direction\" : \"worse\""))
        let rows = try output(["startup.*", "--format", "csv", "--last", "4"]).split(separator: "\r\n")
        #expect(rows.dropFirst().count { $0.contains(",startup.median,") } == 4)
        let older = try output(["startup.median", "--like", id(3), "--last", "30"])
        #expect(older.contains("23 runs"))
        let error = try #require(
            #expect(throws: TareError.self) { try output(["startup.median", "--suite", "another"]) })
        #expect(error.code == .usage && error.remedy == "Known suites are synthetic.")
    }

    @Test func aReportHasTheHistoryOfItsHeadlines() throws {
        let first = try save(0)
        for number in 1..<4 { try save(number) }
        let histories = StoredHistory.headlines(of: try store.run(id(3))) { store }
        #expect(histories.map(\.metric.id).contains("startup.median"))
        #expect(histories.allSatisfy { $0.points.map(\.run) == (0..<4).map(id) })
        // What came later is no part of it, two earlier ones are too few, and what cannot be read stops no report.
        #expect(StoredHistory.headlines(of: first) { store }.isEmpty)
        #expect(StoredHistory.headlines(of: try store.run(id(2))) { store }.isEmpty)
        let unreadable = StoredHistory.headlines(of: try store.run(id(3))) {
            throw TareError(.store, "the database is damaged")
        }
        #expect(unreadable.isEmpty)
    }

    @Test func noCompleteRunIsSaid() throws {
        try save(0, status: .interrupted)
        let error = try #require(#expect(throws: TareError.self) { try output(["startup.median"]) })
        #expect(error.code == .failed && error.message == "no complete run is stored")
    }
}
