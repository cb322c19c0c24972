import Analysis
import BenchmarkModel
import Statistics

/// A column of an experiment's main table that is no metric.
struct ExtraColumn<Cell: AnalysedCell> {
    var column: Table.Column
    var content: (Cell) -> [Inline]

    init(
        _ title: String, aside: String = "", numeric: Bool = false, rank: Int, content: @escaping (Cell) -> [Inline]
    ) {
        column = Table.Column(title, numeric: numeric, rank: rank)
        column.aside = aside
        self.content = content
    }
}

extension Table {
    /// The main table of an experiment: who is measured, what became of it, each metric in the order of the experiment's list, and
    /// what else there is to say. An earlier metric is given up later.
    ///
    /// - Parameter marks: the words beside the name of a cell's platform.
    static func ofMetrics<Cell: AnalysedCell>(
        _ cells: [Cell], caption: String, extras: [ExtraColumn<Cell>] = [],
        marks: (Cell) -> [String] = { $0.caveats.words }
    ) -> Table {
        let metrics = Cell.metrics.enumerated().map { position, metric in
            MetricColumns(metric, isFirst: position == 0, rank: position + 1, cells)
        }
        let names: [Column] = [
            .init("workload", header: true), .init("platform", header: true), .init("n", numeric: true),
            .init("failed", numeric: true), .init("invalid", numeric: true),
        ]
        return Table(
            caption: caption, columns: names + metrics.flatMap(\.columns) + extras.map(\.column),
            rows: cells.enumerated().map { place, cell in
                let counts = cell.accounting
                let row: [[Inline]] = [
                    [.text(cell.cell.workload)], [Inline.text(cell.cell.platform)].marked(marks(cell)),
                    [.text("\(counts.ok) of \(counts.planned)")], [.text("\(counts.failed)")],
                    [.text("\(counts.invalid)")],
                ]
                return row + metrics.flatMap { $0.contents[place] } + extras.map { $0.content(cell) }
            })
    }
}

/// A metric's column; none for a metric that no cell has. The first metric, which is what the table is about, has its interval in
/// a column of its own, the others in brackets.
private struct MetricColumns {
    var columns: [Table.Column]
    /// By cell.
    var contents: [[[Inline]]]

    init<Cell: AnalysedCell>(_ metric: CellMetric<Cell>, isFirst: Bool, rank: Int, _ cells: [Cell]) {
        let estimates = cells.map(metric.estimate)
        guard isFirst || estimates.contains(where: { $0 != nil }) else {
            columns = []
            contents = cells.map { _ in [] }
            return
        }
        let hasRange = estimates.contains { $0?.range != nil }
        let spreadTitle = hasRange ? "least to most" : "95 % interval"
        var column = Table.Column(metric.title, numeric: true, rank: isFirst ? 0 : rank)
        if isFirst {
            columns = [column, Table.Column(spreadTitle, numeric: true, rank: 1)]
        } else {
            if estimates.contains(where: { $0?.interval != nil || $0?.range != nil }) { column.aside = spreadTitle }
            columns = [column]
        }
        contents = zip(cells, estimates).map { cell, estimate in
            guard let estimate else { return isFirst ? [.unknown, .unknown] : [.unknown] }
            let figure = MetricColumns.figure(estimate, metric.unit, ok: cell.accounting.ok)
            let spread = MetricColumns.spread(estimate, metric.unit)
            return isFirst
                ? [[.strong(figure)], [.text(spread ?? "none")]]
                : [[.text(figure)] + (spread.map { [.aside($0)] } ?? [])]
        }
    }

    private static func figure(_ estimate: Estimate, _ unit: Metric.Unit, ok: Int) -> String {
        let bound = estimate.isLowerBound ? "at least " : ""
        let few = estimate.n < ok ? " (n = \(estimate.n))" : ""
        return bound + Format.figure(estimate.value, unit) + few
    }

    private static func spread(_ estimate: Estimate, _ unit: Metric.Unit) -> String? {
        if let range = estimate.range {
            return Format.interval(range.lowerBound, range.upperBound, of: estimate.value, unit)
        }
        return estimate.interval.map { Format.interval($0.lower, $0.upper, of: estimate.value, unit) }
    }
}
