package import BenchmarkModel

/// What a comparison concludes of a figure.
package enum Verdict: String, Sendable, Codable, CaseIterable {
    /// The test says that it got worse.
    case regressed
    /// The test says that it got better.
    case improved
    /// The 90 % interval of the effect lies within the effect that the user named.
    case equivalent
    /// Neither.
    case inconclusive
    /// Only one side has it.
    case oneSided = "on one side only"
}

/// How much the head's figure differs from the base's, on a scale.
package struct Effect: Sendable, Equatable {
    package var scale: Scale
    /// The logarithm of head / base, or head - base in the metric's unit.
    package var value: Double
    /// The ends of the interval that inverts the test, on the same scale. Shares have Newcombe's beside Fisher's test: it is widened
    /// to 0 where the test does not say that they differ.
    package var lower: Double
    package var upper: Double
    /// How often such an interval holds the true effect, adjusted for the family: 0.99 for one figure.
    package var confidence: Double

    package init(scale: Scale, value: Double, lower: Double, upper: Double, confidence: Double) {
        self.scale = scale
        self.value = value
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }
}

/// A figure of both sides, set against each other.
package struct ComparedFigure: Sendable, Equatable {
    package var metric: Metric
    package var scale: Scale
    /// The cell of the base; where platforms are compared, both stand in ``ComparedFigure/label``.
    package var cell: String
    package var workload: String
    /// The platform, or `A -> B` where two are compared.
    package var platform: String
    /// What is measured and where, in words that name a row.
    package var label: String
    /// nil on the side that does not have it.
    package var base: Figure?
    package var head: Figure?
    /// nil where it cannot be told.
    package var effect: Effect?
    /// Effects up to this are none, on the scale.
    package var margin: Double
    /// The effect that the user named, on the scale.
    package var effectThatCounts: Double
    /// Whether the 90 % interval lies within ``effectThatCounts``, whatever the verdict.
    package var isWithinEffectThatCounts: Bool
    /// Of the test, before and after Holm; nil where there was none.
    package var pValue: Double?
    package var adjustedPValue: Double?
    package var verdict: Verdict
    /// Why it is inconclusive, or what else must be known, in words.
    package var reasons: [String]
    /// The least true effect that this plan would have found with 90 % power, on the scale (differences of shares: in shares);
    /// nil where there was no test.
    package var smallestDetectable: Double?
    /// What stands beside it, in words, of both sides.
    package var caveats: [String]

    /// The verdict in a word; where something regressed by less than what counts, that too.
    package var verdictText: String {
        switch verdict {
        case .regressed where isWithinEffectThatCounts: "regressed, by less than counts"
        case .regressed, .improved, .equivalent, .inconclusive: verdict.rawValue
        case .oneSided: base == nil ? "new" : "gone"
        }
    }

    /// Whether a larger figure is a worse one.
    package var isWorseWhenLarger: Bool { metric.polarity == .lowerIsBetter }

    /// The effect as a share of the base, such as 0.1 for 10 % more; nil for differences.
    package var effectShare: Double? { effect.flatMap { scale.share(ofEffect: $0.value) } }
}
