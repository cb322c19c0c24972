import Analysis
import BenchmarkModel
import Foundation

/// Figures in words for the forms that a person reads in the end: three significant digits, always with their unit.
enum FigureText {
    /// A unit in which figures are read, and how many of the metric's own unit make one of it.
    struct Reading {
        var symbol: String
        var size: Double

        init(_ symbol: String, _ size: Double) {
            self.symbol = symbol
            self.size = size
        }
    }

    private static let binary = [
        Reading("bytes", 1), Reading("KiB", 1_024), Reading("MiB", 1_048_576), Reading("GiB", 1_073_741_824),
        Reading("TiB", 1_099_511_627_776),
    ]

    /// The unit in which a value of this size is read most easily.
    static func reading(of value: Double, _ unit: Metric.Unit) -> Reading {
        switch unit {
        case .nanoseconds: abs(value) >= 10e9 ? Reading("s", 1e9) : Reading("ms", 1e6)
        case .bytes: binary.first { abs(value) / $0.size < 1_000 } ?? Reading("TiB", 1_099_511_627_776)
        case .count, .ratio: Reading("", 1)
        case .cpuShare: Reading("ms/s", 1e-3)
        case .share: Reading("%", 0.01)
        case .other(let unit): Reading(unit, 1)
        }
    }

    /// A figure with its unit: `36.1 ms`, `1.89 MiB`, `400`, `2.50 %`.
    static func value(_ value: Double, _ unit: Metric.Unit) -> String {
        let reading = reading(of: value, unit)
        return joined(digits(value / reading.size, unit), reading.symbol)
    }

    /// Both ends in the unit of the figure that they belong to: `34.2 to 38.0 ms`.
    static func interval(_ lower: Double, _ upper: Double, of value: Double, _ unit: Metric.Unit) -> String {
        let reading = reading(of: value, unit)
        return joined(
            "\(digits(lower / reading.size, unit)) to \(digits(upper / reading.size, unit))", reading.symbol)
    }

    /// An effect or a limit on a scale with its sign: `+13.6 %` of the base, or `-2.10 MiB`, `+1.50 points`.
    static func effect(_ value: Double, on scale: Scale, _ unit: Metric.Unit, isSigned: Bool = true) -> String {
        let (size, symbol) = measure(scale, unit, largest: value)
        return joined(effectDigits(value, scale, size, isSigned: isSigned), symbol)
    }

    /// The interval of an effect: `+9.20 to +18.2 %`.
    static func interval(_ effect: Effect, _ unit: Metric.Unit) -> String {
        let largest = max(abs(effect.value), abs(effect.lower), abs(effect.upper))
        let (size, symbol) = measure(effect.scale, unit, largest: largest)
        let ends = [effect.lower, effect.upper].map { effectDigits($0, effect.scale, size, isSigned: true) }
        return joined(ends.joined(separator: " to "), symbol)
    }

    /// In what an effect is told; the largest of those that are told together decides.
    private static func measure(_ scale: Scale, _ unit: Metric.Unit, largest: Double) -> (Double, String) {
        guard case .difference = scale else { return (0.01, "%") }
        let reading = reading(of: largest, unit)
        return (reading.size, unit == .share ? "points" : reading.symbol)
    }

    private static func effectDigits(_ value: Double, _ scale: Scale, _ size: Double, isSigned: Bool) -> String {
        let effect = (scale.share(ofEffect: value) ?? value) / size
        let digits = number(abs(effect))
        guard digits != "0" else { return digits }
        return (effect < 0 ? "-" : isSigned ? "+" : "") + digits
    }

    /// A share as `95 %`, `99.9 %`, `99.97 %`: as many digits as tell it from 100.
    static func confidence(_ share: Double) -> String { "\(String(format: "%.4g", share * 100)) %" }

    private static func joined(_ digits: String, _ symbol: String) -> String {
        symbol.isEmpty ? digits : "\(digits) \(symbol)"
    }

    /// A count of things is told in full; a mean of counts has one decimal.
    private static func digits(_ value: Double, _ unit: Metric.Unit) -> String {
        guard unit == .count, value.isFinite, abs(value) < 1e15 else { return number(value) }
        let isWhole = abs(value - value.rounded()) <= 1e-9 * max(1, abs(value))
        return String(format: isWhole ? "%.0f" : "%.1f", value)
    }

    /// Three significant digits with a decimal point: `0.812`, `31.2`, `2610`; below 1e-9 it is 0.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "-infinity" : "infinity" }
        guard abs(value) >= 1e-9 else { return "0" }
        // Rounding may add a digit (9.996 becomes 10.0), so it comes before the digits are counted.
        let scale = pow(10, 2 - log10(abs(value)).rounded(.down))
        let rounded = (value * scale).rounded() / scale
        guard rounded.isFinite, rounded != 0 else { return String(format: "%.3g", value) }
        let decimals = min(max(0, 2 - Int(log10(abs(rounded)).rounded(.down))), 11)
        return String(format: "%.\(decimals)f", rounded)
    }
}
