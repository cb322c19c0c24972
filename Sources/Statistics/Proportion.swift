/// Intervals of shares, such as those of failures.
package enum Proportion {
    /// The interval of a share by the score method of E. B. Wilson, "Probable inference, the law of succession, and
    /// statistical inference", Journal of the American Statistical Association 22 (1927), 209-212; from 0 to 1.
    ///
    /// - Parameter confidence: how much of the time it holds the true share, such as 0.95.
    /// - Returns: nil without a trial, for counts that cannot be, or for a confidence that is not above 0 and below 1.
    package static func wilson(
        _ events: Int, of trials: Int, confidence: Double
    ) -> (lower: Double, upper: Double)? {
        guard trials > 0, events >= 0, events <= trials, confidence > 0, confidence < 1 else { return nil }
        let z = -NormalDistribution.quantile((1 - confidence) / 2)
        let count = Double(trials)
        let share = Double(events) / count
        let denominator = 1 + z * z / count
        let center = (share + z * z / (2 * count)) / denominator
        let variance = share * (1 - share) / count + z * z / (4 * count * count)
        let half = z * variance.squareRoot() / denominator
        return (events == 0 ? 0 : max(0, center - half), events == trials ? 1 : min(1, center + half))
    }

    /// The interval of a difference of two shares, the first minus the other: method 10 of R. G. Newcombe, "Interval
    /// estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), 873-890, which
    /// puts together the distances of Wilson's limits; from -1 to 1.
    ///
    /// - Returns: nil where ``wilson(_:of:confidence:)`` is for one of them.
    package static func difference(
        _ events: Int, of trials: Int, against otherEvents: Int, of otherTrials: Int, confidence: Double
    ) -> (lower: Double, upper: Double)? {
        guard let first = wilson(events, of: trials, confidence: confidence),
            let other = wilson(otherEvents, of: otherTrials, confidence: confidence)
        else { return nil }
        let share = Double(events) / Double(trials)
        let otherShare = Double(otherEvents) / Double(otherTrials)
        let down = length(share - first.lower, other.upper - otherShare)
        let up = length(first.upper - share, otherShare - other.lower)
        return (share - otherShare - down, share - otherShare + up)
    }

    private static func length(_ one: Double, _ other: Double) -> Double {
        (one * one + other * other).squareRoot()
    }
}
