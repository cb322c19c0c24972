import Foundation

/// A scale from durations to a place between the left and the right end of a drawing.
struct Axis {
    /// Whether equal distances are equal ratios.
    let logarithmic: Bool
    private let lower: Double
    private let upper: Double

    /// Where platforms differ by more than this, a linear scale would press all but the slowest into one point.
    static let ratioForLogarithm = 20.0

    /// Makes a scale.
    ///
    /// - Parameters:
    ///   - values: the durations to be shown, in nanoseconds.
    ///   - medians: those by which it is decided whether the scale is logarithmic.
    init?(values: [Double], medians: [Double]) {
        guard let smallest = values.min(), let largest = values.max(), largest > 0 else { return nil }
        let least = medians.min() ?? smallest
        let most = medians.max() ?? largest
        logarithmic = smallest > 0 && least > 0 && most / least > Axis.ratioForLogarithm
        lower = logarithmic ? smallest / 1.15 : 0
        upper = logarithmic ? largest * 1.15 : largest * 1.03
    }

    /// The place in percent of the width, between 1 and 99.
    func percent(_ value: Double) -> Double {
        let share =
            logarithmic ? log(max(value, lower) / lower) / log(upper / lower) : (value - lower) / (upper - lower)
        return 1 + 98 * min(max(share, 0), 1)
    }

    /// Round durations to be written under the scale, at most about six.
    var ticks: [Double] {
        logarithmic ? logarithmicTicks : linearTicks
    }

    private var linearTicks: [Double] {
        let rough = (upper - lower) / 4
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        return stride(from: 0, through: upper, by: step).map { $0 }
    }

    private var logarithmicTicks: [Double] {
        let first = Int(log10(lower).rounded(.down))
        let last = Int(log10(upper).rounded(.up))
        guard first <= last else { return [] }
        let powers = (first...last).map { pow(10, Double($0)) }
        let multiples: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
        return powers.flatMap { power in multiples.map { $0 * power } }.filter { (lower...upper).contains($0) }
    }
}
