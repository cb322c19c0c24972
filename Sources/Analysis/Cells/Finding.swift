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
    /// What it rests on; nil where it has no spread that could be known.
    package var evidence: Evidence?
    /// How two of it are set against each other.
    package var scale: Scale
    /// Whether it is judged where nobody says what is.
    package var isHeadline: Bool
    /// Why nothing can be concluded from it whatever it is set against, in words; nil where something can.
    package var refusal: String?
    package var caveats: [Caveat]

    package init(
        metric: Metric, cell: String, workload: String, platform: String, estimate: Double, interval: Interval? = nil,
        n: Int, isLowerBound: Bool = false, evidence: Evidence? = nil, scale: Scale = .ratio,
        isHeadline: Bool = false, refusal: String? = nil, caveats: [Caveat] = []
    ) {
        self.evidence = evidence
        self.scale = scale
        self.isHeadline = isHeadline
        self.refusal = refusal
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
        let (ofCell, ofShares) = (refusal, refusalOfShares)
        return ownMetrics.compactMap { metric in
            guard let estimate = metric.estimate(self), estimate.value.isFinite else { return nil }
            var refusal = ofCell
            if case .share = estimate.evidence { refusal = ofShares }
            return Finding(
                metric: metric.metric(for: facts), cell: cell.key, workload: cell.workload, platform: cell.platform,
                estimate: estimate.value, interval: estimate.interval, n: estimate.n,
                isLowerBound: estimate.isLowerBound, evidence: estimate.evidence, scale: metric.scale,
                isHeadline: metric.isHeadline, refusal: refusal ?? estimate.refusal,
                caveats: caveats + metric.caveats)
        }
    }

    /// Why no verdict can be given on a share of failures, in words: that too few starts are ok is no reason to overlook that the
    /// others failed.
    private var refusalOfShares: String? {
        guard standing == .tooFew else { return refusal }
        return Double(accounting.invalid) > Self.mostInvalidShare * Double(accounting.planned) ? refusal : nil
    }
}
