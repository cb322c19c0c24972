import BenchmarkModel
import Foundation
import Statistics

extension Format {
    /// Bytes that may be negative, in binary units: `-2.10 MiB`, `512 KiB`.
    static func signedBytes(_ bytes: Double) -> String {
        guard bytes.isFinite else { return "not a number" }
        let unit = unit(of: bytes)
        return "\(signed(bytes / unit.bytes)) \(unit.name)"
    }

    /// The interval of a value in bytes, in that value's unit: `0.98 to 1.02 MiB`.
    static func signedBytes(_ lower: Double, to upper: Double, of value: Double) -> String {
        let unit = unit(of: value)
        return "\(signed(lower / unit.bytes)) to \(signed(upper / unit.bytes)) \(unit.name)"
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "-" : "") + number(abs(value)) }

    /// The binary unit in which so many bytes are fewer than 1,000.
    private static func unit(of bytes: Double) -> (name: String, bytes: Double) {
        let names = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var size = 1.0
        var index = 0
        while abs(bytes) / size >= 1_000, index < names.count - 1 {
            size *= 1_024
            index += 1
        }
        return (names[index], size)
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
            pieces.append(.text(" [\(signedBytes(interval.lower, to: interval.upper, of: line.slope))]"))
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
        thousands(Int(max(0, min(count, 1e15)).rounded(.down)))
    }

    /// A whole number from 0 on with commas between thousands.
    static func thousands(_ count: Int) -> String {
        var digits = String(count)
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
            position -= 3
        }
        return digits
    }
}
