package import BenchmarkModel

/// A metric of a cell over the runs of the store that may be set side by side, and where it changed.
package struct History: Sendable, Equatable {
    /// What one run says.
    package struct Point: Sendable, Equatable {
        package var run: String
        /// Seconds since 1970; nil where it is not told.
        package var startedAt: Double?
        /// In the metric's unit.
        package var estimate: Double
        /// In the metric's unit; nil where it is not known.
        package var standardError: Double?
        /// How many measurements it rests on.
        package var n: Int
        /// What stands beside it, in words.
        package var caveats: [String]

        package init(
            run: String, startedAt: Double?, estimate: Double, standardError: Double? = nil, n: Int,
            caveats: [String] = []
        ) {
            self.run = run
            self.startedAt = startedAt
            self.estimate = estimate
            self.standardError = standardError
            self.n = n
            self.caveats = caveats
        }
    }

    /// A change point: the series lies elsewhere from this run on.
    package struct Step: Sendable, Equatable {
        /// Of the first point after it.
        package var index: Int
        /// The first run after it.
        package var run: String
        /// When that run started, in seconds since 1970; nil where it is not told.
        package var startedAt: Double?
        /// The median of the runs since the change point before it, in the metric's unit.
        package var before: Double
        /// The median of the runs until the next change point, in the metric's unit.
        package var after: Double
        /// The shift between those runs on the scale (Hodges and Lehmann): the logarithm of a ratio, or a difference in the
        /// metric's unit.
        package var effect: Double
        /// Of the test, after Holm over all series that are shown.
        package var pValue: Double
        package var runsBefore: Int
        package var runsAfter: Int
        /// Whether the change is for the worse; else it is for the better.
        package var isWorse: Bool

        package init(
            index: Int, run: String, startedAt: Double?, before: Double, after: Double, effect: Double, pValue: Double,
            runsBefore: Int, runsAfter: Int, isWorse: Bool
        ) {
            self.index = index
            self.run = run
            self.startedAt = startedAt
            self.before = before
            self.after = after
            self.effect = effect
            self.pValue = pValue
            self.runsBefore = runsBefore
            self.runsAfter = runsAfter
            self.isWorse = isWorse
        }
    }

    /// Runs of the suite that are not in the series.
    package struct LeftOut: Sendable, Equatable {
        /// Why, in words.
        package var reason: String
        package var count: Int

        package init(_ reason: String, _ count: Int) {
            self.reason = reason
            self.count = count
        }
    }

    package var metric: Metric
    package var scale: Scale
    /// The ``Cell/key``.
    package var cell: String
    package var workload: String
    package var platform: String
    /// The oldest first.
    package var points: [Point]
    /// In the order of the points.
    package var steps: [Step]
    /// The most frequent reason first. With the points these are all runs of the suite that were looked at.
    package var leftOut: [LeftOut]
    /// How many points a change point takes among so many series; nil where there are enough.
    package var fewestForSteps: Int?

    package init(
        metric: Metric, scale: Scale, cell: String, workload: String, platform: String, points: [Point],
        steps: [Step] = [], leftOut: [LeftOut] = [], fewestForSteps: Int? = nil
    ) {
        self.metric = metric
        self.scale = scale
        self.cell = cell
        self.workload = workload
        self.platform = platform
        self.points = points
        self.steps = steps
        self.leftOut = leftOut
        self.fewestForSteps = fewestForSteps
    }

    /// What is measured and where, in words: `noop on runc (warm)`.
    package var label: String { Draft.label(ofCell: cell) }

    /// The effect as a share of what was before, such as 0.1 for 10 % more; nil for differences.
    package func share(of step: Step) -> Double? { scale.share(ofEffect: step.effect) }
}
