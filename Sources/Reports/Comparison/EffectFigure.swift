import Analysis
import BenchmarkModel
import Charts
import Statistics

/// The effects of a comparison with their intervals.
enum EffectFigure {
    /// What a mark stands for, in the order of the styles.
    private static let verdicts: [Verdict] = [.inconclusive, .regressed, .equivalent, .improved]

    /// nil where no effect is a ratio.
    static func figure(of comparison: Comparison) -> Figure? {
        let known = comparison.rows.filter { $0.effect != nil }
        let drawn = known.filter { $0.scale == .ratio && verdicts.contains($0.verdict) }
        let chart = IntervalChart(
            id: "effects", title: "Changes against \(comparison.base.name)",
            description: drawn.map { "\($0.nameText): \(words($0))." }.joined(separator: " "), unit: .ratio,
            reference: 1, series: verdicts.map { .init(name: $0.rawValue) }, rows: drawn.map(row))
        guard let chart else { return nil }
        let others = known.count - drawn.count
        return Figure(
            caption:
                "Head in multiples of the base, with the interval of each change; the dashed line is no change. "
                + "Logarithmic scale."
                + (others > 0 ? " Changes that are no ratio (\(others)) stand in the table only." : ""),
            legend: chart.legend, svg: chart.svg)
    }

    private static func row(_ figure: ComparedFigure) -> IntervalChart.Row {
        let points = figure.effect.map { effect in
            let ends = [effect.lower, effect.upper].map(Logarithm.exponential)
            let hasInterval = ends.allSatisfy { $0.isFinite } && ends[0] <= ends[1]
            return IntervalChart.Point(
                series: verdicts.firstIndex(of: figure.verdict) ?? 0, value: Logarithm.exponential(effect.value),
                interval: hasInterval ? ends[0]...ends[1] : nil, tip: words(figure))
        }
        return IntervalChart.Row(
            name: figure.nameText, caveats: figure.caveats, value: "\(figure.effectText), \(figure.verdictText)",
            points: [points].compactMap { $0 })
    }

    private static func words(_ figure: ComparedFigure) -> String {
        let caveats = figure.caveats.inParentheses
        return "\(figure.effectText)\(caveats) [\(figure.intervalText)], \(figure.verdictText)"
    }
}
