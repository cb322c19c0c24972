package import BenchmarkModel
package import Statistics

/// The numbers that a cell's counted samples gave of one thing, with their median.
///
/// A sample that failed is worse than any other in every quantile: a platform gets no better by failing.
package struct Sampled: Sendable, Equatable {
    /// Fewer than this carry no p95: the largest would stand for it.
    package static let fewestForP95 = 20

    /// In the unit of the thing, by block; of failed samples a number that is worse than any other stands among them.
    package var values: BlockedValues
    package var polarity: Metric.Polarity
    /// How many samples failed.
    package var failed: Int
    /// The best and the worst of the samples that did not fail.
    package var best, worst: Double
    package var median: Double
    /// The 95 % interval of the median, by bootstrap over blocks; nil where there is only one block, or where so many failed that
    /// it has no end.
    package var interval: Interval?

    /// How many samples, those that failed included; at least 1.
    package var count: Int { values.count }
    /// In how many blocks they were measured.
    package var blocks: Int { values.blocks.count }

    /// - Parameters:
    ///   - numbers: of the samples that are ok.
    ///   - failed: the blocks of the samples that failed, a block for each.
    ///   - name: the random numbers are drawn by it.
    /// - Returns: nil where none is ok, where so many failed that nobody can tell the median, or where a number is not finite.
    init?(
        _ numbers: [(block: Int, value: Double)], failed: [Int] = [], polarity: Metric.Polarity = .lowerIsBetter,
        seed: UInt64, name: String, resamples: Int
    ) {
        let all = numbers.lazy.map(\.value)
        guard let least = all.min(), let most = all.max(), all.allSatisfy(\.isFinite) else { return nil }
        let isLower = polarity == .lowerIsBetter
        best = isLower ? least : most
        worst = isLower ? most : least
        let standIn = Sampled.standIn(least, most, polarity)
        guard let values = BlockedValues(failed.isEmpty ? numbers : numbers + failed.map { ($0, standIn) }) else {
            return nil
        }
        self.values = values
        self.polarity = polarity
        self.failed = failed.count
        median = values.quantiles.median
        interval = nil
        guard isKnown(median) else { return nil }
        var random = SplitMix64(seed: seed, name: name)
        interval = Bootstrap.medianInterval(of: values, resamples: resamples, using: &random).flatMap {
            isKnown($0.lower) && isKnown($0.upper) ? $0 : nil
        }
    }

    /// Worse than all of some numbers by so much that nothing between it and one of them is taken for one. Where all are above 0
    /// it is too, so that there are ratios; for durations it is some thirty years in nanoseconds.
    private static func standIn(_ least: Double, _ most: Double, _ polarity: Metric.Polarity) -> Double {
        let size = max(abs(least), abs(most))
        let huge = min(max(1e18, size * 1e9), .greatestFiniteMagnitude)
        guard polarity == .higherIsBetter else { return huge }
        return least > 0 ? max(min(1e-18, least * 1e-9), .leastNonzeroMagnitude) : -huge
    }

    /// Whether a quantile is one of samples that did not fail, and not between one of them and one that did.
    private func isKnown(_ value: Double) -> Bool {
        failed == 0 || (polarity == .lowerIsBetter ? value <= worst : value >= worst)
    }

    /// The quantile of a probability; nil where it is one of failed samples.
    package func quantile(_ probability: Double) -> Double? {
        let value = values.quantiles.quantile(probability)
        return isKnown(value) ? value : nil
    }

    /// The median as a cell's metric gives it.
    package var estimate: Estimate {
        Estimate(median, interval, n: count, evidence: .quantile(0.5, of: values))
    }

    /// How many times as dear its median is as another's: the larger over the smaller where it is worse, whichever way is better.
    ///
    /// - Returns: nil where a number is not above 0, so that there is no ratio.
    func cost(against other: Sampled, seed: UInt64, name: String, resamples: Int) -> Ratio? {
        var random = SplitMix64(seed: seed, name: name)
        let (above, below) = polarity == .lowerIsBetter ? (self, other) : (other, self)
        let ratio = Bootstrap.ratioOfMedians(above.values, to: below.values, resamples: resamples, using: &random)
        guard let ratio, let interval = ratio.interval, failed + other.failed > 0 else { return ratio }
        // Where draws have more failures than not, the interval has no end. Blocks that only one side has are drawn for both, so
        // that its own draws do not tell: an end that no samples could give which did not fail is none.
        let possible = Sampled.least(above) / Sampled.most(below)...Sampled.most(above) / Sampled.least(below)
        let hasEnds =
            [self, other].allSatisfy { $0.failed == 0 || $0.interval != nil }
            && interval.lower >= possible.lowerBound * (1 - 1e-9) && interval.upper <= possible.upperBound * (1 + 1e-9)
        return hasEnds ? ratio : Ratio(value: ratio.value, interval: nil)
    }

    /// The least and the most that a sample gave which did not fail.
    private static func least(_ sampled: Sampled) -> Double { min(sampled.best, sampled.worst) }
    private static func most(_ sampled: Sampled) -> Double { max(sampled.best, sampled.worst) }
}
