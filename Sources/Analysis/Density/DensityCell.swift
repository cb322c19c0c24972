package import BenchmarkModel
package import Statistics

/// A cell of the density experiment with its figures.
package struct DensityCell: AnalysedCell {
    /// How many instances the footprint says there is room for.
    package struct Prediction: Sendable, Equatable {
        /// (budget - fixed cost) / slope.
        package var instances: Double
        /// From the ends of the slope's interval; nil where there is none.
        package var interval: Interval?
        /// Measured minus predicted whole instances, as a share of the prediction.
        package var difference: Double
        /// Whether the measured N was not stopped by the budget, so that the two answer different questions.
        package var isOtherQuestion: Bool
        /// How many ladders it rests on.
        package var ladders: Int
    }

    package static let fewestForClaim = 1

    package var observed: ObservedCell
    /// All ramps, in the order of measurement.
    package var ramps: [MeasuredRamp]
    /// The ramp with the median N of those that count, the lower one of two: its N and cause are the cell's answer.
    package var answer: Ramp?
    /// What was noticed in it.
    package var warnings: [String]
    /// The least and the most N of the ramps that count.
    package var range: ClosedRange<Int>?
    /// The budget in bytes.
    package var budgetBytes: UInt64
    /// What the answer's instances were allowed in all, in bytes; nil where there is no answer.
    package var requestedBytes: UInt64?
    /// What the footprint of the same run says; nil where it was not measured.
    package var prediction: Prediction?
    /// The answer's ramp against N.
    package var curve: [CurvePoint]

    package var hasFigure: Bool { answer != nil }
    /// What the answer's instances cost the host's ledger at the end of the hold, in bytes; nil where it could not be read.
    package var usedBytes: Int64? { curve.last?.usedBytes }
    /// Whether N is only a lower bound.
    package var isAtLeast: Bool { answer?.cause == .ceiling }

    package var ownCaveats: [Caveat] {
        guard let answer, answer.enforcedBy == nil else { return [] }
        return [.notEnforced]
    }
}
