/// Where the distribution of a series changes, in whatever way: E-divisive (D. S. Matteson and N. A. James, "A
/// Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data", Journal of the American Statistical
/// Association 109 (2014), 334-345) with alpha = 1, absolute distances.
///
/// The segment that splits best is split, until the best split is not significant. A scan takes time with the square of
/// the length: 4 ms for 2000 numbers, times the number of permutations for each change.
package enum EDivisive {
    /// The changes of a series, ascending.
    ///
    /// A change is tested by permuting the numbers inside the segments that were found before it: p is the share of
    /// permutations, the observed order among them, whose best split of any segment is as good. The test stops as soon
    /// as that cannot be significant any more.
    ///
    /// - Parameters:
    ///   - series: in the order of time.
    ///   - significance: the largest p of a change.
    ///   - minimumSegment: the fewest numbers on either side of a change; at least 2.
    ///   - permutations: of each test; p is no smaller than one over one more than these.
    ///   - random: the source of the permutations.
    /// - Returns: nothing where the series is too short for a change, or a number is not finite.
    package static func changePoints(
        _ series: [Double], significance: Double = 0.01, minimumSegment: Int = 3, permutations: Int = 999,
        using random: inout some RandomNumberGenerator
    ) -> [ChangePoint] {
        let shortest = max(2, minimumSegment)
        guard series.allSatisfy(\.isFinite), series.count / 2 >= shortest else { return [] }
        var search = EDivisiveSearch(
            series: series, shortest: shortest, permutations: permutations, significance: significance)
        var found: [ChangePoint] = []
        while let candidate = search.bestSplit() {
            guard let pValue = search.pValue(of: candidate, using: &random) else { break }
            found.append(ChangePoint(index: candidate.index, pValue: pValue))
            search.split(at: candidate.index)
        }
        return found.sorted { $0.index < $1.index }
    }
}
