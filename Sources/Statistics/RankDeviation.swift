import Glibc

/// A rank test of several groups of numbers against each other: does any of them lie apart from the rest?
///
/// The statistic is the largest deviation of a group's mean rank from that of all numbers, in standard deviations (for each group
/// F. Wilcoxon's rank sum against all others, corrected for ties). How often it is so large by chance is found by permuting the
/// ranks, which takes the number of groups and their sizes into account (the maximum method of P. H. Westfall and S. S. Young,
/// "Resampling-Based Multiple Testing", 1993, section 2.3). One group that differs is what it sees best; a test of all groups
/// at once, such as Kruskal's and Wallis's, dilutes that one among the others.
package enum RankDeviation {
    /// What came out.
    package struct Outcome: Sendable, Equatable {
        /// For each group how far its mean rank lies from that of all numbers, in standard deviations; 0 for an empty group.
        package var deviations: [Double]
        /// How likely so large a deviation of any group, or a larger one, is if the groups do not differ.
        package var pValue: Double

        /// The largest deviation, without its sign.
        package var statistic: Double { deviations.map(abs).max() ?? 0 }
    }

    /// Up to so many numbers, p comes from permutations; above, from the normal distribution that each deviation then follows
    /// closely, times the number of groups (Bonferroni).
    package static let mostPermuted = 500

    /// The most permutations of one test: enough to tell p from 0.0001.
    package static let permutations = 50_000

    /// After so many permutations with a deviation as large as the one observed p is known well enough (J. Besag and P.
    /// Clifford, "Sequential Monte Carlo p-values", Biometrika 78 (1991), 301-304): most tests end after a hundred.
    static let enough = 50

    /// Tests groups of numbers; nil where fewer than two hold a number, or one is not finite.
    ///
    /// - Parameter random: the source of the permutations.
    package static func test(_ groups: [[Double]], using random: inout some RandomNumberGenerator) -> Outcome? {
        let sizes = groups.map(\.count)
        let kinds = sizes.count(where: { $0 > 0 })
        guard kinds > 1, groups.joined().allSatisfy(\.isFinite) else { return nil }
        var (ranks, tieSum) = Ranks.of(Array(groups.joined()))
        let total = Double(ranks.count)
        let correction = 1 - tieSum / (total * total * total - total)
        guard correction > 0 else { return Outcome(deviations: sizes.map { _ in 0 }, pValue: 1) }
        let scales = sizes.map { size -> Double in
            guard size > 0 else { return 0 }
            return 1 / (Double(size) * (total - Double(size)) * (total + 1) / 12 * correction).squareRoot()
        }
        let deviations = RankDeviation.deviations(ranks, sizes, scales)
        var outcome = Outcome(deviations: deviations, pValue: 1)
        if ranks.count <= mostPermuted {
            outcome.pValue = permuted(&ranks, sizes, scales, observed: outcome.statistic, using: &random)
        } else {
            // Of two groups the one deviates as the other does.
            let tests = kinds == 2 ? 1.0 : Double(kinds)
            outcome.pValue = min(1, tests * erfc(outcome.statistic / 2.0.squareRoot()))
        }
        return outcome
    }

    private static func permuted(
        _ ranks: inout [Double], _ sizes: [Int], _ scales: [Double], observed: Double,
        using random: inout some RandomNumberGenerator
    ) -> Double {
        var asLarge = 0
        // Sums of the same ranks in another order differ in the last digits.
        let threshold = observed * (1 - 1e-12)
        for draw in 1...permutations {
            shuffle(&ranks, using: &random)
            if deviations(ranks, sizes, scales).contains(where: { abs($0) >= threshold }) { asLarge += 1 }
            if asLarge == enough { return Double(asLarge) / Double(draw) }
        }
        return Double(asLarge + 1) / Double(permutations + 1)
    }

    private static func deviations(_ ranks: [Double], _ sizes: [Int], _ scales: [Double]) -> [Double] {
        let middle = Double(ranks.count + 1) / 2
        var start = 0
        return zip(sizes, scales).map { size, scale in
            defer { start += size }
            var sum = 0.0
            for index in start..<(start + size) { sum += ranks[index] }
            return (sum - Double(size) * middle) * scale
        }
    }

    /// Every order is as likely as every other. Written out so that a seed gives the same p under every version of Swift.
    private static func shuffle(_ ranks: inout [Double], using random: inout some RandomNumberGenerator) {
        for last in stride(from: ranks.count - 1, to: 0, by: -1) {
            ranks.swapAt(last, Int(((random.next() >> 32) &* UInt64(last + 1)) >> 32))
        }
    }
}

/// Ranks of numbers.
enum Ranks {
    /// The rank of each number from 1, equal ones at the middle of theirs; and the sum of `t^3 - t` over all ties of t numbers.
    static func of(_ values: [Double]) -> (ranks: [Double], tieSum: Double) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var tieSum = 0.0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for position in start..<end { ranks[order[position]] = Double(start + end + 1) / 2 }
            let tied = Double(end - start)
            tieSum += tied * tied * tied - tied
            start = end
        }
        return (ranks, tieSum)
    }
}
