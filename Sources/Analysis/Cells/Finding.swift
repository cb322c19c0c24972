package import BenchmarkModel
package import Statistics

/// A metric of a cell: what is compared, gated, exported and charted.
package struct Finding: Sendable, Equatable {
    package var metric: Metric
    /// The ``Cell/key``.
    package var cell: String
    package var workload: String
    package var platform: String
    /// In the metric's unit.
    package var estimate: Double
    /// The 95 % interval; nil where there is none.
    package var interval: Interval?
    /// How many measurements it rests on.
    package var n: Int
    /// Whether it is only known that the figure is at least so much.
    package var isLowerBound: Bool
    package var caveats: [Caveat]

    package init(
        metric: Metric, cell: String, workload: String, platform: String, estimate: Double, interval: Interval? = nil,
        n: Int, isLowerBound: Bool = false, caveats: [Caveat] = []
    ) {
        self.metric = metric
        self.cell = cell
        self.workload = workload
        self.platform = platform
        self.estimate = estimate
        self.interval = interval
        self.n = n
        self.isLowerBound = isLowerBound
        self.caveats = caveats
    }
}

extension AnalysedCell {
    /// What can be stated of the cell, in the order of its metrics.
    ///
    /// - Parameter facts: those of the run, for the versions of the definitions.
    package func findings(_ facts: HostFacts) -> [Finding] {
        let caveats = caveats
        return Self.metrics.compactMap { metric in
            guard let estimate = metric.estimate(self), estimate.value.isFinite else { return nil }
            return Finding(
                metric: metric.metric(for: facts), cell: cell.key, workload: cell.workload, platform: cell.platform,
                estimate: estimate.value, interval: estimate.interval, n: estimate.n,
                isLowerBound: estimate.isLowerBound, caveats: caveats)
        }
    }
}
