/// A bootstrap interval.
package struct Interval: Sendable, Equatable {
    /// The lower end, in the unit of the numbers.
    package var lower: Double
    /// The upper end, in the unit of the numbers.
    package var upper: Double
    /// How many blocks were drawn from; at least 2.
    package var blocks: Int

    package init(lower: Double, upper: Double, blocks: Int) {
        self.lower = lower
        self.upper = upper
        self.blocks = blocks
    }
}

/// The ratio of two medians.
package struct Ratio: Sendable, Equatable {
    /// The median of the numerator divided by that of the denominator.
    package var value: Double
    /// Its 95 % interval; nil where there cannot be one.
    package var interval: Interval?

    package init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}

/// Bootstrap over blocks (B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13):
/// as many blocks as there are, drawn with replacement, their numbers pooled, the statistic taken.
package enum Bootstrap {
    /// How many times blocks are drawn for one interval, unless told otherwise.
    package static let defaultResamples = 10_000

    /// How much of the time such an interval should hold the true value.
    package static let confidence = 0.95

    /// From fewer blocks than this an interval is narrower than it claims: even the range from the smallest to the
    /// largest of 5 independent numbers holds the median in only 1 - 2 * 0.5^5 = 93.75 % of cases.
    package static let fewBlocks = 6

    /// Where there are more blocks than this, neighbours are drawn together, in so many groups of nearly the same size:
    /// a draw of thousands of blocks says no more than one of hundreds, whose interval has a width that is good to 4 %,
    /// and what lasts longer than a block is then in the interval too.
    package static let mostUnits = 256

    /// The 95 % interval of the median: an expanded percentile interval, see ``tail(units:)``.
    ///
    /// In simulation it holds the true median in 94 to 97 % of cases: 10 to 200 blocks of one number, lognormal (sigma
    /// 1) or with two modes, of the same weight or of 70 and 30 %. The plain percentile interval of 10 blocks did in 92
    /// to 94 %.
    ///
    /// - Returns: nil where there are fewer than two blocks or resamples: drawing the one block again and again would
    ///   give an interval of no width, which is a claim of certainty that nothing supports.
    package static func medianInterval(
        of values: BlockedValues, resamples: Int = defaultResamples, using random: inout some RandomNumberGenerator
    ) -> Interval? {
        let count = values.blocks.count
        guard count > 1, resamples > 1 else { return nil }
        let drawable = values.drawable(of: values.blocks, units: mostUnits)
        let units = min(count, mostUnits)
        let medians = draws(resamples, of: units, using: &random) { drawable.quantile(weights: $0) }
        return interval(of: medians, blocks: count, units: units)
    }

    /// The ratio of two medians with its 95 % interval, the same blocks drawn on both sides: what a block did to the
    /// host it did to both, and so it cancels out.
    ///
    /// Blocks are those in which either side has a number. A draw in which one side has none is left out; where that
    /// is more than one in ten, or where fewer than two blocks are shared, there is no interval.
    ///
    /// In simulation the interval holds the true ratio in 96 to 99 % of cases, of such numbers as
    /// ``medianInterval(of:resamples:using:)`` names.
    ///
    /// - Returns: nil where the ratio is not finite, or a number is not positive (durations are).
    package static func ratioOfMedians(
        _ numerator: BlockedValues, to denominator: BlockedValues, resamples: Int = defaultResamples,
        using random: inout some RandomNumberGenerator
    ) -> Ratio? {
        guard numerator.quantiles.minimum > 0, denominator.quantiles.minimum > 0 else { return nil }
        let value = numerator.quantiles.median / denominator.quantiles.median
        guard value.isFinite else { return nil }
        let blocks = Set(numerator.blocks).union(denominator.blocks).sorted()
        let shared = Set(numerator.blocks).intersection(denominator.blocks)
        guard shared.count > 1, resamples > 1 else { return Ratio(value: value, interval: nil) }

        let above = numerator.drawable(of: blocks, units: mostUnits)
        let below = denominator.drawable(of: blocks, units: mostUnits)
        let ratios = draws(resamples, of: min(blocks.count, mostUnits), using: &random) { weights -> Double? in
            guard let one = above.quantile(weights: weights), let other = below.quantile(weights: weights) else {
                return nil
            }
            return one / other
        }
        guard ratios.count * 10 >= resamples * 9 else { return Ratio(value: value, interval: nil) }
        let units = min(shared.count, mostUnits)
        return Ratio(value: value, interval: interval(of: ratios, blocks: shared.count, units: units))
    }

    /// The statistics of so many draws of as many units as there are, with replacement; those that are nil are left
    /// out.
    static func draws(
        _ resamples: Int, of units: Int, using random: inout some RandomNumberGenerator,
        statistic: ([Int32]) -> Double?
    ) -> [Double] {
        var weights = [Int32](repeating: 0, count: units)
        var statistics: [Double] = []
        statistics.reserveCapacity(resamples)
        for _ in 0..<resamples {
            draw(&weights, using: &random)
            if let value = statistic(weights) { statistics.append(value) }
        }
        return statistics
    }

    /// Draws as many units as there are, with replacement: how often each was drawn.
    ///
    /// The upper half of a random number is scaled to a position instead of asking the standard library, so that a
    /// seed gives the same report under every version of Swift. The bias is below `count / 2^32`.
    private static func draw(_ weights: inout [Int32], using random: inout some RandomNumberGenerator) {
        let count = weights.count
        weights.withUnsafeMutableBufferPointer { weights in
            weights.update(repeating: 0)
            if count == mostUnits {
                // A byte draws one of 256.
                for _ in 0..<(count / 8) {
                    var bytes = random.next()
                    for _ in 0..<8 {
                        weights[Int(bytes & 0xFF)] &+= 1
                        bytes >>= 8
                    }
                }
            } else {
                for _ in 0..<count {
                    let position = ((random.next() >> 32) &* UInt64(count)) >> 32
                    weights[Int(position)] &+= 1
                }
            }
        }
    }

    /// The share of draws that lies outside each end of an interval: instead of 0.025 as much of the normal
    /// distribution as lies below `-sqrt(n / (n - 1)) t`, t the quantile 0.975 of Student's t with n - 1 degrees of
    /// freedom (T. C. Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician 69 (2015),
    /// 371-386). Draws of few blocks vary less than new blocks would: 0.0242 for 256, 0.0159 for 20,
    /// 0.0086 for 10.
    static func tail(units: Int) -> Double {
        guard units > 1 else { return 0 }
        let count = Double(units)
        let t = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: count - 1)
        return NormalDistribution.cumulative(-(count / (count - 1)).squareRoot() * t)
    }

    private static func interval(of statistics: [Double], blocks: Int, units: Int) -> Interval? {
        guard let quantiles = Quantiles(statistics) else { return nil }
        let tail = tail(units: units)
        return Interval(lower: quantiles.quantile(tail), upper: quantiles.quantile(1 - tail), blocks: blocks)
    }
}
