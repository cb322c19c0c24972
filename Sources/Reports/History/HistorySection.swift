import Analysis
import BenchmarkModel
import Charts

/// What a report says of the runs before this one.
enum HistorySection {
    /// So many series are shown.
    static let most = 12

    /// nil where there is nothing to show.
    static func section(_ histories: [History]) -> Document.Section? {
        guard !histories.isEmpty else { return nil }
        let shown = Array(histories.changedFirst.prefix(most))
        let changed = histories.filter { !$0.steps.isEmpty }
        var blocks: [Document.Block] = [.paragraph(opening(histories, shown: shown.count))]
        if !changed.isEmpty { blocks.append(.list(changed.prefix(most).map { [$0] }.flatMap(\.sentences))) }
        blocks += shown.enumerated().compactMap { place, history in
            figure(of: history, place: place).map { .figure($0) }
        }
        blocks += HistoryTables.blocks(shown, isFolded: true)
        let summary =
            changed.isEmpty
            ? nil
            : Document.Summary(
                heading: "History: what changed over the runs", table: nil,
                lines: changed.prefix(most).map { [$0] }.flatMap(\.sentences).map(\.plain))
        return Document.Section(id: "history", title: "History", blocks: blocks, summary: summary)
    }

    private static func opening(_ histories: [History], shown: Int) -> [Inline] {
        let changed = histories.count { !$0.steps.isEmpty }
        var words = "This run and those before it that may be set beside it. "
        words +=
            changed == 0
            ? "There is no change point in \(Format.count(histories.count, "series", "series"))."
            : "\(changed) of \(Format.count(histories.count, "series", "series")) changed."
        if shown < histories.count {
            words += " \(shown) are shown here; "
            return [.text(words), .code("tare history '*'"), .text(" shows all.")]
        }
        return [.text(words)]
    }

    /// - Parameter place: makes its identity unique in the page.
    private static func figure(of history: History, place: Int) -> Figure? {
        let caveats = history.caveats.inParentheses
        let changes = history.steps.map { "From run \($0.run) on: \(history.words($0))." }
        let chart = SeriesChart(
            id: "history-\(place)", title: "\(history.name)\(caveats) over runs",
            description: ([history.rangeText] + changes).joined(separator: " "), unit: history.metric.unit.axis,
            points: history.points.map { point in
                SeriesChart.Point(
                    value: point.estimate, moment: String(point.startedAt.flatMap(Format.date)?.prefix(10) ?? ""),
                    tip: "\(point.run): \(history.text(point.estimate))"
                        + point.caveats.inParentheses)
            },
            steps: history.steps.map { step in
                SeriesChart.Step(index: step.index, label: history.effectText(step), isWorse: step.isWorse)
            },
            levels: (history.steps.first.map { [$0.before] } ?? []) + history.steps.map(\.after))
        guard let chart else { return nil }
        let outcome = changes.isEmpty ? ["No change point."] : changes
        return Figure(
            caption: (["\(history.name)\(caveats)."] + [history.rangeText] + outcome + words(chart.scale))
                .joined(separator: " "),
            legend: chart.legend, svg: chart.svg, isFolded: history.steps.isEmpty)
    }
}

extension HistorySection {
    /// What of a scale might mislead.
    private static func words(_ scale: Charts.Scale) -> [String] {
        if scale.kind == .logarithmic { return ["The scale is logarithmic."] }
        return scale.lower == 0 ? [] : ["The scale does not begin at zero."]
    }
}

extension Metric.Unit {
    /// In what an axis counts it.
    fileprivate var axis: Charts.Unit {
        switch self {
        case .nanoseconds: .nanoseconds
        case .bytes: .bytes
        case .count: .count
        case .cpuShare, .share: .share
        case .ratio: .ratio
        case .other: .number
        }
    }
}
