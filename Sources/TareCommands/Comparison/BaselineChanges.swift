import Analysis
import BenchmarkModel
import Reports

/// What a new baseline changes in the old one: for whoever commits it.
struct BaselineChanges {
    /// So many are shown; git shows all.
    static let mostShown = 20

    struct Change: Encodable {
        var figure, old, new, change: String
    }

    /// Figures that are not the same, the largest change first.
    var changes: [Change] = []
    /// How many figures are in both.
    var common = 0
    var added = 0
    var gone = 0
    /// Why nothing can be compared, in words; nil where it can.
    var refusal: String?

    init(from old: Baseline, to new: Baseline) {
        // Nothing is judged here: every figure is shown that moved by more than counts as the same.
        let question = Comparison.Question(isInFamily: { _ in true })
        let comparison: Comparison
        do {
            comparison = try Comparison(
                base: old.side(named: "the old file"), head: new.side(named: "the new one"), question: question)
        } catch {
            refusal = (error as? TareError)?.message ?? "\(error)"
            return
        }
        added = comparison.rows.count { $0.base == nil }
        gone = comparison.rows.count { $0.head == nil }
        let both = comparison.rows.filter { $0.base != nil && $0.head != nil }
        common = both.count
        func size(_ row: ComparedFigure) -> Double {
            guard let effect = row.effect, row.effectThatCounts > 0 else { return 0 }
            return abs(effect.value) / row.effectThatCounts
        }
        changes = both.filter { row in row.effect.map { abs($0.value) > row.margin } ?? (row.baseText != row.headText) }
            .sorted { (size($0), $1.label, $1.metric.id) > (size($1), $0.label, $0.metric.id) }
            .map { Change(figure: $0.nameText, old: $0.baseText, new: $0.headText, change: $0.effectText) }
    }

    /// In sentences and a table, without escape sequences from what it quotes.
    func text(width: Int, color: Bool) -> String {
        if let refusal {
            return TerminalSummary.wrap("The old file is not comparable with it: \(refusal).", width: max(40, width))
        }
        var parts = [
            changes.isEmpty
                ? "None of its \(common) figures moved by more than counts as the same."
                : "\(changes.count) of its \(common) figures moved:"
        ]
        if added > 0 { parts[0] += " \(added) are new." }
        if gone > 0 { parts[0] += " \(gone) are gone." }
        guard !changes.isEmpty else { return TerminalSummary.wrap(parts[0], width: max(40, width)) }
        let table = TerminalTable(
            columns: [
                .init("figure"), .init("change", numeric: true), .init("old", numeric: true, rank: 2),
                .init("new", numeric: true, rank: 1),
            ],
            rows: changes.prefix(BaselineChanges.mostShown).map { [$0.figure, $0.change, $0.old, $0.new] })
        parts.append(table.render(width: width, color: color))
        if changes.count > BaselineChanges.mostShown {
            parts.append("And \(changes.count - BaselineChanges.mostShown) more; 'git diff' shows all.\n")
        }
        return TerminalSummary.wrap(parts[0], width: max(40, width)) + parts.dropFirst().joined()
    }
}
