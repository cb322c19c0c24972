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
        var sections = [
            Document.Section(
                id: "plan", title: "", blocks: [.table(table(rows))],
                summary: Document.Summary(heading: "", table: sized.isEmpty ? nil : table(sized), lines: refused))
        ]
        if let limits = limitsTable {
            let title = "Limits of a host (\(request.limits.name))"
            sections.append(
                Document.Section(
                    id: "limits", title: title, blocks: [.table(limits)],
                    summary: Document.Summary(heading: title, table: limits)))
        }
        sections.append(
            Document.Section(
                id: "statements", title: "", blocks: [.list(statements.map { [.text($0)] })],
                summary: Document.Summary(heading: "", table: nil, lines: statements)))
        return Document(
            title: "Capacity plan", answers: ([question] + answers).map { [.text($0)] }, sections: sections)
    }

    private func table(_ rows: [Row]) -> Table {
        var columns: [Table.Column] = [
            // One workload is named above the table.
            .init("workload", header: true, rank: Set(rows.map(\.workload)).count > 1 ? 0 : 1),
            .init("platform", header: true), .init("memory each", rank: 3), .init("per host", numeric: true),
            .init("hosts", numeric: true), .init("binds", rank: 1), .init("wasted", rank: 6),
            .init("cost a month", rank: 2), .init("one kernel's fault hits", rank: 5),
            .init("measured up to", rank: 7), .init("basis"),
        ]
        let cells = rows.map(cells)
        for index in columns.indices where cells.contains(where: { $0[index].hasAside }) {
            columns[index].aside =
                ["binds": "what an instance takes", "basis": "what is missing"][columns[index].title] ?? "interval"
        }
        return Table(caption: "", columns: columns, rows: cells)
    }

    private func cells(_ row: Row) -> [[Inline]] {
        let scaled = row.caveats.filter { if case .scaledPerCPU = $0 { true } else { false } }
        let names: [[Inline]] = [
            [.text(row.workload)],
            [Inline.text(row.platform)].marked(row.caveats.filter { !scaled.contains($0) }),
        ]
        if let refusal = row.refusal {
            let unknown = [[Inline]](repeating: .unknown, count: 8)
            return names + unknown + [[.text("refused: \(refusal.text)")]]
        }
        func count(_ range: Range?) -> [Inline] { range.map { Self.count($0, Format.instances) } ?? .unknown }
        let missing: [Inline] = row.areLimitsKnown ? [] : [.aside("without most limits of the kernel")]
        let memory = [Inline.text(row.bytesEach.map(Self.bytes) ?? "–")].marked(scaled)
        let hosts = count(row.hosts) + (spareText.isEmpty ? [] : [.text(spareText)])
        return names + [
            memory, count(row.perHost), hosts, row.bindsInline,
            [.text(row.wasted.map(Format.percent) ?? "–")], count(row.cost),
            [.text(row.sharedFate.map(Format.instances) ?? "–")],
            [.text(row.containersPerVM != nil ? "not measured" : "\(row.measuredInstances)")],
            [.text(row.basisText)] + missing,
        ]
    }

    /// A figure, with its interval as an aside where it has one.
    static func count(_ range: Range, _ format: (Double) -> String) -> [Inline] {
        let (lower, upper) = (format(min(range.lower, range.upper)), format(max(range.lower, range.upper)))
        return [.text(format(range.value))] + (lower == upper ? [] : [.aside("\(lower) to \(upper)")])
    }

    /// Limits farther away than so many times what a host holds are only in the JSON.
    private static let farLimit = 10.0

    /// The limits that bind, or nearly so, with what each platform by itself takes of them; nil where there is none.
    private var limitsTable: Table? {
        let near = rows.flatMap { row -> [(row: Row, share: LimitShare)] in
            guard row.containersPerVM == nil, let most = row.perHost?.value else { return [] }
            return row.limits.filter { $0.holds.value <= Self.farLimit * most }.map { (row, $0) }
        }
        let resources = near.sorted { $0.share.holds.value < $1.share.holds.value }.map(\.share.resource).uniqued()
        guard !resources.isEmpty else { return nil }
        let isOneWorkload = Set(rows.map(\.workload)).count == 1
        return Table(
            caption: "",
            columns: [
                .init("limit", header: true), .init("a host has", numeric: true),
                .init("in use before", numeric: true, rank: 2), .init("an instance takes (a host holds)"),
                .init("source", rank: 1),
            ],
            rows: resources.compactMap { resource in
                let mine = near.filter { $0.share.resource == resource }
                guard let first = mine.first?.share else { return nil }
                let used = mine.map(\.share.inUse).max() ?? 0
                let taken = mine.map { row, share in
                    let name = isOneWorkload ? row.platform : "\(row.workload) on \(row.platform)"
                    return "\(name) \(share.amount(share.each.value)) (\(Format.endlessInstances(share.holds.value)))"
                }
                let texts = [
                    resource.rawValue, first.amount(Double(first.limit.value)), first.amount(used),
                    taken.joined(separator: ", "), first.limit.source,
                ]
                return texts.map { [.text($0)] }
            })
    }

    private static func bytes(_ range: Range) -> String {
        let value = Format.signedBytes(range.value)
        guard range.lower != range.upper else { return value }
        return "\(value) [\(Format.signedBytes(range.lower, to: range.upper, of: range.value))]"
    }
}
