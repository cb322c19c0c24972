/// The estimate of a shift by J. L. Hodges and E. L. Lehmann, "Estimates of Location Based on Rank Tests", Annals of Mathematical
/// Statistics 34 (1963), 598-611: nearly as exact as means where numbers are normal, and unmoved by outliers.
///
/// All pairs are ordered without listing them: n log n for sorting and 130 passes over n + m numbers, 1 ms for 2000 x
/// 2000.
package enum HodgesLehmann {
    /// The median of all differences of a number of head minus one of base, in the unit of the numbers.
    ///
    /// - Returns: nil where a side is empty, or a number or the result is not finite.
    package static func shift(from base: [Double], to head: [Double]) -> Double? {
        guard let base = Quantiles(base)?.sorted, let head = Quantiles(head)?.sorted else { return nil }
        return OrderStatistic.median(of: base.count * head.count) { limit in
            // What of base is too far below one number of head is so for all larger ones.
            var first = 0
            var count = 0
            for number in head {
                while first < base.count, number - base[first] > limit { first += 1 }
                if first == base.count { break }
                count += base.count - first
            }
            return count
        }
    }
}
