package import Analysis
import BenchmarkModel

/// What a gate says, for whoever reads the pull request.
package struct GateReport: Sendable {
    /// So many rows of each kind are shown at once; the rest can be unfolded.
    private static let mostShown = 12

    private let document: Document

    package init(_ result: GateResult) {
        let comparison = result.comparison
        let loud = result.checks.filter { $0.isLoud }
        let quiet = result.checks.filter { !$0.isLoud }.map(\.row)
        var blocks: [Document.Block] = []
        let shown = loud.prefix(GateReport.mostShown).map(\.row)
        let folded = loud.dropFirst(GateReport.mostShown).map(\.row) + quiet
        if !shown.isEmpty { blocks.append(.table(.ofComparison(Array(shown)))) }
        let bounds = Table.ofBounds(result.bounds)
        if let bounds { blocks.append(.table(bounds)) }
        if !folded.isEmpty {
            var table = Table.ofComparison(
                folded, caption: "\(Format.count(folded.count, "more figure")), of which nothing follows")
            if loud.count > GateReport.mostShown { table.caption = Format.count(folded.count, "more figure") }
            table.isFolded = true
            blocks.append(.table(table))
        }
        blocks += ComparisonReport.notes(comparison)
        var sections = [
            Document.Section(
                id: "gate", title: "", blocks: blocks,
                summary: Document.Summary(
                    heading: "",
                    table: result.checks.isEmpty ? nil : .ofComparison(result.checks.map(\.row)),
                    lines: ComparisonReport.lines(comparison)))
        ]
        if let bounds {
            sections.append(
                Document.Section(
                    id: "bounds", title: "", blocks: [], summary: Document.Summary(heading: "Bounds", table: bounds)))
        }
        document = Document(
            title: result.outcome.title,
            answers: [[.strong(result.sentence)], ComparisonReport.sides(comparison)]
                + ComparisonReport.insistence(comparison),
            sections: sections)
    }

    package func markdown() -> String { MarkdownRenderer.render(document) }

    /// - Parameters:
    ///   - width: how many characters fit in a line.
    ///   - color: whether ANSI sequences may be used.
    package func terminal(width: Int, color: Bool) -> String {
        TerminalSummary.render(document, width: width, color: color)
    }
}

extension GateResult.Check {
    /// Whether a reader must see it at once.
    fileprivate var isLoud: Bool {
        switch fate {
        case .fails, .failsInconclusive, .missing: true
        case .passes: row.verdict == .improved || row.verdict == .regressed
        // That nobody failed on either side is no news, although so few could not have shown much.
        case .passesUndecided: !(row.base?.counts?.events == 0 && row.head?.counts?.events == 0)
        }
    }
}

extension GateResult.Outcome {
    fileprivate var title: String {
        switch self {
        case .regression: "❌ tare gate: regression"
        case .notComparable: "❌ tare gate: nothing to judge"
        case .inconclusive: "❔ tare gate: inconclusive"
        case .pass: "✅ tare gate: pass"
        }
    }
}

extension Table {
    /// The bounds of a policy; nil where it sets none.
    fileprivate static func ofBounds(_ bounds: [GateResult.BoundCheck]) -> Table? {
        guard !bounds.isEmpty else { return nil }
        var figure = Column("head", numeric: true)
        figure.aside = "90 % interval"
        return Table(
            caption: "",
            columns: [
                Column("bound", header: true), Column("verdict"), figure, Column("why", rank: 1),
            ],
            rows: bounds.map { check in
                let interval = check.interval.flatMap { interval in
                    check.figure.map {
                        Format.interval(interval.lowerBound, interval.upperBound, of: $0.estimate, $0.metric.unit)
                    }
                }
                let word: String
                switch check.verdict {
                case .regressed: word = "broken"
                case .equivalent: word = "kept"
                case .improved, .inconclusive, .oneSided: word = check.fate == .missing ? "no figure" : "inconclusive"
                }
                return [
                    [
                        .text(
                            "\(check.bound.metric) \(check.bound.must) \(check.bound.text), \(check.cell)"
                        )
                    ],
                    [check.fate == .fails ? .strong(word) : .text(word)],
                    [.text(check.figure?.text ?? "none")] + (interval.map { [.aside($0)] } ?? []),
                    [.text(check.reasons.joined(separator: "; "))],
                ]
            })
    }
}
