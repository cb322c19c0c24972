import Glibc

/// Quantiles of a set of numbers, sorted once.
package struct Quantiles: Sendable, Equatable {
    /// The numbers in ascending order; never empty, all finite.
    package let sorted: [Double]

    /// Sorts the numbers; nil where there is none, or where one of them is not finite: a figure made from such a set
    /// would look like a measurement and be none.
    package init?(_ values: [Double]) {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        sorted = values.sorted()
    }

    /// - Parameter sorted: in ascending order; at least one, all finite.
    init(ascending sorted: [Double]) { self.sorted = sorted }

    /// How many numbers there are; at least 1.
    package var count: Int { sorted.count }

    /// The smallest number.
    package var minimum: Double { sorted[0] }

    /// The largest number.
    package var maximum: Double { sorted[sorted.count - 1] }

    /// The quantile 0.5.
    package var median: Double { quantile(0.5) }

    /// The quantile 0.5 of numbers that nobody asks for another one of, to the last digit as ``median``: without sorting them all.
    ///
    /// - Returns: nil where there is none, or where one of them is not finite.
    package static func median(of values: [Double]) -> Double? {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        var values = values
        let middle = (values.count - 1) / 2
        // C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961), 321-322.
        var (low, high) = (0, values.count - 1)
        while low < high {
            let pivot = values[low + (high - low) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                guard left <= right else { break }
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
            if middle <= right { high = right } else if middle >= left { low = left } else { break }
        }
        guard values.count.isMultiple(of: 2), let next = values[(middle + 1)...].min() else { return values[middle] }
        return values[middle] + 0.5 * (next - values[middle])
    }

    /// The quantile of a probability, in the unit of the numbers. One number is every quantile of itself.
    ///
    /// Type 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50
    /// (1996), 361-365: with `h = (n - 1) p`, it is `x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h])`, indices
    /// from 0. It is what NumPy and R compute unless told otherwise.
    ///
    /// - Parameter probability: from 0 (the minimum) to 1 (the maximum); what lies outside is taken as the nearer end.
    package func quantile(_ probability: Double) -> Double {
        // Written so that a probability that is not a number is taken as 0 instead of trapping below.
        let bounded = probability >= 0 ? min(probability, 1) : 0
        let position = Double(sorted.count - 1) * bounded
        let index = Int(position)
        guard index + 1 < sorted.count else { return maximum }
        let fraction = position - Double(index)
        return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
    }

    /// The fewest independent numbers that carry a quantile: with fewer, all of them lie on one side of the true
    /// quantile in more than 2.5 % of cases, so that not even the most extreme of them bounds a 95 % interval. It is
    /// the least n with `max(p, 1 - p)^n <= 0.025`: 6 for the median, 36 for 0.1, 72 for 0.95, 368 for 0.99.
    ///
    /// - Returns: Int.max for a probability that is not above 0 and below 1: no number carries the ends.
    package static func fewest(for probability: Double) -> Int {
        guard probability > 0, probability < 1 else { return .max }
        let count = (log(0.025) / log(max(probability, 1 - probability))).rounded(.up)
        return Int(exactly: count) ?? .max
    }
}
