import Analysis
import BenchmarkModel
import Reports
import Glibc
import RunStore

/// The list of runs in its formats.
enum RunList {
    static func text(_ runs: [RunSummary]) -> String {
        let columns: [TerminalTable.Column] = [
            .init("run"), .init("status"), .init("suite", rank: 1), .init("planned", numeric: true, rank: 2),
            .init("ok", numeric: true), .init("failed", numeric: true), .init("invalid", numeric: true),
            .init("platforms", rank: 3),
        ]
        let rows = runs.map { run in
            [
                run.id, run.status.rawValue, run.suite, "\(run.planned)", "\(run.ok)", "\(run.failed)",
                "\(run.invalid)",
                run.platforms.joined(separator: " ") + (run.emulated ? " (emulated guests)" : ""),
            ]
        }
        return TerminalTable(columns: columns, rows: rows)
            .render(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO))
    }

    static func json(_ runs: [RunSummary]) throws -> String {
        return try JSONDocument.text(runs)
    }
}
