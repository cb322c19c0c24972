import BenchmarkModel
import Foundation

extension Format {
    /// A figure with its unit.
    static func figure(_ value: Double, _ unit: Metric.Unit) -> String {
        switch unit {
        case .nanoseconds: duration(value)
        case .bytes: signedBytes(value)
        case .count: instances(value)
        case .cpuShare: cpuShare(value)
        case .share: percent(value)
        case .ratio: number(value)
        case .other(let unit): "\(counted(value)) \(unit)"
        }
    }

    /// The ends of a figure's interval, in that figure's unit.
    static func interval(_ lower: Double, _ upper: Double, of value: Double, _ unit: Metric.Unit) -> String {
        switch unit {
        case .nanoseconds: range(lower, upper, in: TimeUnit.ofStartup(value))
        case .bytes: signedBytes(lower, to: upper, of: value)
        case .count: "\(instances(lower)) to \(instances(upper))"
        case .cpuShare: "\(cpuShare(lower)) to \(cpuShare(upper))"
        case .share: "\(percent(lower)) to \(percent(upper))"
        case .ratio: "\(number(lower)) to \(number(upper))"
        case .other: "\(counted(lower)) to \(counted(upper))"
        }
    }

    /// What a tool counted, of any size and sign: three significant digits, from 1,000 on four: `0.0412`, `-31.2`, `12,350`.
    static func counted(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15, value == 0 || abs(value) >= 1e-6 else {
            return value.isFinite ? String(format: "%.3g", value) : "not a number"
        }
        // What rounds to a thousand has four digits already.
        guard abs(value) >= 999.5 else { return number(value) }
        let exponent = max(0, Int(log10(abs(value)).rounded(.down)) - 3)
        let step = pow(10, Double(exponent))
        return (value < 0 ? "-" : "") + thousands(Int((abs(value) / step).rounded() * step))
    }

    /// A share of a whole: `2.50 %`.
    static func percent(_ share: Double) -> String { "\(number(share * 100)) %" }
}
