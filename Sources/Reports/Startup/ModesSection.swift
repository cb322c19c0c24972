import Analysis
import BenchmarkModel
import Charts
import Statistics

/// The modes of a start side by side.
enum ModesSection {
    /// nil where there are not two.
    static func section(_ analysis: RunAnalysis) -> Document.Section? {
        let modes = analysis.modes
        guard modes.count > 1 else { return nil }
        let workloads = analysis.startups.map(\.cell.workload).uniqued()
        let figures = workloads.compactMap { workload in
            figure(analysis.startups.filter { $0.cell.workload == workload }, workload, modes)
        }
        return Document.Section(
            id: "startup-modes", title: "Startup, the modes side by side",
            blocks: [
                .paragraph([
                    .text(
                        "The medians of the sections above once more, each beside those of the same workload on the same "
                            + "platform under other conditions. They come from the same run; each has samples of its own."
                    )
                ]), .table(table(analysis, modes)),
            ] + figures.map(Document.Block.figure))
    }

    private static func table(_ analysis: RunAnalysis, _ modes: [StartupMode]) -> Table {
        let pairs = analysis.startups.map {
            Plan.Pair(workload: $0.cell.workload, platform: $0.cell.platform)
        }.uniqued()
        var columns: [Table.Column] = [.init("workload", header: true), .init("platform", header: true)]
        columns += modes.map { mode in
            var column = Table.Column(mode.key, numeric: true)
            column.aside = "95 % interval"
            return column
        }
        return Table(
            caption: "Time from the request to ready: medians in each mode", columns: columns,
            rows: pairs.map { pair in
                let mine = analysis.startups.filter {
                    $0.cell.workload == pair.workload && $0.cell.platform == pair.platform
                }
                return [[.text(pair.workload)], [.text(pair.platform)]]
                    + modes.map { mode in mine.first { $0.mode == mode }.map(cell) ?? .unknown }
            })
    }

    private static func cell(_ one: StartupCell) -> [Inline] {
        guard let startup = one.startup else { return .unknown.marked(one.caveats) }
        let interval = interval(startup).map { [Inline.aside($0)] } ?? []
        return ([.strong(Format.duration(startup.median))] + interval).marked(one.caveats)
    }

    private static func interval(_ startup: StartupCell.Durations) -> String? {
        startup.interval.map { Format.interval($0.lower, $0.upper, of: startup.median, .nanoseconds) }
    }

    private static func figure(_ cells: [StartupCell], _ workload: String, _ modes: [StartupMode]) -> Figure? {
        let rows = cells.map(\.cell.platform).uniqued().map { platform in
            let mine = cells.filter { $0.cell.platform == platform }
            return IntervalChart.Row(
                name: platform, caveats: mine.flatMap(\.caveats.words).uniqued(),
                points: modes.enumerated().compactMap { place, mode in
                    mine.first { $0.mode == mode }.flatMap { point($0, series: place) }
                })
        }
        let chart = IntervalChart(
            id: "modes-\(Format.identifier(workload))", title: "Startup of \(workload) in each mode",
            description: rows.flatMap { row in
                row.points.map { "\(row.name)\(row.caveats.inParentheses), \($0.tip)." }
            }.joined(separator: " "),
            unit: .nanoseconds, series: modes.map { IntervalChart.Series(name: $0.key) }, rows: rows)
        guard let chart else { return nil }
        return Figure(
            caption: "\(workload): the median of a start in each mode, with its 95 % interval. \(chart.scale.words).",
            legend: chart.legend, svg: chart.svg)
    }

    private static func point(_ one: StartupCell, series: Int) -> IntervalChart.Point? {
        guard let startup = one.startup else { return nil }
        let words = interval(startup).map { " [\($0)]" } ?? ""
        return IntervalChart.Point(
            series: series, value: startup.median, interval: startup.interval.map { $0.lower...$0.upper },
            tip: "\(one.mode.key): \(Format.duration(startup.median))\(words)")
    }
}
