import BenchmarkModel

/// Two sides set against each other: what MEASUREMENT.md calls "Comparing two runs". The one place where such a verdict is made.
package struct Comparison: Sendable, Equatable {
    /// How the samples of the two sides lie in time.
    package enum Design: String, Sendable, Codable {
        /// Both alternate within each block of one run: the variance between runs cancels out.
        case interleaved
        /// One run, or a few, a side: the learnt variance between runs joins the error.
        case separate
        /// Five or more runs a side: Welch's t on the runs' figures.
        case manyRuns = "many runs"
    }

    /// What is asked.
    package struct Question: Sendable {
        /// The effect that the user cares for, as a share of the base.
        package var effect: Double
        /// Overrides of it, by figure; nil where the general one holds.
        package var effectOf: @Sendable (Figure) -> Double?
        /// Which figures are judged: the family over which the chance of a false alarm is held.
        package var isInFamily: @Sendable (Figure) -> Bool
        /// Names of facts on which the two may differ all the same.
        package var despite: [String]
        /// What is known of the noise; it goes before what the sides bring.
        package var learnt: [LearntNoise]

        package init(
            effect: Double = Comparison.defaultEffect, effectOf: @escaping @Sendable (Figure) -> Double? = { _ in nil },
            isInFamily: @escaping @Sendable (Figure) -> Bool = { $0.isHeadline }, despite: [String] = [],
            learnt: [LearntNoise] = []
        ) {
            self.effect = effect
            self.effectOf = effectOf
            self.isInFamily = isInFamily
            self.despite = despite
            self.learnt = learnt
        }
    }

    package static let defaultEffect = 0.1
    /// The chance of a single false alarm among the whole family.
    package static let level = 0.01
    /// With which chance the smallest detectable effect is found.
    package static let power = 0.9
    /// From so many runs a side their own spread is used, and nothing learnt.
    package static let manyRuns = 5

    package var base: Side
    package var head: Side
    package var design: Design
    /// The effect that the user named, as a share.
    package var effect: Double
    /// By what matters: regressed, improved, inconclusive, equivalent, one-sided; the largest effect first.
    package var rows: [ComparedFigure]
    /// How many figures were tested, and so share the chance of a false alarm.
    package var familySize: Int
    /// On what the two differ although they should not, insisted on.
    package var insisted: [Comparability.Difference]
    /// What a reader must know of the comparison as a whole, in sentences.
    package var notes: [String]

    package init(
        base: Side, head: Side, design: Design, effect: Double, rows: [ComparedFigure], familySize: Int,
        insisted: [Comparability.Difference] = [], notes: [String] = []
    ) {
        self.base = base
        self.head = head
        self.design = design
        self.effect = effect
        self.rows = rows
        self.familySize = familySize
        self.insisted = insisted
        self.notes = notes
    }

    /// The rows of a verdict, in their order.
    package func rows(_ verdict: Verdict) -> [ComparedFigure] { rows.filter { $0.verdict == verdict } }
}
