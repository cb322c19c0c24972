package import Analysis
import BenchmarkModel

/// What a figure that was read from a file must hold. The file may be of anybody's making, and nothing that is made from it
/// may be taken for a measurement that was none.
extension Figure {
    /// A value that no figure can have: its name in files, and what is wrong with it, in words.
    package struct Fault: Sendable, Equatable {
        package var key: String
        package var words: String
    }

    /// The first value that it cannot have; nil where there is none.
    package var fault: Fault? {
        func fault(_ key: String, _ words: String) -> Fault { Fault(key: key, words: words) }
        if metric.id.isEmpty { return fault("metric", "a metric has a name") }
        if cell.isEmpty { return fault("cell", "a cell has a name") }
        let unit = metric.unit.rawValue
        if !FigureSpec.isUnit(unit) {
            return fault(
                "unit", "'\(String(unit.prefix(40)).showingControls)' is no unit: that is \(FigureSpec.unitRule)")
        }
        if case .other = metric.unit, KnownMetric.all[metric.id] != nil {
            return fault("unit", "'\(unit)' is not known: \(metric.id) is counted in a unit of tare's own")
        }
        if metric.definitionVersion < 1 {
            return fault("definition", "\(metric.definitionVersion) is no version: they count from 1")
        }
        if !estimate.isFinite { return fault("estimate", "\(estimate) is no finite number") }
        if let error = standardError, !(error.isFinite && error >= 0) {
            return fault("error", "\(error) is no error: that is a finite number from 0 on")
        }
        if !(degreesOfFreedom.isFinite && degreesOfFreedom > 0) {
            return fault(
                "freedom", "\(degreesOfFreedom) is no number of degrees of freedom: that is finite and above 0")
        }
        if let resolution = scale.resolution, !(resolution.isFinite && resolution >= 0) {
            return fault("resolution", "\(resolution) is no resolution: that is a finite number from 0 on")
        }
        // Beyond these no host has ever measured, and sums and searches go wrong.
        if abs(estimate) > 1e300 { return fault("estimate", "\(estimate) is beyond all measure") }
        for (key, count) in [("blocks", blocks), ("n", n), ("runs", runs), ("trials", counts?.trials ?? 1)]
        where count > Figure.most {
            return fault(key, "\(count) is more than the \(Figure.most) that can be")
        }
        if degreesOfFreedom > Double(Figure.most) {
            return fault("freedom", "\(degreesOfFreedom) is more than the \(Figure.most) that can be")
        }
        if blocks < 0 { return fault("blocks", "\(blocks) is negative") }
        if n < 0 { return fault("n", "\(n) is negative") }
        if runs < 1 { return fault("runs", "\(runs) is no number of runs") }
        if let counts, counts.trials < 1 { return fault("trials", "\(counts.trials) is no number of trials") }
        if let counts, !(0...counts.trials).contains(counts.events) {
            return fault("events", "\(counts.events) cannot be of \(counts.trials) trials")
        }
        return nil
    }

    /// The most of anything that can be counted in a file.
    package static let most = 100_000_000

    /// With the reason why no verdict can rest on it, where there is one that it does not say itself.
    package var sayingRefusal: Figure {
        var copy = self
        copy.refusal = refusal ?? missing
        return copy
    }

    private var missing: String? {
        if n == 0 { return "it rests on no measurement" }
        if counts != nil { return nil }
        if scale.value(estimate) == nil { return "it is not positive, so it has no ratio" }
        guard let standardError else { return "no spread of it is known" }
        return standardError == 0 ? "its error is 0, which no measurement has" : nil
    }
}
