import Analysis
import BenchmarkModel
import Charts
import Statistics

/// What each part of the kernel's isolation adds by itself, in memory and in start time.
enum IsolationFigure {
    /// Where only some parts are switched on.
    private struct Row {
        /// The parts in words.
        var name: String
        var caveats: [String]
        /// The figure itself.
        var value: Double
        var interval: Interval?
        /// By how much it exceeds the figure without any part.
        var more: Double
        /// Whether it is that figure.
        var isNone: Bool
    }

    /// What is drawn, and how its figures are written.
    private enum Quantity: String {
        case memory
        case startup

        var subject: String {
            switch self {
            case .memory: "one more idle instance"
            case .startup: "a warm start"
            }
        }

        var unit: Charts.Unit {
            switch self {
            case .memory: .bytes
            case .startup: .nanoseconds
            }
        }

        private var metric: Metric.Unit {
            switch self {
            case .memory: .bytes
            case .startup: .nanoseconds
            }
        }

        /// A figure with its interval.
        func text(_ value: Double, _ interval: Interval?) -> String {
            let ends = interval.map { " [\(Format.interval($0.lower, $0.upper, of: value, metric))]" }
            return Format.figure(value, metric) + (ends ?? "")
        }

        func difference(_ value: Double) -> String {
            switch self {
            case .memory: (value < 0 ? "" : "+") + Format.signedBytes(value)
            case .startup: Format.signedDuration(value)
            }
        }
    }

    /// For each workload one of memory and one of starts; none where nothing can be set against a row without any part.
    static func figures(of cells: [FootprintCell], starts: [StartupCell]) -> [Figure] {
        let measured = cells.filter { $0.traits?.parts != nil }
        return measured.map(\.cell.workload).uniqued().flatMap { workload -> [Figure] in
            let ladders = measured.filter { $0.cell.workload == workload }
            let timed = starts.filter { $0.cell.workload == workload && $0.traits?.parts != nil }
            let both = [
                figure(of: ladders.compactMap(memory), .memory, workload),
                figure(of: timed.compactMap(startup), .startup, workload),
            ]
            return both.compactMap { $0 }
        }
    }

    private static func memory(_ cell: FootprintCell) -> Row? {
        guard let line = cell.ledger, let more = cell.moreThanNone else { return nil }
        return row(cell, value: line.slope, interval: line.slopeInterval, more: more)
    }

    private static func startup(_ cell: StartupCell) -> Row? {
        guard let startup = cell.startup, let more = cell.moreThanNone else { return nil }
        return row(cell, value: startup.median, interval: startup.interval, more: more)
    }

    private static func row(_ cell: some AnalysedCell, value: Double, interval: Interval?, more: Double) -> Row {
        let parts = cell.traits?.parts ?? []
        return Row(
            name: parts.isEmpty ? "none" : parts.map(\.rawValue).joined(separator: ", "), caveats: cell.caveats.words,
            value: value, interval: interval, more: more, isNone: parts.isEmpty)
    }

    private static func figure(of rows: [Row], _ quantity: Quantity, _ workload: String) -> Figure? {
        guard rows.count > 1 else { return nil }
        let sentences = rows.map { "\($0.name)\($0.caveats.inParentheses): \(words($0, quantity))." }
        let chart = IntervalChart(
            id: "isolation-\(quantity.rawValue)-\(Format.identifier(workload))",
            title: "What each part of the isolation adds to \(quantity.subject) of \(workload)",
            description: sentences.joined(separator: " "), unit: quantity.unit, reference: 0,
            series: [.init(name: "more than none")], rows: rows.map { drawn($0, quantity) })
        guard let chart else { return nil }
        let bars =
            rows.contains { $0.interval != nil }
            ? " Bar: the 95 % interval of each figure by itself, less the figure of none."
            : ""
        return Figure(
            caption:
                "\(workload): what each part of the kernel's isolation adds by itself to \(quantity.subject); the dashed "
                + "line is none of them.\(bars)",
            legend: chart.legend + [LegendEntry(style: "reference", label: "none")], svg: chart.svg)
    }

    private static func drawn(_ row: Row, _ quantity: Quantity) -> IntervalChart.Row {
        // An interval of the difference is not known.
        let shift = row.more - row.value
        return IntervalChart.Row(
            name: row.name, caveats: row.caveats,
            value: row.isNone ? "\(quantity.text(row.value, nil)) in all" : quantity.difference(row.more),
            points: [
                .init(
                    series: 0, value: row.more, interval: row.interval.map { ($0.lower + shift)...($0.upper + shift) },
                    tip: words(row, quantity))
            ])
    }

    private static func words(_ row: Row, _ quantity: Quantity) -> String {
        let whole = "\(quantity.text(row.value, row.interval)) in all"
        return row.isNone ? whole : "\(quantity.difference(row.more)), \(whole)"
    }
}
