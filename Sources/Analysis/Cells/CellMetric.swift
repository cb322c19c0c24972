package import BenchmarkModel
package import Statistics

/// A figure of a cell.
package struct Estimate: Sendable, Equatable {
    /// In the unit of its metric.
    package var value: Double
    /// Its 95 % interval; nil where there is none.
    package var interval: Interval?
    /// How many measurements it rests on.
    package var n: Int
    /// The least and the most that single measurements gave, where that is shown instead of an interval.
    package var range: ClosedRange<Double>?
    /// Whether it is only known that it is at least so much.
    package var isLowerBound: Bool
    /// What it rests on; nil where it has no spread that could be known.
    package var evidence: Evidence?
    /// Why nothing can be concluded from it though its cell is sound, in words; nil where something can.
    package var refusal: String?

    package init(
        _ value: Double, _ interval: Interval? = nil, n: Int, range: ClosedRange<Double>? = nil,
        isLowerBound: Bool = false, evidence: Evidence? = nil, refusal: String? = nil
    ) {
        self.value = value
        self.interval = interval
        self.n = n
        self.range = range
        self.isLowerBound = isLowerBound
        self.evidence = evidence
        self.refusal = refusal
    }
}

/// A metric and how it is taken from a cell of its experiment.
package struct CellMetric<Cell: AnalysedCell>: Sendable {
    /// `EXPERIMENT.NAME`.
    package var id: String
    /// How it is called at the head of a column.
    package var title: String
    package var unit: Metric.Unit
    package var polarity: Metric.Polarity
    /// The definition whose version it follows; nil where there was only one ever.
    package var definition: Definition?
    /// How two of it are set against each other.
    package var scale: Scale
    /// Whether it is judged where nobody says what is.
    package var isHeadline: Bool
    /// What stands beside it, beside what stands beside all figures of the cell.
    package var caveats: [Caveat]
    /// The figure; nil where the cell has none.
    package var estimate: @Sendable (Cell) -> Estimate?

    package init(
        _ id: String, _ title: String, _ unit: Metric.Unit, _ polarity: Metric.Polarity, version: Definition? = nil,
        scale: Scale = .ratio, isHeadline: Bool = false, caveats: [Caveat] = [],
        estimate: @escaping @Sendable (Cell) -> Estimate?
    ) {
        self.scale = scale
        self.isHeadline = isHeadline
        self.caveats = caveats
        self.id = id
        self.title = title
        self.unit = unit
        self.polarity = polarity
        definition = version
        self.estimate = estimate
    }

    /// The metric as a run with these facts defines it; a run that does not say follows the first definition.
    package func metric(for facts: HostFacts) -> Metric {
        Metric(
            id, title, unit, polarity,
            definitionVersion: definition.map { facts.version(of: $0) ?? 1 } ?? 1)
    }
}
