import BenchmarkModel

extension Figure {
    /// The figures of one metric and cell in several runs as one: their mean on the scale, with the error of that mean as far
    /// as the runs' own errors make it. What varies from run to run is not in it: see ``LearntNoise``.
    ///
    /// A run in which no verdict can rest on the figure is left out where there is another, and that is said beside it.
    ///
    /// - Parameter figures: each with the name of its run.
    /// - Returns: nil where there is none.
    package static func combined(_ figures: [(run: String, figure: Figure)]) -> Figure? {
        let good = figures.filter { $0.figure.refusal == nil }
        let left = good.isEmpty ? 0 : figures.count - good.count
        let figures = good.isEmpty ? figures : good
        guard var mean = figures.first?.figure else { return nil }
        if left > 0 { mean.caveats.append("left out of \(left) of \(left + figures.count) runs") }
        guard figures.count > 1 else { return mean }
        let told = mean.caveats
        let all = figures.map(\.figure)
        let count = Double(all.count)
        mean.sample = nil
        mean.n = all.reduce(0) { $0 + $1.n }
        mean.blocks = all.reduce(0) { $0 + $1.blocks }
        mean.runs = all.reduce(0) { $0 + $1.runs }
        mean.caveats = (told + all.flatMap(\.caveats)).uniqued()
        mean.isLowerBound = all.contains(where: \.isLowerBound)
        mean.refusal =
            figures.first { $0.figure.refusal != nil }.map { "in run \($0.run): \($0.figure.refusal ?? "")" }
        if mean.refusal == nil, all.contains(where: { $0.metric.unit != mean.metric.unit }) {
            mean.refusal = "it is not counted in the same unit in all runs"
        }
        if mean.counts != nil {
            let counts = all.compactMap(\.counts)
            let sum = Counts(
                events: counts.reduce(0) { $0 + $1.events }, trials: counts.reduce(0) { $0 + $1.trials })
            mean.counts = sum
            mean.estimate = sum.trials > 0 ? Double(sum.events) / Double(sum.trials) : 0
            return mean
        }
        let placed = all.compactMap { mean.scale.value($0.estimate) }
        if placed.count == all.count {
            mean.estimate = mean.scale.estimate(placed.reduce(0, +) / count)
        } else if mean.refusal == nil {
            mean.refusal = "it is not positive in all runs, so it has no ratio"
        }
        let errors = all.compactMap(\.standardError)
        guard errors.count == all.count else {
            mean.standardError = nil
            return mean
        }
        let squares = errors.map { $0 * $0 }
        let sum = squares.reduce(0, +)
        mean.standardError = sum.squareRoot() / count
        // Satterthwaite's: the degrees of freedom of a sum of estimated variances.
        let terms = zip(squares, all).map { $0 * $0 / max(1, $1.degreesOfFreedom) }.reduce(0, +)
        mean.degreesOfFreedom = terms > 0 ? sum * sum / terms : mean.degreesOfFreedom
        return mean
    }
}
