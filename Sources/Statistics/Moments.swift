/// Mean and variance of some numbers.
package struct Moments {
    /// In the unit of the numbers.
    package let mean: Double
    /// With the divisor n - 1, in the unit of the numbers squared; exactly 0 where all are the same.
    package let variance: Double

    /// nil with fewer than two numbers, or where one is not finite.
    package init?(_ values: [Double]) {
        guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
        let count = Double(values.count)
        // From the first number on, so that those that are all the same leave nothing.
        let first = values[0]
        let offset = values.reduce(0) { $0 + ($1 - first) } / count
        let squares = values.reduce(0) { $0 + ($1 - first - offset) * ($1 - first - offset) }
        mean = first + offset
        variance = squares / (count - 1)
    }
}
