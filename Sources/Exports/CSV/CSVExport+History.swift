package import Analysis
import BenchmarkModel

extension CSVExport {
    /// Estimate and standard error are in the unit of the row. `change_point` is true for the first run after a change; `effect`
    /// is then the shift over the runs before: a share (0.1 for 10 % more) of a metric that is compared by ratios, else a
    /// difference in the unit of the row.
    static let historyColumns = [
        "run", "started", "cell", "metric", "unit", "estimate", "standard_error", "n", "change_point", "effect",
    ]

    /// A row a run and cell, the oldest run first; see the head of `CSVExport.swift`.
    package static func encode(_ histories: [History]) -> String {
        var sheet = CSVSheet(historyColumns)
        for history in histories {
            for (index, point) in history.points.enumerated() {
                let step = history.steps.first { $0.index == index }
                sheet.append([
                    CSVField.escaped(point.run), point.startedAt.flatMap(Timestamp.text) ?? "",
                    CSVField.escaped(history.cell), CSVField.escaped(history.metric.id),
                    CSVField.escaped(history.metric.unit.rawValue),
                    CSVField.number(point.estimate), CSVField.number(point.standardError), "\(point.n)",
                    "\(step != nil)", CSVField.number(step.map { history.share(of: $0) ?? $0.effect }),
                ])
            }
        }
        return sheet.text
    }
}
