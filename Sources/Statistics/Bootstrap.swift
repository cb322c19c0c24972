/// A percentile-bootstrap interval.
public struct Interval: Sendable, Equatable {
    /// The lower end, in the unit of the numbers.
    public var lower: Double
    /// The upper end, in the unit of the numbers.
    public var upper: Double
    /// How many blocks were drawn from; at least 2.
    public var blocks: Int

    /// Makes an interval.
    public init(lower: Double, upper: Double, blocks: Int) {
        self.lower = lower
        self.upper = upper
        self.blocks = blocks
    }
}

/// The ratio of two medians.
public struct Ratio: Sendable, Equatable {
    /// The median of the numerator divided by that of the denominator.
    public var value: Double
    /// Its 95 % interval; nil where there cannot be one.
    public var interval: Interval?

    /// Makes a ratio.
    public init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}

/// Percentile bootstrap over blocks (B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters
/// 8 and 13): as many blocks as there are, drawn with replacement, their numbers pooled, the statistic taken; the
/// interval goes from the quantile 0.025 to 0.975 of what comes out.
public enum Bootstrap {
    /// How many times blocks are drawn for one interval, unless told otherwise.
    public static let defaultResamples = 10_000

    /// How much of the time such an interval should hold the true value.
    public static let confidence = 0.95

    /// From fewer blocks than this an interval is narrower than it claims: even the range from the smallest to the
    /// largest of 5 independent numbers holds the median in only 1 - 2 * 0.5^5 = 93.75 % of cases.
    public static let fewBlocks = 6

    /// The 95 % interval of the median.
    ///
    /// - Returns: nil where there are fewer than two blocks or resamples: drawing the one block again and again would
    ///   give an interval of no width, which is a claim of certainty that nothing supports.
    public static func medianInterval(
        of values: BlockedValues, resamples: Int = defaultResamples, using random: inout some RandomNumberGenerator
    ) -> Interval? {
        let count = values.blocks.count
        guard count > 1, resamples > 1 else { return nil }
        var weights = [Int](repeating: 0, count: count)
        var medians: [Double] = []
        medians.reserveCapacity(resamples)
        for _ in 0..<resamples {
            draw(&weights, using: &random)
            if let median = values.median(weights: weights) { medians.append(median) }
        }
        return interval(of: medians, blocks: count)
    }

    /// The ratio of two medians with its 95 % interval, the same blocks drawn on both sides: what a block did to the
    /// host
    /// it did to both, and so it cancels out.
    ///
    /// Blocks are those in which either side has a number. A draw in which one side has none is left out; where that
    /// is more than one in ten, or where fewer than two blocks are shared, there is no interval.
    ///
    /// - Returns: nil where the ratio is not finite, or a number is not positive (durations are).
    public static func ratioOfMedians(
        _ numerator: BlockedValues, to denominator: BlockedValues, resamples: Int = defaultResamples,
        using random: inout some RandomNumberGenerator
    ) -> Ratio? {
        guard numerator.quantiles.minimum > 0, denominator.quantiles.minimum > 0 else { return nil }
        let value = numerator.quantiles.median / denominator.quantiles.median
        guard value.isFinite else { return nil }
        let blocks = Set(numerator.blocks).union(denominator.blocks).sorted()
        let shared = Set(numerator.blocks).intersection(denominator.blocks)
        guard shared.count > 1, resamples > 1 else { return Ratio(value: value, interval: nil) }

        let numeratorPlaces = places(of: numerator.blocks, in: blocks)
        let denominatorPlaces = places(of: denominator.blocks, in: blocks)
        var weights = [Int](repeating: 0, count: blocks.count)
        var ratios: [Double] = []
        ratios.reserveCapacity(resamples)
        for _ in 0..<resamples {
            draw(&weights, using: &random)
            guard let above = numerator.median(weights: numeratorPlaces.map { weights[$0] }),
                let below = denominator.median(weights: denominatorPlaces.map { weights[$0] })
            else { continue }
            ratios.append(above / below)
        }
        guard ratios.count * 10 >= resamples * 9 else { return Ratio(value: value, interval: nil) }
        return Ratio(value: value, interval: interval(of: ratios, blocks: shared.count))
    }

    /// Draws as many blocks as there are, with replacement: how often each was drawn.
    ///
    /// The upper half of a random number is scaled to a position instead of asking the standard library, so that a
    /// seed gives the same report under every version of Swift. The bias is below `count / 2^32`.
    private static func draw(_ weights: inout [Int], using random: inout some RandomNumberGenerator) {
        for position in weights.indices { weights[position] = 0 }
        let count = UInt64(weights.count)
        for _ in weights.indices {
            let position = ((random.next() >> 32) &* count) >> 32
            weights[Int(position)] += 1
        }
    }

    private static func places(of some: [Int], in all: [Int]) -> [Int] {
        some.compactMap { block in all.firstIndex(of: block) }
    }

    private static func interval(of statistics: [Double], blocks: Int) -> Interval? {
        guard let quantiles = Quantiles(statistics) else { return nil }
        let tail = (1 - confidence) / 2
        return Interval(lower: quantiles.quantile(tail), upper: quantiles.quantile(1 - tail), blocks: blocks)
    }
}
