import BenchmarkModel

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
        }
    }

    /// A share of a whole: `2.50 %`.
    static func percent(_ share: Double) -> String { "\(number(share * 100)) %" }
}
