package import Analysis
import BenchmarkModel
import Statistics

extension ComparedFigure {
    /// What is measured and where: `median, noop on runc (warm)`.
    package var nameText: String { "\(metric.title), \(label)" }

    /// The base's figure with its n; `none` where it has none.
    package var baseText: String { base.map(\.text) ?? "none" }

    /// The head's figure with its n; `none` where it has none.
    package var headText: String { head.map(\.text) ?? "none" }

    /// The effect: `+12.3 %`, `-1.20 MiB`, `+5.00 points`; `–` where it cannot be told.
    package var effectText: String {
        effect.map { Format.change($0.value, scale, metric.unit) } ?? "–"
    }

    /// The interval that inverts the test: `+8.10 to +16.7 %`; empty where there is none.
    package var intervalText: String {
        guard let effect else { return "" }
        return Format.change(from: effect.lower, to: effect.upper, scale, metric.unit)
    }

    /// The least effect that could have been seen: `6.30 %`; `–` where there was no test.
    package var detectableText: String {
        guard let smallestDetectable else { return "–" }
        let text = Format.change(smallestDetectable, scale, metric.unit)
        return text.hasPrefix("+") ? String(text.dropFirst()) : text
    }
}

extension Analysis.Figure {
    /// With its n: `31.2 ms (n = 20)`, `1 of 20`.
    package var text: String {
        if let counts { return "\(counts.events) of \(counts.trials)" }
        let bound = isLowerBound ? "at least " : ""
        let of = runs > 1 ? ", \(runs) runs" : ""
        return "\(bound)\(value) (n = \(n)\(of))"
    }

    /// The mean of counts is no count: it has a decimal where it is not whole.
    private var value: String {
        guard metric.unit == .count, estimate.isFinite, abs(estimate) < 1e9 else {
            return Format.figure(estimate, metric.unit)
        }
        let tenths = (estimate * 10).rounded() / 10
        return tenths == tenths.rounded() ? Format.instances(tenths) : "\(tenths)"
    }
}

extension Format {
    /// An effect on its scale: a ratio as a change in percent, a difference in the metric's unit.
    static func change(_ effect: Double, _ scale: Scale, _ unit: Metric.Unit) -> String {
        switch scale {
        case .ratio: signedPercent(Logarithm.exponential(effect) - 1)
        case .difference: sign(effect) + difference(abs(effect), unit)
        }
    }

    /// Both ends of an interval of effects.
    static func change(
        from lower: Double, to upper: Double, _ scale: Scale, _ unit: Metric.Unit
    ) -> String {
        let ends = [lower, upper].map { change($0, scale, unit) }
        // The unit once, where both ends have the same.
        let units = ends.map { $0.drop { $0 != " " } }
        let first = units[0] == units[1] ? String(ends[0].dropLast(units[0].count)) : ends[0]
        return "\(first) to \(ends[1])"
    }

    private static func difference(_ value: Double, _ unit: Metric.Unit) -> String {
        switch unit {
        case .share: "\(number(value * 100)) points"
        default: figure(value, unit)
        }
    }

    private static func signedPercent(_ share: Double) -> String {
        guard share.isFinite, abs(share) < 1e6 else { return share < 0 ? "-100 %" : "beyond +100000000 %" }
        return sign(share) + "\(number(abs(share) * 100)) %"
    }

    private static func sign(_ value: Double) -> String { value < 0 ? "-" : "+" }
}
