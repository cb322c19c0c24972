import Glibc

/// The rank test of W. H. Kruskal and W. A. Wallis ("Use of Ranks in One-Criterion Variance Analysis", Journal of the American
/// Statistical Association 47 (1952), 583-621): do several groups of numbers come from one distribution?
public enum KruskalWallis {
    /// What came out.
    public struct Outcome: Sendable, Equatable {
        /// H, corrected for ties; 0 where all numbers are equal.
        public var statistic: Double
        /// How likely so large an H, or a larger one, is if the groups do not differ.
        public var pValue: Double
        /// For each group how far its mean rank lies from that of all numbers, in standard deviations.
        public var deviations: [Double]
    }

    /// Up to so many numbers, p comes from permutations; above, from the chi-squared distribution, which H then follows
    /// closely. With small groups that distribution would never reach a small p.
    public static let mostPermuted = 500

    /// The most permutations of one test: enough to tell p from 0.0001.
    public static let permutations = 20_000

    /// After so many permutations with an H as large as the one observed p is known well enough (J. Besag and P. Clifford,
    /// "Sequential Monte Carlo p-values", Biometrika 78 (1991), 301-304): most tests end after some dozens.
    static let enough = 20

    /// Tests groups of numbers; nil where fewer than two hold a number, or one is not finite.
    ///
    /// - Parameter random: the source of the permutations.
    public static func test(_ groups: [[Double]], using random: inout some RandomNumberGenerator) -> Outcome? {
        let sizes = groups.map(\.count)
        guard sizes.count(where: { $0 > 0 }) > 1, groups.joined().allSatisfy(\.isFinite) else { return nil }
        var (ranks, tieSum) = Ranks.of(Array(groups.joined()))
        let total = Double(ranks.count)
        let correction = 1 - tieSum / (total * total * total - total)
        guard correction > 0 else {
            return Outcome(statistic: 0, pValue: 1, deviations: sizes.map { _ in 0 })
        }
        let sums = rankSums(ranks, sizes)
        let observed = spread(sums, sizes)
        let statistic = (12 / (total * (total + 1)) * observed - 3 * (total + 1)) / correction
        let deviations = zip(sums, sizes).map { sum, size -> Double in
            guard size > 0, size < ranks.count else { return 0 }
            let variance = (total + 1) * (total - Double(size)) / (12 * Double(size)) * correction
            return (sum / Double(size) - (total + 1) / 2) / variance.squareRoot()
        }
        let pValue: Double
        if ranks.count <= mostPermuted {
            pValue = permuted(&ranks, sizes, observed: observed, using: &random)
        } else {
            pValue = ChiSquared.upperTail(statistic, degreesOfFreedom: sizes.count(where: { $0 > 0 }) - 1)
        }
        return Outcome(statistic: statistic, pValue: pValue, deviations: deviations)
    }

    /// The share of permutations of the ranks whose H is at least the observed one. Only the sum of squares varies.
    private static func permuted(
        _ ranks: inout [Double], _ sizes: [Int], observed: Double, using random: inout some RandomNumberGenerator
    ) -> Double {
        var asLarge = 0
        // Sums of the same ranks in another order differ in the last digits.
        let threshold = observed * (1 - 1e-12)
        for draw in 1...permutations {
            shuffle(&ranks, using: &random)
            if spread(rankSums(ranks, sizes), sizes) >= threshold { asLarge += 1 }
            if asLarge == enough { return Double(asLarge) / Double(draw) }
        }
        return Double(asLarge + 1) / Double(permutations + 1)
    }

    /// Every order is as likely as every other. Written out so that a seed gives the same p under every version of Swift.
    private static func shuffle(_ ranks: inout [Double], using random: inout some RandomNumberGenerator) {
        for last in stride(from: ranks.count - 1, to: 0, by: -1) {
            ranks.swapAt(last, Int(((random.next() >> 32) &* UInt64(last + 1)) >> 32))
        }
    }

    private static func rankSums(_ ranks: [Double], _ sizes: [Int]) -> [Double] {
        var start = 0
        return sizes.map { size in
            defer { start += size }
            var sum = 0.0
            for index in start..<(start + size) { sum += ranks[index] }
            return sum
        }
    }

    private static func spread(_ sums: [Double], _ sizes: [Int]) -> Double {
        var spread = 0.0
        for (sum, size) in zip(sums, sizes) where size > 0 { spread += sum * sum / Double(size) }
        return spread
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

/// The chi-squared distribution.
enum ChiSquared {
    /// The probability of at least so much: the regularised upper incomplete gamma function Q(k / 2, x / 2), for whole k by the
    /// finite sums of M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 1964, 26.4.4 and 26.4.5.
    static func upperTail(_ x: Double, degreesOfFreedom: Int) -> Double {
        guard x > 0, degreesOfFreedom > 0 else { return 1 }
        let half = x / 2
        let isOdd = degreesOfFreedom % 2 == 1
        // The terms half^a e^-half / Gamma(a + 1), from a = 0 or 1/2 upwards, each from the one before.
        var power = isOdd ? 0.5 : 0.0
        var term = isOdd ? exp(-half) * (half / .pi).squareRoot() * 2 : exp(-half)
        var sum = isOdd ? erfc(half.squareRoot()) : 0
        while power < Double(degreesOfFreedom) / 2 - 0.75 {
            sum += term
            power += 1
            term *= half / power
        }
        return min(1, sum)
    }
}
