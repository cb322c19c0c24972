package import Analysis
import BenchmarkModel
import Charts

/// Series over runs for people.
package struct HistoryReport: Sendable {
    let histories: [History]
    /// The name of the suite whose runs they are.
    let suite: String

    package init(_ histories: [History], suite: String) {
        self.histories = histories
        self.suite = suite
    }

    /// GitHub-flavoured Markdown.
    package func markdown() -> String {
        let document = Document(
            title: "History of \(suite)", answers: histories.sentences,
            sections: histories.isEmpty
                ? []
                : [Document.Section(id: "history", title: "", blocks: HistoryTables.blocks(histories, isFolded: false))]
        )
        return MarkdownRenderer.render(document)
    }

    /// A sparkline for each series, and below it its change points.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line; taken as at least 40.
    ///   - color: whether ANSI sequences may be used.
    ///   - isPlain: whether the terminal shows nothing but ASCII.
    package func terminal(width: Int, color: Bool, isPlain: Bool = false) -> String {
        let width = max(40, width)
        var parts: [String] = []
        for metric in histories.map(\.metric).uniqued() {
            let better = metric.polarity == .lowerIsBetter ? "lower" : "higher"
            let heading = Escape.terminal("\(metric.id): \(metric.title), \(better) is better")
            parts.append((color ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n")
            parts += histories.filter { $0.metric == metric }.map { lines(of: $0, width, color, isPlain) }
        }
        let closing = shared(\.leftOutText) + shared(\.tooFewText) + [histories.methodText]
        parts.append(closing.map { TerminalSummary.wrap($0, width: width) }.joined())
        return parts.joined(separator: "\n")
    }

    private func lines(of history: History, _ width: Int, _ color: Bool, _ isPlain: Bool) -> String {
        let caveats = history.caveats.inParentheses
        var out = TerminalSummary.wrap(history.label + caveats, width: width)
        let sparkline = Sparkline(history, width: width)
        if history.points.count > 1 { out += sparkline.text(isPlain: isPlain) + "\n" }
        if let marks = sparkline.marks { out += marks + "\n" }
        out += TerminalSummary.wrap(history.rangeText, width: width)
        for step in history.steps {
            let started = step.startedAt.flatMap(Format.date).map { " (\($0))" } ?? ""
            let line = TerminalSummary.wrap("\(step.run)\(started): \(history.words(step))", width: width)
            out += color ? "\u{1B}[\(step.isWorse ? 31 : 32)m\(line.dropLast())\u{1B}[0m\n" : line
        }
        for sentence in [\History.leftOutText, \History.tooFewText] where shared(sentence).isEmpty {
            if let text = history[keyPath: sentence] { out += TerminalSummary.wrap(text, width: width) }
        }
        return out
    }

    /// A sentence that all of several series have is said once, at the end.
    private func shared(_ sentence: KeyPath<History, String?>) -> [String] {
        let all = histories.map { $0[keyPath: sentence] }
        guard all.count > 1, let first = all.first, let text = first, all.allSatisfy({ $0 == text }) else { return [] }
        return [text]
    }
}
