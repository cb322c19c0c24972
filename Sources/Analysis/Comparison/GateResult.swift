/// What a gate says: the verdicts under a policy, and what follows from them.
package struct GateResult: Sendable, Equatable {
    /// How it ends, the gravest first.
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// Something that counts got worse, or is beyond a bound. Exit code 3.
        case regression
        /// What had to be judged has no figure at all. Exit code 5.
        case notComparable = "not comparable"
        /// Something is inconclusive, and the policy counts that. Exit code 4.
        case inconclusive
        /// Exit code 0.
        case pass

        package var exitCode: Int32 {
            switch self {
            case .regression: 3
            case .notComparable: 5
            case .inconclusive: 4
            case .pass: 0
            }
        }
    }

    /// What a single check does to the gate.
    package enum Fate: String, Sendable, Codable {
        case passes
        /// Inconclusive, and the policy lets that pass.
        case passesUndecided = "passes undecided"
        case failsInconclusive = "fails: inconclusive"
        case fails
        /// It had to be judged and there is nothing to be judged.
        case missing
    }

    /// A figure that was judged.
    package struct Check: Sendable, Equatable {
        package var row: ComparedFigure
        package var fate: Fate

        package init(row: ComparedFigure, fate: Fate) {
            self.row = row
            self.fate = fate
        }
    }

    /// An absolute bound, for one cell.
    package struct BoundCheck: Sendable, Equatable {
        package var bound: GatePolicy.Bound
        package var cell: String
        /// nil where the cell has no such figure.
        package var figure: Figure?
        /// The interval of the figure in its unit that lets it be called beyond or within the bound; nil where there is none.
        package var interval: ClosedRange<Double>?
        package var verdict: Verdict
        package var reasons: [String]
        package var fate: Fate

        package init(
            bound: GatePolicy.Bound, cell: String, figure: Figure?, interval: ClosedRange<Double>?, verdict: Verdict,
            reasons: [String], fate: Fate
        ) {
            self.bound = bound
            self.cell = cell
            self.figure = figure
            self.interval = interval
            self.verdict = verdict
            self.reasons = reasons
            self.fate = fate
        }
    }

    package var comparison: Comparison
    package var policy: GatePolicy
    /// In the order of the comparison.
    package var checks: [Check]
    package var bounds: [BoundCheck]
    package var outcome: Outcome
    /// The outcome in a sentence.
    package var sentence: String

    package init(
        comparison: Comparison, policy: GatePolicy, checks: [Check], bounds: [BoundCheck], outcome: Outcome,
        sentence: String
    ) {
        self.comparison = comparison
        self.policy = policy
        self.checks = checks
        self.bounds = bounds
        self.outcome = outcome
        self.sentence = sentence
    }
}
