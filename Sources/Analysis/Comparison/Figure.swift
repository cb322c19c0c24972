package import BenchmarkModel
package import Statistics

/// A figure of a cell with its error: all that is needed of one side of a comparison, and what a baseline keeps.
package struct Figure: Sendable, Equatable {
    /// Events of trials, where the figure is their share.
    package struct Counts: Sendable, Equatable, Codable {
        package var events: Int
        package var trials: Int

        package init(events: Int, trials: Int) {
            self.events = events
            self.trials = trials
        }
    }

    /// The numbers that the figure is a quantile of.
    package struct Sample: Sendable, Equatable {
        package var probability: Double
        package var values: BlockedValues
    }

    package var metric: Metric
    package var scale: Scale
    /// Whether it is judged where nobody says what is.
    package var isHeadline: Bool
    /// The ``Cell/key``.
    package var cell: String
    package var workload: String
    package var platform: String
    /// In the metric's unit.
    package var estimate: Double
    /// Of the logarithm of the estimate, or of the estimate itself, as ``scale`` says; nil where no spread is known.
    package var standardError: Double?
    /// Of the standard error; at least 1.
    package var degreesOfFreedom: Double
    /// How many blocks, ladders or ramps the error rests on.
    package var blocks: Int
    /// How many measurements the figure rests on.
    package var n: Int
    /// How many runs it is the mean of.
    package var runs: Int
    package var counts: Counts?
    package var isLowerBound: Bool
    /// What stands beside it, in words.
    package var caveats: [String]
    /// Why no verdict can rest on it, in words; nil where one can.
    package var refusal: String?
    /// Why no verdict can rest on its whole cell; a figure may be refused for less, such as an unknown error.
    package var cellRefusal: String?
    /// Only where the run itself is at hand.
    package var sample: Sample?

    package init(
        metric: Metric, scale: Scale, isHeadline: Bool = false, cell: String, workload: String, platform: String,
        estimate: Double, standardError: Double?, degreesOfFreedom: Double = 1, blocks: Int = 0, n: Int, runs: Int = 1,
        counts: Counts? = nil, isLowerBound: Bool = false, caveats: [String] = [], refusal: String? = nil,
        sample: Sample? = nil
    ) {
        self.metric = metric
        self.scale = scale
        self.isHeadline = isHeadline
        self.cell = cell
        self.workload = workload
        self.platform = platform
        self.estimate = estimate
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
        self.blocks = blocks
        self.n = n
        self.runs = runs
        self.counts = counts
        self.isLowerBound = isLowerBound
        self.caveats = caveats
        self.refusal = refusal
        self.sample = sample
    }

    /// What identifies it among the figures of a run.
    package struct ID: Hashable, Sendable, Comparable {
        package var cell: String
        package var metric: String

        package init(cell: String, metric: String) {
            self.cell = cell
            self.metric = metric
        }

        package static func < (one: ID, other: ID) -> Bool { (one.cell, one.metric) < (other.cell, other.metric) }
    }

    package var id: ID { ID(cell: cell, metric: metric.id) }

    /// Its platform's name, or its workload's.
    func name(_ kind: Sides.Kind) -> String {
        switch kind {
        case .platform: platform
        case .workload: workload
        }
    }
}

extension Scale {
    /// A figure on the scale on which effects are told: its logarithm, or itself; nil where that is not finite.
    package func value(_ estimate: Double) -> Double? {
        switch self {
        case .ratio: estimate > 0 && estimate.isFinite ? Logarithm.of(estimate) : nil
        case .difference: estimate.isFinite ? estimate : nil
        }
    }

    /// Back from the scale: the inverse of ``value(_:)``.
    package func estimate(_ value: Double) -> Double {
        switch self {
        case .ratio: Logarithm.exponential(value)
        case .difference: value
        }
    }

    /// Up to so large an effect two figures count as the same when it is asked whether they differ.
    package var margin: Double {
        switch self {
        case .ratio: Logarithm.of(1 + Scale.sameShare)
        case .difference(let resolution): resolution
        }
    }

    /// |effect| <= 1 % is none (MEASUREMENT.md, "Comparing two runs").
    package static let sameShare = 0.01

    /// An effect that is given as a share of the base, such as 0.1, on this scale.
    package func effect(ofShare share: Double, base: Double) -> Double {
        switch self {
        case .ratio: Logarithm.of(1 + share)
        case .difference(let resolution): max(share * abs(base), resolution)
        }
    }

    /// An effect of this scale as a share of the base; nil for differences.
    package func share(ofEffect effect: Double) -> Double? {
        switch self {
        case .ratio: Logarithm.exponential(effect) - 1
        case .difference: nil
        }
    }
}
