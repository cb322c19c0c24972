package import BenchmarkModel

/// What a task is judged by: a figure that it prints itself, its own time, or its duration.
package struct TaskMeasure: Sendable, Equatable {
    /// The id of the metric.
    package var id: String
    package var title: String
    package var unit: Metric.Unit
    package var polarity: Metric.Polarity
    /// What stands beside it, beside what stands beside all figures of the cell.
    package var caveats: [Caveat]
    /// nil where no sample has it, or where so many failed that nobody can say.
    package var sampled: Sampled?
    /// How many times as dear it is as in the floors of the same workload, the kernel's own first: twice the time or half the rate
    /// is 2.
    package var floors: [FloorRatio] = []

    package var p10: Double? { sampled?.quantile(0.1) }
    /// nil where there are fewer than ``Sampled/fewestForP95``, or too many failed.
    package var p95: Double? { sampled.flatMap { $0.count < Sampled.fewestForP95 ? nil : $0.quantile(0.95) } }

    /// Why it has no ratio to anything, in words; nil where it has one, or no figure at all.
    package var refusal: String? {
        guard let sampled else { return nil }
        let least = min(sampled.best, sampled.worst)
        return least > 0 ? nil : "a sample gave \(least), and what is not above 0 has no ratio"
    }

    var estimate: Estimate? {
        sampled.map { sampled in
            var estimate = sampled.estimate
            estimate.refusal = refusal
            return estimate
        }
    }
}
