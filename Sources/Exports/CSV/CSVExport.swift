package import Analysis
import BenchmarkModel

// RFC 4180: a header, then one row a thing, in the order of measurement. Fields are separated by commas, rows end with CR LF, a
// field with a comma, a quote or a line end is quoted and its quotes are doubled. A field is empty where nothing is known. Text
// that a spreadsheet could take for a formula begins with an apostrophe that is not part of it. Units are last in a column's
// name; lists are separated by `; `. New columns may come at the end.

/// Writes one table of a run as CSV.
package enum CSVExport {
    /// A file of CSV is one table; a run has several.
    package enum Table: String, Sendable, CaseIterable {
        /// One row a start, warm-up included.
        case samples
        /// One row a run of a task, warm-up included, see ``CSVExport/tasks``.
        case tasks
        /// One row a rung of a ladder, see ``CSVExport/ladders``.
        case ladders
        /// One row a point of a ramp, see ``CSVExport/ramps``.
        case ramps
        /// One row a figure of a cell.
        case findings
    }

    package static func encode(_ analysis: RunAnalysis, table: Table) -> String {
        let sheet =
            switch table {
            case .samples: samples(analysis.run)
            case .tasks: tasks(analysis.run)
            case .ladders: ladders(analysis.run)
            case .ramps: ramps(analysis.run)
            case .findings: findings(analysis)
            }
        return sheet.text
    }

    /// Which tables the run has besides, and the option for each, in words; nil where it has no other.
    package static func leftOut(of analysis: RunAnalysis, table: Table) -> String? {
        let counts = Table.allCases.map { (table: $0, count: count($0, in: analysis)) }
        let others = counts.filter { $0.table != table && $0.count > 0 }.map {
            "\(words($0)) (--table \($0.table.rawValue))"
        }
        guard !others.isEmpty else { return nil }
        return "This table holds \(words((table, count(table, in: analysis)))). Not in it: \(others.enumeration). "
            + "With --format json all is in one file."
    }

    private static func count(_ table: Table, in analysis: RunAnalysis) -> Int {
        switch table {
        case .samples: analysis.run.observations.count { $0.startup != nil }
        case .tasks: analysis.run.observations.count { $0.task != nil }
        case .ladders: analysis.run.observations.count { $0.ladder != nil }
        case .ramps: analysis.run.observations.count { $0.ramp != nil }
        case .findings: analysis.findings.count
        }
    }

    /// `1 ladder`, `3 samples`.
    private static func words(_ one: (table: Table, count: Int)) -> String {
        "\(one.count) \(one.count == 1 ? String(one.table.rawValue.dropLast()) : one.table.rawValue)"
    }
}

/// A header and its rows.
struct CSVSheet {
    let columns: [String]
    private(set) var text: String

    init(_ columns: [String]) {
        self.columns = columns
        text = columns.joined(separator: ",") + "\r\n"
    }

    /// - Parameter fields: as many as there are columns, escaped.
    mutating func append(_ fields: [String]) {
        text += fields.joined(separator: ",") + "\r\n"
    }
}
