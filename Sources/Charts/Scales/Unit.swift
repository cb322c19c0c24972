import Foundation

/// In what the values of an axis are counted. It decides which values are round, and how they are written.
package enum Unit: Sendable, Equatable, CaseIterable {
    /// Time, in nanoseconds.
    case nanoseconds
    /// Memory. Round are the powers of two.
    case bytes
    /// Whole things.
    case count
    /// A part of a whole, from 0 to 1; written in percent.
    case share
    /// How many times as much.
    case ratio
    /// Numbers in a unit that stands in the words beside the drawing.
    case number

    /// A round value as it stands at an axis: `20 ms`, `512 KiB`, `1,000`, `5 %`, `2×`, `0.05`; `0` without its unit.
    func label(_ value: Double) -> String {
        guard value.isFinite else { return "" }
        guard value != 0 else { return "0" }
        switch self {
        case .nanoseconds: return Self.scaled(value, Self.times)
        case .bytes: return Self.scaled(value, Self.sizes)
        case .count, .number: return Self.number(value)
        case .share: return "\(Self.number(value * 100)) %"
        case .ratio: return "\(Self.number(value))×"
        }
    }

    static let minute = 60e9
    static let hour = 3_600e9

    private static let times: [(name: String, size: Double)] = [
        ("h", hour), ("min", minute), ("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1),
    ]
    private static let sizes: [(name: String, size: Double)] =
        ["TiB", "GiB", "MiB", "KiB", "bytes"].enumerated().map { ($1, pow(1024, Double(4 - $0))) }

    /// In the largest unit in which it needs no more than two decimal places.
    private static func scaled(_ value: Double, _ units: [(name: String, size: Double)]) -> String {
        let unit =
            units.first { unit in
                let hundredths = abs(value) / unit.size * 100
                return hundredths >= 99.5 && abs(hundredths - hundredths.rounded()) < 1e-6 * hundredths
            } ?? units.first { abs(value) >= $0.size } ?? units[units.count - 1]
        return "\(number(value / unit.size)) \(unit.name)"
    }

    /// With commas between thousands, and without zeros at the end of a fraction.
    private static func number(_ value: Double) -> String {
        guard abs(value) < 1e15 else { return String(format: "%.3g", value) }
        guard abs(value - value.rounded()) < 1e-9 * max(1, abs(value)) else { return String(format: "%.6g", value) }
        var digits = String(Int(abs(value).rounded()))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
            position -= 3
        }
        return (value < 0 ? "-" : "") + digits
    }
}
