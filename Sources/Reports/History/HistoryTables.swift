import Analysis
import BenchmarkModel

/// Series over runs as tables and lists.
enum HistoryTables {
    /// All that a page says of series.
    ///
    /// - Parameter isFolded: whether the table of series is, where there is no change point.
    static func blocks(_ histories: [History], isFolded: Bool) -> [Document.Block] {
        var table = series(histories)
        table.isFolded = isFolded && histories.allSatisfy(\.steps.isEmpty)
        var blocks: [Document.Block] = [.table(table)]
        if histories.contains(where: { !$0.steps.isEmpty }) { blocks.append(.table(steps(histories))) }
        return blocks + [.list((notes(histories) + [histories.methodText]).map { [.text($0)] })]
    }

    private static func series(_ histories: [History]) -> Table {
        Table(
            caption: "Each series over its runs, the oldest first",
            columns: [
                .init("figure", header: true), .init("runs", numeric: true), .init("first", numeric: true),
                .init("last", numeric: true), .init("min", numeric: true), .init("max", numeric: true),
                .init("change points", numeric: true),
            ],
            rows: histories.map { history in
                let values = history.points.map(\.estimate)
                let figures = [values.first, values.last, values.min(), values.max()]
                return [name(of: history), [.text("\(values.count)")]]
                    + figures.map { value in value.map { [.text(history.text($0))] } ?? .unknown }
                    + [[.text(history.fewestForSteps == nil ? "\(history.steps.count)" : "too few runs")]]
            })
    }

    private static func steps(_ histories: [History]) -> Table {
        Table(
            caption: "Change points, with the first run after each",
            columns: [
                .init("figure", header: true), .init("run"), .init("started"), .init("change", numeric: true),
                .init("median before", numeric: true), .init("median after", numeric: true),
                .init("runs before", numeric: true), .init("runs after", numeric: true), .init("p", numeric: true),
            ],
            rows: histories.flatMap { history in
                history.steps.map { step in
                    [
                        name(of: history), [.code(step.run)],
                        [.text(step.startedAt.flatMap(Format.date) ?? "at an unknown time")],
                        [.strong(history.effectText(step))], [.text(history.text(step.before))],
                        [.text(history.text(step.after))], [.text("\(step.runsBefore)")],
                        [.text("\(step.runsAfter)")], [.text(Format.number(step.pValue))],
                    ]
                }
            })
    }

    private static func name(of history: History) -> [Inline] {
        [.text(history.name)] + history.caveats.flatMap { [.text(" "), .mark($0)] }
    }

    /// What is left out and what is too short, each once, with the series that it is said of.
    private static func notes(_ histories: [History]) -> [String] {
        let sentences = histories.flatMap { [$0.leftOutText, $0.tooFewText].compactMap { $0 } }.uniqued()
        return sentences.map { sentence in
            let mine = histories.filter { $0.leftOutText == sentence || $0.tooFewText == sentence }
            let which =
                mine.count == histories.count
                ? "" : mine.count > 3 ? "\(mine.count) series: " : "\(mine.map(\.name).joined(separator: "; ")): "
            return which + sentence
        }
    }
}
