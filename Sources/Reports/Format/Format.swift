import Analysis
import Foundation

/// How figures are written: three significant digits, always with their unit.
enum Format {
    /// A number with three significant digits and a decimal point, such as `0.812`, `31.2`, `2610`; below 1e-9 it is 0.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "not a number" }
        guard abs(value) >= 1e-9 else { return "0" }
        let rounded = roundedToThreeDigits(value)
        guard rounded.isFinite, rounded != 0 else { return String(format: "%.3g", value) }
        let exponent = Int(log10(abs(rounded)).rounded(.down))
        let decimals = min(max(0, 2 - exponent), 9)
        return String(format: "%.\(decimals)f", rounded)
    }

    /// Rounding may add a digit (9.996 becomes 10.0), so it comes before the digits are counted.
    private static func roundedToThreeDigits(_ value: Double) -> Double {
        let exponent = log10(abs(value)).rounded(.down)
        let scale = pow(10, 2 - exponent)
        return (value * scale).rounded() / scale
    }

    /// The unit in which durations of this size are read most easily.
    enum TimeUnit {
        case microseconds, milliseconds, seconds

        /// How it is written.
        var symbol: String {
            switch self {
            case .microseconds: "µs"
            case .milliseconds: "ms"
            case .seconds: "s"
            }
        }

        /// How many nanoseconds make one.
        var nanoseconds: Double {
            switch self {
            case .microseconds: 1_000
            case .milliseconds: 1_000_000
            case .seconds: 1_000_000_000
            }
        }

        /// Milliseconds below ten seconds, else seconds.
        static func ofStartup(_ nanoseconds: Double) -> TimeUnit {
            nanoseconds >= 10_000_000_000 ? .seconds : .milliseconds
        }
    }

    /// A duration in nanoseconds as `31.2 ms`, or `12.3 s` from ten seconds on.
    static func duration(_ nanoseconds: Double) -> String {
        let unit = TimeUnit.ofStartup(nanoseconds)
        return "\(number(nanoseconds / unit.nanoseconds)) \(unit.symbol)"
    }

    /// A short duration in nanoseconds as `28.1 µs`, from a millisecond on as ``duration(_:)``.
    static func shortDuration(_ nanoseconds: Double) -> String {
        guard nanoseconds < 1_000_000 else { return duration(nanoseconds) }
        return "\(number(nanoseconds / 1_000)) µs"
    }

    /// A round duration in nanoseconds: `20 ms`, `500 µs`, `0`.
    static func tick(_ nanoseconds: Double) -> String {
        guard nanoseconds > 0 else { return "0" }
        let unit: TimeUnit =
            nanoseconds < 1_000_000 ? .microseconds : nanoseconds < 10_000_000_000 ? .milliseconds : .seconds
        return "\(String(format: "%g", nanoseconds / unit.nanoseconds)) \(unit.symbol)"
    }

    /// Both ends in the unit of the figure that they belong to: `30.1 to 33.0`.
    static func range(_ lower: Double, _ upper: Double, in unit: TimeUnit) -> String {
        "\(number(lower / unit.nanoseconds)) to \(number(upper / unit.nanoseconds))"
    }

    /// Seconds as `0.402 s`.
    static func seconds(_ seconds: Double) -> String {
        "\(number(seconds)) s"
    }

    /// Bytes in binary units: `128 MiB`.
    static func bytes(_ bytes: UInt64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        let text = value == value.rounded() ? String(format: "%.0f", value) : number(value)
        return "\(text) \(units[index])"
    }

    /// Seconds since 1970 as `2026-01-31T09:30:00Z`; nil where that is no date of this age.
    static func date(_ secondsSince1970: Double) -> String? {
        Timestamp.text(secondsSince1970)
    }

    /// Numbers in ascending order as `1, 3, 5-9`.
    static func list(_ numbers: [Int]) -> String {
        var parts: [String] = []
        var index = 0
        while index < numbers.count {
            var end = index
            while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
            parts.append(end > index + 1 ? "\(numbers[index])-\(numbers[end])" : "\(numbers[index])")
            if end == index + 1 { parts.append("\(numbers[end])") }
            index = end + 1
        }
        return parts.joined(separator: ", ")
    }

    /// `1 sample`, `3 samples`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Words as `a`, `a and b`, `a, b and c`.
    static func enumeration(_ words: [String]) -> String { words.enumeration }

    /// Words with a full stop at their end.
    static func sentence(_ text: String) -> String {
        guard let last = text.last else { return "" }
        return ".!?".contains(last) ? text : text + "."
    }

    /// A name with all that may not stand in an identifier of HTML replaced.
    static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
