import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Exports

@Suite struct CSVEscapingTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\r\nlines", "\"two\r\nlines\""),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), (" =1", "' =1"),
        ("\u{FF1D}1", "'\u{FF1D}1"), ("", ""), ("\u{1B}[31m", "\\u{1B}[31m"),
        // A quote followed by a combining mark is one `Character`: doubled by characters, it would end the field.
        ("\"\u{338}", "\"\"\"\u{338}\""),
    ])
    func fieldsAreSafe(raw: String, expected: String) {
        #expect(CSVField.escaped(raw).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    /// Whatever a run holds, a table keeps its columns, and no control character that a terminal would obey comes out.
    @Test(
        .enabled(if: Exported.mayRunPython, "needs python3, to read CSV independently"),
        arguments: CSVExport.Table.allCases)
    func tablesStayTables(table: CSVExport.Table) throws {
        let nasty = "=1+1|</td>\u{1B}[31m\n\"quoted\"\u{338}, 'a'\r\n\u{202E};"
        var run = SyntheticClimbs.run()
        for index in run.observations.indices {
            run.observations[index].reasons = [nasty, nasty]
            run.observations[index].warnings = [nasty]
            run.observations[index].changeRamp {
                $0.cause = .launchFailed(nasty)
                $0.liveness = nasty
                $0.enforcedBy = nasty
            }
        }
        let task = Cell(workload: "tool", platform: "runc", parameters: .task)
        run.observations.append(SyntheticTasks.task(run.observations.count + 1, task, block: 0, milliseconds: 1))
        run.observations[run.observations.count - 1].changeTask {
            $0.figures = [nasty: 1]
            $0.start.instance = nasty
        }
        run.observations[run.observations.count - 1].reasons = [nasty]
        run.plan.cells[0].workload = nasty
        let text = CSVExport.encode(RunAnalysis(run: run, resamples: 10), table: table)
        #expect(!text.unicodeScalars.contains { $0.isControl && !"\r\n".unicodeScalars.contains($0) })
        let rows = try Exported.rows(text)
        #expect(!rows.isEmpty && Set(rows.map(\.count)).count == 1)
        #expect(rows.allSatisfy { $0["run"] == run.id })
    }
}
