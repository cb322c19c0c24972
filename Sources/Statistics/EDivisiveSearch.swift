/// A series and its segments so far, for ``EDivisive``.
struct EDivisiveSearch {
    private let series: [Double]
    private let shortest: Int
    private let permutations: Int
    private let significance: Double
    /// Where segments start, and the end.
    private var bounds: [Int]
    /// For each segment its best split; nil where it is too short.
    private var splits: [EnergySplit?]

    init(series: [Double], shortest: Int, permutations: Int, significance: Double) {
        self.series = series
        self.shortest = shortest
        self.permutations = permutations
        self.significance = significance
        bounds = [0, series.count]
        splits = [EnergySplit.best(of: series[...], shortest: shortest)]
    }

    /// The best split of all segments; nil where none can be split.
    func bestSplit() -> EnergySplit? {
        splits.compactMap { $0 }.max { $0.statistic < $1.statistic }
    }

    mutating func split(at index: Int) {
        guard let place = bounds.firstIndex(where: { $0 > index }), place > 0 else { return }
        let parts = [series[bounds[place - 1]..<index], series[index..<bounds[place]]]
        bounds.insert(index, at: place)
        splits.replaceSubrange((place - 1)..<place, with: parts.map { EnergySplit.best(of: $0, shortest: shortest) })
    }

    /// How likely so good a split is by chance; nil where it is not significant.
    func pValue(of split: EnergySplit, using random: inout some RandomNumberGenerator) -> Double? {
        // Sums of the same distances in another order differ in the last digits.
        let threshold = split.statistic - abs(split.statistic) * 1e-10
        let draws = Double(permutations + 1)
        var asGood = 1
        var permuted = series
        for _ in 0..<max(0, permutations) {
            guard Double(asGood) / draws <= significance else { return nil }
            if isAsGood(&permuted, threshold, using: &random) { asGood += 1 }
        }
        let pValue = Double(asGood) / draws
        return pValue <= significance ? pValue : nil
    }

    private func isAsGood(
        _ permuted: inout [Double], _ threshold: Double, using random: inout some RandomNumberGenerator
    ) -> Bool {
        for (start, end) in zip(bounds, bounds.dropFirst()) where end - start >= 2 * shortest {
            for last in stride(from: end - 1, to: start, by: -1) {
                let other = start + Int(((random.next() >> 32) &* UInt64(last - start + 1)) >> 32)
                permuted.swapAt(last, other)
            }
            let best = EnergySplit.best(of: permuted[start..<end], shortest: shortest)
            if let best, best.statistic >= threshold { return true }
        }
        return false
    }
}
