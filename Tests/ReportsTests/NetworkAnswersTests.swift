import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

/// What a network adds, in words and in a table.
@Suite struct NetworkAnswersTests {
    private static func report(_ change: (inout Run) -> Void = { _ in }) -> Report {
        var run = SyntheticClimbs.run(platforms: [SyntheticRun.runc])
        if let plain = run.suite.workloads.first(where: { $0.name == "noop" }) {
            var on = plain
            (on.name, on.network) = ("nginx", .bridge)
            run.suite.workloads = [plain, on]
        }
        change(&run)
        return Report(RunAnalysis(run: run, resamples: 200))
    }

    @Test func saysWhatABridgeAddsToEach() throws {
        let report = NetworkAnswersTests.report()
        let answer = try #require(report.answers.first { $0.mode == "network" }?.text)
        #expect(answer.hasPrefix("A bridge adds 32.0 ms [") && answer.contains(" and "), "\(answer)")
        #expect(answer.contains(" to each noop under runc") && answer.hasSuffix("."), "\(answer)")
        let section = try #require(report.document.sections.first { $0.id == "network" })
        let table = try #require(
            section.blocks.compactMap { if case .table(let table) = $0 { table } else { nil } }.first)
        #expect(table.rows.count == 1 && table.rows[0].count == table.columns.count)
    }

    /// What an interval with 0 in it says is not taken for an addition.
    @Test func saysWhereNothingCanBeToldApart() throws {
        let report = NetworkAnswersTests.report { run in
            // The same starts under both names.
            for index in run.observations.indices where run.observations[index].cell.hasPrefix("startup/nginx/") {
                let twin = run.observations.first {
                    $0.cell == run.observations[index].cell.replacing("/nginx/", with: "/noop/")
                        && $0.block == run.observations[index].block
                }
                if let record = twin?.record { run.observations[index].record = record }
            }
        }
        let answer = try #require(report.answers.first { $0.mode == "network" }?.text)
        #expect(answer.contains("] (not told apart from none) and "), "\(answer)")
        #expect(answer.ranges(of: "not told apart").count == 1, "\(answer)")
        let card = try #require(report.document.cards.first { $0.title == "nginx" })
        #expect(card.parts.map(\.label).contains("network"))
    }

    @Test func saysNothingThatWasNotMeasured() throws {
        let starts = NetworkAnswersTests.report { $0.observations.removeAll { $0.cell.hasPrefix("footprint/") } }
        let answer = try #require(starts.answers.first { $0.mode == "network" }?.text)
        #expect(answer.contains("to the start of each noop") && !answer.contains("KiB"), "\(answer)")
        let none = NetworkAnswersTests.report { $0.observations = [] }
        #expect(!none.answers.contains { $0.mode == "network" })
        #expect(!none.document.sections.contains { $0.id == "network" })
    }
}
