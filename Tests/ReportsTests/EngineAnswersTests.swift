import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

/// What engines add, in words and in a table.
@Suite struct EngineAnswersTests {
    private static let engine = PlatformSpec(name: "docker", kind: .engine(EngineSettings(.docker, starts: true)))

    private static func run(_ platforms: [PlatformSpec], daemon: Bool = true) -> Run {
        var run = SyntheticClimbs.run(platforms: platforms)
        for index in run.observations.indices where run.observations[index].cell.contains("/docker/") {
            run.observations[index].changeLadder { ladder in
                for place in ladder.rungs.indices {
                    ladder.rungs[place].reading[.pssRuntime] = Int64(ladder.rungs[place].instances) << 18
                    if daemon { ladder.rungs[place].reading[.pssDaemons] = 100 << 20 }
                }
            }
        }
        return run
    }

    private static func answers(_ run: Run) -> [String] {
        Report(RunAnalysis(run: run, resamples: 200)).answers.filter { $0.mode == "engines" }.map(\.text)
    }

    @Test func saysWhatIsAddedToEachAndOnce() throws {
        let answer = try #require(
            EngineAnswersTests.answers(EngineAnswersTests.run([SyntheticRun.runc, EngineAnswersTests.engine])).last)
        #expect(answer.hasPrefix("Over runc, docker adds -48.0 ms ["), "\(answer)")
        #expect(answer.contains(" and 1.00 MiB ["), "\(answer)")
        #expect(answer.contains("(of it 256 KiB its shim) to each nginx, and 100 MiB once"), "\(answer)")
        #expect(answer.hasSuffix("."))
    }

    /// Where the suite has no bare runtime, or measured no footprint, nothing is made up for it.
    @Test func saysNothingThatWasNotMeasured() throws {
        #expect(
            EngineAnswersTests.answers(EngineAnswersTests.run([SyntheticRun.namespaces, EngineAnswersTests.engine]))
                .isEmpty)
        var starts = EngineAnswersTests.run([SyntheticRun.runc, EngineAnswersTests.engine])
        starts.observations.removeAll { $0.cell.hasPrefix("footprint/") }
        let answer = try #require(EngineAnswersTests.answers(starts).last)
        #expect(
            answer.contains("to the start of each nginx") && !answer.contains("once") && !answer.contains("shim"),
            "\(answer)")
        var memory = EngineAnswersTests.run([SyntheticRun.runc, EngineAnswersTests.engine], daemon: false)
        memory.observations.removeAll { $0.cell.hasPrefix("startup/") }
        let other = try #require(EngineAnswersTests.answers(memory).last)
        #expect(other.hasPrefix("Over runc, docker adds 1.00 MiB [") && !other.contains("once"), "\(other)")
    }

    @Test func theTableHasTheNumbersOfMeasurements() throws {
        let report = Report(
            RunAnalysis(run: EngineAnswersTests.run([SyntheticRun.runc, EngineAnswersTests.engine]), resamples: 200))
        let section = try #require(report.document.sections.first { $0.id == "engines" })
        let table = try #require(
            section.blocks.compactMap { if case .table(let table) = $0 { table } else { nil } }.first)
        #expect(
            table.columns.map(\.title).prefix(7) == [
                "workload", "platform", "over", "n starts", "start, warm", "n ladders", "memory each",
            ])
        let row = try #require(table.rows.last).map(\.plain)
        #expect(row[0] == "nginx" && row[2] == "runc" && row[3] == "20" && row[5] == "3")
        #expect(row[7] == "256 KiB" && row[8] == "100 MiB" && row[9] == "0 bytes", "\(row)")
    }
}
