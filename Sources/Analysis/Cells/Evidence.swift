package import Statistics

/// What a figure rests on, as far as it can be set against another.
package enum Evidence: Sendable, Equatable {
    /// A quantile of numbers that were measured in blocks.
    case quantile(Double, of: BlockedValues)
    /// A figure whose standard error was worked out where it was made, in the metric's unit.
    case estimated(standardError: Double, degreesOfFreedom: Double)
    /// A handful of repetitions, each with a figure of its own in the metric's unit.
    case handful([Double])
    /// So many events of so many trials.
    case share(Int, of: Int)

    /// The error of a figure whose 95 % interval is Student's t; nil where it has none.
    static func interval(_ interval: Interval?) -> Evidence? {
        guard let interval, interval.blocks > 1 else { return nil }
        let freedom = Double(interval.blocks - 1)
        let half = (interval.upper - interval.lower) / 2
        return .estimated(
            standardError: half / StudentT.quantile(0.975, degreesOfFreedom: freedom), degreesOfFreedom: freedom)
    }
}

/// How two figures of a metric are set against each other.
package enum Scale: Sendable, Equatable {
    /// By the logarithm of their ratio.
    case ratio
    /// By their difference, for what is near zero: differences below the resolution, in the metric's unit, are none.
    case difference(resolution: Double)
}
