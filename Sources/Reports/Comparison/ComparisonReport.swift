package import Analysis
import BenchmarkModel

/// A comparison in words and a table for people.
package struct ComparisonReport: Sendable {
    private let document: Document

    package init(_ comparison: Comparison) {
        let section = Document.Section(
            id: "comparison", title: "",
            blocks: [.table(.ofComparison(comparison.rows))] + ComparisonReport.notes(comparison),
            summary: Document.Summary(
                heading: "", table: .ofComparison(comparison.rows),
                lines: ComparisonReport.lines(comparison)))
        document = Document(
            title: "Comparison", subtitle: [],
            answers: [ComparisonReport.sides(comparison), ComparisonReport.verdicts(comparison)]
                + ComparisonReport.insistence(comparison),
            sections: comparison.rows.isEmpty ? [] : [section])
    }

    /// The comparison as a part of the head's own report.
    static func section(_ comparison: Comparison) -> Document.Section {
        let table = Table.ofComparison(comparison.rows)
        let title = "Compared with \(comparison.base.name)"
        var blocks: [Document.Block] = ([sides(comparison), verdicts(comparison)] + insistence(comparison)).map {
            .paragraph($0)
        }
        if !comparison.rows.isEmpty {
            blocks += [EffectFigure.figure(of: comparison)].compactMap { $0 }.map { .figure($0) }
            blocks += [.table(table)] + notes(comparison)
        }
        return Document.Section(
            id: "comparison", title: title, blocks: blocks,
            summary: comparison.rows.isEmpty ? nil : Document.Summary(heading: title, table: table))
    }

    package func markdown() -> String { MarkdownRenderer.render(document) }

    /// - Parameters:
    ///   - width: how many characters fit in a line.
    ///   - color: whether ANSI sequences may be used.
    package func terminal(width: Int, color: Bool) -> String {
        TerminalSummary.render(document, width: width, color: color)
    }

    /// What was compared, and how.
    static func sides(_ comparison: Comparison) -> [Inline] {
        [
            .text("Base "), .code(comparison.base.name), .text(", head "), .code(comparison.head.name),
            .text(", \(comparison.design.words)."),
        ]
    }

    /// On what the two differ and were compared all the same; empty where there is nothing.
    static func insistence(_ comparison: Comparison) -> [[Inline]] {
        guard !comparison.insisted.isEmpty else { return [] }
        return [
            [
                .strong("Insisted: "), .text("the two differ in "),
                .text(comparison.insisted.map(\.words).joined(separator: "; ")),
                .text(". Effects may come from that alone."),
            ]
        ]
    }

    /// How many figures have which verdict.
    private static func verdicts(_ comparison: Comparison) -> [Inline] {
        let counts = [Verdict.regressed, .improved, .inconclusive, .equivalent, .oneSided].compactMap { verdict in
            let rows = comparison.rows(verdict)
            return rows.isEmpty ? nil : "\(rows.count) \(verdict.rawValue)"
        }
        guard !counts.isEmpty else { return [.text("There is no figure to compare.")] }
        return [
            .text("Of \(Format.count(comparison.rows.count, "figure")): "), .strong(counts.enumeration), .text("."),
        ]
    }

    static func notes(_ comparison: Comparison) -> [Document.Block] {
        [.list(lines(comparison).map { [.text($0)] })]
    }

    /// Why rows are undecided, each reason once, and how the table is read.
    static func lines(_ comparison: Comparison) -> [String] {
        var lines = comparison.notes
        let reasons = comparison.rows.flatMap(\.reasons).uniqued()
        for reason in reasons.prefix(8) {
            let rows = comparison.rows.filter { $0.reasons.contains(reason) }
            let which =
                rows.count == comparison.rows.count && rows.count > 1
                ? "all" : rows.count > 3 ? "\(rows.count) figures" : rows.map(\.nameText).joined(separator: "; ")
            lines.append("\(which): \(reason).")
        }
        if reasons.count > 8 { lines.append("And \(reasons.count - 8) more reasons; JSON has all.") }
        lines.append(
            "Regressed and improved: a test of whether the change exceeds 1 %, at 1 % for all \(comparison.familySize) figures together (Holm). "
                + "Equivalent: the 90 % interval lies within \(Format.percent(comparison.effect)), or what the policy says. "
                + "Inconclusive: neither; 'could see' is the least effect that so many samples would have found.")
        return lines
    }
}

extension Comparison.Design {
    var words: String {
        switch self {
        case .interleaved: "measured in turn within each block of one run"
        case .separate:
            "measured one after the other; the variance between runs is part of the error where it was learnt"
        case .manyRuns: "several runs a side; their own spread is the error"
        }
    }
}

extension Table {
    /// A row for each figure.
    static func ofComparison(_ rows: [ComparedFigure], caption: String = "") -> Table {
        Table(
            caption: caption,
            columns: [
                Column("figure", header: true), Column("verdict"), Column("change", numeric: true),
                Column("interval", numeric: true, rank: 1), Column("head", numeric: true, rank: 2),
                Column("base", numeric: true, rank: 3), Column("could see", numeric: true, rank: 4),
            ],
            rows: rows.map { row in
                let isLoud = row.verdict == .regressed || row.verdict == .improved
                return [
                    [Inline.text(row.nameText)] + row.caveats.flatMap { [.text(" "), .mark($0)] },
                    [isLoud ? .strong(row.verdictText) : .text(row.verdictText)],
                    [isLoud ? .strong(row.effectText) : .text(row.effectText)],
                    [.text(row.effect == nil ? "–" : row.intervalText)], [.text(row.headText)], [.text(row.baseText)],
                    [.text(row.detectableText)],
                ]
            })
    }
}
