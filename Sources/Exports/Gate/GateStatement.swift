import Analysis
import BenchmarkModel

/// A check, or a bound in a cell, as all forms for programs tell it: worded once, so that no two of them can disagree.
struct GateStatement {
    enum Kind {
        /// It fails the gate.
        case failure
        /// It fails the gate because there is nothing to be judged.
        case missing
        /// It is inconclusive, and that passes.
        case undecided
        /// It got better.
        case improvement
        case passing
    }

    var kind: Kind
    /// The verdict in a word or two.
    var word: String
    /// What was measured, the first part of a cell's key.
    var experiment: String
    /// The cell's key; both, where one of each side is compared.
    var cell: String
    /// The metric's id.
    var metric: String
    /// What was judged of the cell; the same in every run, so that programs can follow it.
    var name: String
    /// What was judged and where.
    var title: String
    /// All that matters on one line, without a full stop.
    var sentence: String
    /// Line by line.
    var details: [String]

    /// Whether the gate cannot pass with it.
    var isFatal: Bool { kind == .failure || kind == .missing }
}

extension GateResult {
    /// All that was judged, in the order of the result. Where the gate does not pass and no single thing is the reason, the
    /// outcome itself is a statement: no form may look like a pass because nothing was judged.
    var statements: [GateStatement] {
        let all = checks.map(GateStatement.init) + bounds.map(GateStatement.init)
        guard outcome != .pass, !all.contains(where: \.isFatal) else { return all }
        return all + [
            GateStatement(
                kind: .missing, word: outcome.rawValue, experiment: "gate", cell: "gate", metric: "gate",
                name: "outcome", title: "gate", sentence: sentence, details: [sentence] + comparison.notes)
        ]
    }

    /// What the two sides differ in although they should not, insisted on, in a sentence; nil where there is nothing.
    var insistence: String? {
        guard !comparison.insisted.isEmpty else { return nil }
        return "The two sides differ and were compared all the same: "
            + comparison.insisted.map(\.words).joined(separator: "; ")
    }
}

extension GateStatement {
    init(_ check: GateResult.Check) {
        let row = check.row
        self.init(
            kind: Kind(check.fate, improved: row.verdict == .improved),
            word: check.fate == .missing ? "missing" : row.verdictText,
            experiment: CellKey(row.cell).experiment, cell: row.place, metric: row.metric.id,
            name: "\(row.metric.title) (\(row.metric.id))", title: "\(row.metric.title), \(row.label)",
            sentence: check.fate == .missing ? row.missingSentence : row.sentence, details: row.details)
    }

    init(_ check: GateResult.BoundCheck) {
        let limit = "\(check.bound.must) \(check.bound.text)"
        let name = "\(check.figure.map { "\($0.metric.title) (\($0.metric.id))" } ?? check.bound.metric) \(limit)"
        self.init(
            kind: Kind(check.fate, improved: false), word: check.word, experiment: CellKey(check.cell).experiment,
            cell: check.cell, metric: check.figure?.metric.id ?? check.bound.metric, name: name,
            title: "\(name), \(check.cell)", sentence: check.sentence(limit), details: check.details(limit))
    }
}

extension GateStatement.Kind {
    init(_ fate: GateResult.Fate, improved: Bool) {
        switch fate {
        case .passes: self = improved ? .improvement : .passing
        case .passesUndecided: self = .undecided
        case .fails, .failsInconclusive: self = .failure
        case .missing: self = .missing
        }
    }
}
