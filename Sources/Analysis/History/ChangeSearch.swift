import BenchmarkModel
import Statistics

/// Looks for change points in several series at once, so that the chance of a single false alarm among all of them stays below
/// ``Comparison/level``: E-divisive in each, Holm over the series.
///
/// The test draws permutations, and of n numbers there are only so many. Of a clean step in the middle the mirror image is as far
/// out, so its p-value is about 2 / C(n, n/2): with 6 runs 0.1, with 10 runs 0.008. Series that are too short to be found
/// anything in are no members of the family (R. E. Tarone, "A Modified Bonferroni Method for Discrete Data", Biometrics 46
/// (1990), 515-522); it is said of them how long they would have to be.
struct ChangeSearch {
    struct Series: Sendable {
        /// The random numbers are drawn by it.
        var name: String
        /// On the scale of effects, the oldest first.
        var values: [Double]
        /// Effects up to this are none.
        var margin: Double
    }

    struct Change: Equatable, Sendable {
        /// Of the first value after it.
        var index: Int
        /// The Hodges-Lehmann shift between the neighbouring segments.
        var effect: Double
        /// After Holm.
        var pValue: Double
    }

    /// A segment is at least so long: a single odd run is no change.
    static let shortestSegment = 3

    /// For each series, in their order; ascending.
    let found: [[Change]]
    /// For each series, whether it was long enough.
    let isTested: [Bool]
    /// How many values all of the series would need.
    let fewest: Int

    init(_ series: [Series], seed: UInt64) {
        fewest = Self.fewest(among: series.count)
        let tested = Self.tested(series.map(\.values.count))
        isTested = series.indices.map(tested.contains)
        var found = [[Change]](repeating: [], count: series.count)
        var open = tested.sorted()
        // Holm's steps: each series in which something is found leaves more of the level to the others.
        while !open.isEmpty {
            let share = Double(open.count)
            let results = open.concurrently { place in
                Self.points(
                    in: series[place], significance: Comparison.level / share,
                    permutations: Self.permutations(series[place].values.count, among: tested.count), seed: seed)
            }
            let hits = zip(open, results).filter { !$1.isEmpty }
            guard !hits.isEmpty else { break }
            for (place, points) in hits {
                let adjusted = points.map { (index: $0.index, pValue: min(1, $0.pValue * share)) }
                found[place] = Self.beyondMargin(adjusted, in: series[place])
            }
            open.removeAll { place in hits.contains { $0.0 == place } }
        }
        self.found = found
    }

    private static func points(
        in series: Series, significance: Double, permutations: Int, seed: UInt64
    ) -> [ChangePoint] {
        guard let least = series.values.min(), let most = series.values.max(), most - least > series.margin else {
            return []
        }
        var random = SplitMix64(seed: seed, name: "history/\(series.name)")
        return EDivisive.changePoints(
            series.values, significance: significance, minimumSegment: shortestSegment, permutations: permutations,
            using: &random)
    }

    /// Enough to tell p-values from the level of the first of Holm's steps, and so few that a series takes no more than a second.
    /// Where there is no change the test stops long before.
    private static func permutations(_ count: Int, among family: Int) -> Int {
        let affordable = 1_000_000_000 / max(1, count * count)
        return max(200 * family, min(1_000 * family, affordable)) - 1
    }

    /// The change points whose effect is beyond the margin. The least is given up first, because its neighbours' segments grow.
    private static func beyondMargin(_ points: [(index: Int, pValue: Double)], in series: Series) -> [Change] {
        var points = points.sorted { $0.index < $1.index }
        while true {
            let bounds = [0] + points.map(\.index) + [series.values.count]
            let changes = points.enumerated().map { number, point in
                let before = Array(series.values[bounds[number]..<point.index])
                let after = Array(series.values[point.index..<bounds[number + 2]])
                return Change(
                    index: point.index, effect: HodgesLehmann.shift(from: before, to: after) ?? 0, pValue: point.pValue)
            }
            let least = changes.indices.min { abs(changes[$0].effect) < abs(changes[$1].effect) }
            guard let least, !(abs(changes[least].effect) > series.margin) else { return changes }
            points.remove(at: least)
        }
    }

    // MARK: - How long series must be

    /// The places of the series that are long enough: for the least K for which no more than K of them can have a p-value of the
    /// level / K.
    static func tested(_ counts: [Int]) -> Set<Int> {
        for size in 1...max(1, counts.count) {
            let able = counts.indices.filter { leastPValue(counts[$0]) <= Comparison.level / Double(size) }
            if able.count <= size { return Set(able) }
        }
        return []
    }

    /// How many values each of so many series must have, at least two segments' worth.
    static func fewest(among family: Int) -> Int {
        let level = Comparison.level / Double(max(1, family))
        return (2 * shortestSegment...200).first { leastPValue($0) <= level } ?? 200
    }

    /// 2 / C(n, n/2).
    static func leastPValue(_ count: Int) -> Double {
        guard count >= 2 * shortestSegment else { return 1 }
        let half = count / 2
        return (1...half).reduce(2) { $0 * Double($1) / Double(count - half + $1) }
    }
}
