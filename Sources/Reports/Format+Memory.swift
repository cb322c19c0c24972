import BenchmarkModel
import Foundation
import Statistics

extension Format {
    /// Bytes that may be negative, in binary units: `-2.10 MiB`, `512 KiB`.
    static func signedBytes(_ bytes: Double) -> String {
        guard bytes.isFinite else { return "not a number" }
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var value = abs(bytes)
        var index = 0
        while value >= 1_000, index < units.count - 1 {
            value /= 1_024
            index += 1
        }
        let sign = bytes < 0 && value > 0 ? "-" : ""
        return "\(sign)\(number(value)) \(units[index])"
    }

    /// KiB without the unit, for a table whose caption names it: `520`, `-3.5`.
    static func kibibytes(_ bytes: Double?) -> String {
        guard let bytes, bytes.isFinite else { return "–" }
        let value = bytes / 1_024
        if abs(value) < 0.05 { return "0" }
        return abs(value) >= 100 ? String(format: "%.0f", value) : number(value)
    }

    /// A slope with its interval, in the slope's unit.
    static func slope(_ line: Line) -> [Inline] {
        var pieces: [Inline] = [.strong(signedBytes(line.slope))]
        if let interval = line.slopeInterval {
            pieces.append(.text(" [\(signedBytes(interval.lower)) to \(signedBytes(interval.upper))]"))
        }
        return pieces
    }

    /// CPU time of an idle instance, seconds a second: `5.21 ms/s`, `0`.
    static func cpuShare(_ share: Double) -> String {
        share < 5e-7 ? "below 0.001 ms/s" : "\(number(share * 1_000)) ms/s"
    }

    /// A difference of durations in nanoseconds: `+1.2 ms`.
    static func signedDuration(_ nanoseconds: Double) -> String {
        "\(nanoseconds < 0 ? "-" : "+")\(shortDuration(abs(nanoseconds)))"
    }

    /// A whole number or a fraction of instances, rounded down: `2,411`.
    static func instances(_ count: Double) -> String {
        var digits = String(Int(max(0, min(count, 1e15)).rounded(.down)))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
            position -= 3
        }
        return digits
    }
}
