import BenchmarkModel
import Foundation
import Reports
import RunStore

/// The list of runs in its formats.
enum RunList {
    static func text(_ runs: [RunSummary]) -> String {
        let rows = runs.map { run in
            [
                run.id, run.status.rawValue, run.suite, "\(run.planned)", "\(run.ok)", "\(run.failed)", "\(run.invalid)",
                run.platforms.joined(separator: " ") + (run.emulated ? " (emulated guests)" : ""),
            ]
        }
        return TerminalTable.render(
            header: ["run", "status", "suite", "planned", "ok", "failed", "invalid", "platforms"], rows: rows,
            width: Console.width)
    }

    static func json(_ runs: [RunSummary]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(runs), as: UTF8.self)
    }
}
