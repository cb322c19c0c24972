import Statistics

/// A difference of two figures on their scale, with its error, before it is judged.
struct Contrast: Equatable {
    var value: Double
    var standardError: Double
    var degreesOfFreedom: Double
    /// Why it proves nothing although it can be shown, in words; nil where it does.
    var weakness: String?

    /// Two figures whose samples alternate within the blocks of one run. Ladders and other handfuls stand beside each other in
    /// the same blocks too, but are too few to be drawn in pairs: their errors add up.
    static func interleaved(
        _ base: Figure, _ head: Figure, resamples: Int, using random: inout some RandomNumberGenerator
    ) -> Contrast? {
        guard let from = base.scale.value(base.estimate), let to = head.scale.value(head.estimate) else { return nil }
        if let one = base.sample, let other = head.sample {
            guard
                let paired = Bootstrap.pairedStandardError(
                    of: other.values, against: one.values, probability: one.probability,
                    logarithmic: base.scale == .ratio, resamples: resamples, using: &random)
            else { return nil }
            // What is constant on both sides has the error of its resolution.
            let least = max(base.leastError, head.leastError)
            let isWhole = one.values.blocks == other.values.blocks
            return Contrast(
                value: isWhole ? to - from : sharedDifference(one, other, base.scale) ?? to - from,
                standardError: max(paired.error, least),
                degreesOfFreedom: Double(max(1, paired.blocks - 1)))
        }
        return sum(to - from, [base, head])
    }

    /// The difference where only the blocks count that both sides have, as in its error.
    private static func sharedDifference(_ base: Figure.Sample, _ head: Figure.Sample, _ scale: Scale) -> Double? {
        let shared = Set(base.values.blocks).intersection(head.values.blocks)
        let values = [base, head].map { side in
            Quantiles(
                zip(side.values.blocks, side.values.valuesByBlock).filter { shared.contains($0.0) }.flatMap(\.1)
            ).flatMap { scale.value($0.quantile(side.probability)) }
        }
        guard let from = values[0], let to = values[1] else { return nil }
        return to - from
    }

    /// Two figures of separate runs: their own errors and the variance between runs add up.
    static func separate(_ base: Figure, _ head: Figure, learnt: LearntNoise?) -> Contrast? {
        guard let from = base.scale.value(base.estimate), let to = head.scale.value(head.estimate) else { return nil }
        var contrast = sum(to - from, [base, head], learnt)
        if learnt == nil {
            contrast?.weakness =
                "how much it varies from run to run on this host was not learnt ('tare calibrate' learns it)"
        }
        return contrast
    }

    /// Many runs a side: Welch's t on the runs' figures.
    static func manyRuns(_ base: [Figure], _ head: [Figure]) -> Contrast? {
        guard let scale = base.first?.scale else { return nil }
        let from = base.compactMap { scale.value($0.estimate) }
        let to = head.compactMap { scale.value($0.estimate) }
        guard from.count == base.count, to.count == head.count, let welch = Welch(base: from, head: to) else {
            return nil
        }
        let least = ((base + head).map(\.leastError).max() ?? 0)
        return Contrast(
            value: welch.difference, standardError: max(welch.standardError, least),
            degreesOfFreedom: max(1, welch.degreesOfFreedom))
    }

    /// Independent errors add up, with what is learnt of the variance between runs where it is; the degrees of freedom of the sum
    /// are Satterthwaite's (F. E. Satterthwaite, "An Approximate Distribution of Estimates of Variance Components", Biometrics
    /// Bulletin 2 (1946), 110-114).
    ///
    /// - Parameter value: of the figure, or of the difference of two.
    /// - Returns: nil where an error is not known, or all are 0.
    static func sum(_ value: Double, _ figures: [Figure], _ learnt: LearntNoise? = nil) -> Contrast? {
        let parts = figures.compactMap { $0.variance(learnt) }
        guard parts.count == figures.count else { return nil }
        let sum = parts.reduce(0) { $0 + $1.learnt + $1.own }
        // What several owe to the calibration is one estimate.
        let learntSum = parts.reduce(0) { $0 + $1.learnt }
        let ownTerms = zip(parts, figures).reduce(0) { $0 + $1.0.own * $1.0.own / max(1, $1.1.degreesOfFreedom) }
        let terms = ownTerms + (learnt.map { learntSum * learntSum / $0.totalDegreesOfFreedom } ?? 0)
        guard sum > 0, terms > 0, sum.isFinite else { return nil }
        return Contrast(value: value, standardError: sum.squareRoot(), degreesOfFreedom: max(1, sum * sum / terms))
    }

    /// Of the test of |effect| <= margin: twice the chance, at the margin, of a value as far beyond it. It falls below a level
    /// just where the interval of that level does not touch the margin.
    func pValue(margin: Double) -> Double {
        min(
            1,
            2 * StudentT.upperTail((abs(value) - margin) / standardError, degreesOfFreedom: degreesOfFreedom))
    }

    /// The interval of a two-sided level.
    func interval(level: Double) -> (lower: Double, upper: Double) {
        let half = StudentT.quantile(1 - level / 2, degreesOfFreedom: degreesOfFreedom) * standardError
        return (value - half, value + half)
    }

    /// The least true effect that would have been found with the power.
    func smallestDetectable(margin: Double, level: Double, power: Double) -> Double {
        Power.smallestDetectable(
            standardError: standardError, degreesOfFreedom: degreesOfFreedom, margin: margin, level: level,
            power: power)
    }
}

extension Figure {
    /// The variance of a figure on its scale in two parts: what is learnt of the runs' figures, and its own beyond that; all of it is
    /// its own where nothing was learnt. nil where its error is not known.
    fileprivate func variance(_ noise: LearntNoise?) -> (learnt: Double, own: Double)? {
        guard let standardError else { return nil }
        let square = standardError * standardError
        guard let noise else { return (0, square) }
        let runs = Double(max(1, self.runs))
        return (noise.totalVariance / runs, noise.varianceBeyond(error: square * runs) / runs)
    }
}
