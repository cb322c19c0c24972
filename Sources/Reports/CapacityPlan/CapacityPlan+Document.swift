package import Analysis
import BenchmarkModel

extension CapacityPlan {
    /// Writes the plan for a terminal.
    package func text(width: Int, color: Bool) -> String {
        TerminalSummary.render(document, width: width, color: color)
    }

    /// Writes the plan as GitHub-flavoured Markdown.
    package func markdown() -> String { MarkdownRenderer.render(document) }

    private var document: Document {
        let sized = rows.filter { $0.refusal == nil }
        let refused = rows.compactMap { row in
            row.refusal.map { "Not sized: \(row.workload) on \(row.platform): \($0.text)." }
        }.uniqued()
        let statements = statements.map(\.text)
        return Document(
            title: "Capacity plan", answers: ([question] + answers).map { [.text($0)] },
            sections: [
                Document.Section(
                    id: "plan", title: "",
                    blocks: [.table(table(rows)), .list(statements.map { [.text($0)] })],
                    summary: Document.Summary(
                        heading: "", table: sized.isEmpty ? nil : table(sized), lines: refused + statements))
            ])
    }

    private func table(_ rows: [Row]) -> Table {
        Table(
            caption: "",
            columns: [
                // One workload is named above the table.
                .init("workload", header: true, rank: Set(rows.map(\.workload)).count > 1 ? 0 : 1),
                .init("platform", header: true), .init("memory each", rank: 3), .init("per host", numeric: true),
                .init("hosts", numeric: true), .init("binds", rank: 4), .init("wasted", rank: 6),
                .init("cost a month", rank: 2), .init("one kernel's fault hits", rank: 5),
                .init("measured up to", rank: 7), .init("basis"),
            ],
            rows: rows.map(cells))
    }

    private func cells(_ row: Row) -> [[Inline]] {
        let names: [[Inline]] = [[.text(row.workload)], [Inline.text(row.platform)].marked(row.caveats)]
        if let refusal = row.refusal {
            let unknown = [[Inline]](repeating: .unknown, count: 8)
            return names + unknown + [[.text("refused: \(refusal.text)")]]
        }
        func count(_ range: Range?) -> String { range.map { Self.range($0, Format.instances) } ?? "–" }
        let isMixed = row.containersPerVM != nil
        let figures: [String] = [
            row.bytesEach.map(Self.bytes) ?? "–", count(row.perHost), count(row.hosts), row.binds?.text ?? "–",
            row.wasted.map(Format.percent) ?? "–", count(row.cost), row.sharedFate.map(Format.instances) ?? "–",
            isMixed ? "not measured" : "\(row.measuredInstances)",
            isMixed ? "extrapolated, assumed" : row.basis?.rawValue ?? "–",
        ]
        return names + figures.map { [.text($0)] }
    }

    private static func range(_ range: Range, _ format: (Double) -> String) -> String {
        let (value, lower, upper) = (
            format(range.value), format(min(range.lower, range.upper)), format(max(range.lower, range.upper))
        )
        return lower == upper ? value : "\(value) [\(lower) to \(upper)]"
    }

    private static func bytes(_ range: Range) -> String {
        let value = Format.signedBytes(range.value)
        guard range.lower != range.upper else { return value }
        return "\(value) [\(Format.signedBytes(range.lower, to: range.upper, of: range.value))]"
    }
}
