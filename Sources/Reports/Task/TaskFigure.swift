import Analysis
import BenchmarkModel
import Charts
import Statistics

/// The price of the boundary: what each task costs on each platform, in multiples of its floor.
enum TaskFigure {
    /// nil where no task has a ratio to a floor.
    static func figure(of cells: [TaskCell]) -> Figure? {
        let platforms = cells.map(\.cell.platform).uniqued()
        let rows = cells.map(\.cell.workload).uniqued().flatMap { workload in
            Self.rows(cells.filter { $0.cell.workload == workload }, platforms)
        }
        guard rows.contains(where: { !$0.points.isEmpty }) else { return nil }
        let series = platforms.map { platform in
            // What all its cells have in common; what only some have stands in the table.
            IntervalChart.Series(
                name: platform,
                caveats: TaskMarks.shared(cells.filter { $0.cell.platform == platform }.map(TaskMarks.words)))
        }
        let chart = IntervalChart(
            id: "costs", title: "Cost of each task in multiples of its floor",
            description: rows.flatMap { row in row.points.map { "\(row.name): \($0.tip)." } }.joined(separator: " "),
            unit: .ratio, reference: 1, series: series, rows: rows)
        guard let chart else { return nil }
        return Figure(
            caption:
                "The price of the boundary: how many times as dear each task is as in its floor, whose own figure stands "
                + "at the right, with 95 % intervals; the dashed line is the floor itself. Logarithmic scale: equal distances are "
                + "equal ratios.",
            legend: chart.legend + [LegendEntry(style: "reference", label: "the floor")], svg: chart.svg)
    }

    private static func rows(_ mine: [TaskCell], _ platforms: [String]) -> [IntervalChart.Row] {
        guard let base = TaskCosts.base(among: mine) else {
            return mine.prefix(1).map { cell in
                IntervalChart.Row(name: cell.cell.workload, caveats: ["no floor was measured"], points: [])
            }
        }
        let others = mine.filter { $0.cell.key != base.cell.key }
        return base.headlines.enumerated().map { place, measure in
            let points = others.compactMap { cell in
                platforms.firstIndex(of: cell.cell.platform).flatMap { point(cell, place, base, series: $0) }
            }
            let without = others.filter { $0.headlines[place].ratio(to: base.cell.platform) == nil }
                .map(\.cell.platform)
            let own = measure.sampled.map { "\(Format.figure($0.median, measure.unit)) in \(base.cell.platform)" }
            return IntervalChart.Row(
                name: "\(base.cell.workload), by \(measure.title)",
                caveats: measure.caveats.words + TaskMarks.words(base)
                    + (without.isEmpty ? [] : ["no ratio: \(Format.enumeration(without))"]), value: own ?? "no figure",
                points: points)
        }
    }

    private static func point(_ cell: TaskCell, _ place: Int, _ base: TaskCell, series: Int) -> IntervalChart.Point? {
        guard let ratio = cell.headlines[place].ratio(to: base.cell.platform) else { return nil }
        let interval = ratio.interval.map { " [\(Format.number($0.lower)) to \(Format.number($0.upper))]" } ?? ""
        let caveats = TaskMarks.words(cell).inParentheses
        return IntervalChart.Point(
            series: series, value: ratio.value,
            interval: ratio.interval.flatMap { $0.lower > 0 && $0.lower <= $0.upper ? $0.lower...$0.upper : nil },
            tip: "\(cell.cell.platform)\(caveats): \(Format.number(ratio.value)) times\(interval)")
    }
}
