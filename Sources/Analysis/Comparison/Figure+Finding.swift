import BenchmarkModel
import Statistics

extension Figure {
    /// The least error that a figure can have, by the unit in which it is counted: readings are not finer than this.
    ///
    /// - Parameter estimate: what it is told of, where the unit does not say it: a tool writes no more digits than it knows.
    private static func resolution(_ unit: Metric.Unit, of estimate: Double) -> Double {
        switch unit {
        case .nanoseconds: 1_000
        case .bytes: 4_096
        case .count: 1
        case .cpuShare: 1e-6
        case .share, .ratio: 1e-6
        case .other: max(abs(estimate) * 1e-6, 1e-12)
        }
    }

    /// A finding as it is compared.
    ///
    /// - Parameters:
    ///   - seed: that of the run, so that the same run always has the same error.
    ///   - resamples: how many times blocks are drawn for the error.
    package init(_ finding: Finding, seed: UInt64, resamples: Int) {
        self.init(
            metric: finding.metric, scale: finding.scale, isHeadline: finding.isHeadline, cell: finding.cell,
            workload: finding.workload, platform: finding.platform, estimate: finding.estimate, standardError: nil,
            n: finding.n, isLowerBound: finding.isLowerBound, caveats: finding.caveats.words, refusal: finding.refusal)
        cellRefusal = finding.refusal
        var random = SplitMix64(seed: seed, name: "error/\(finding.cell)/\(finding.metric.id)")
        let isLog = scale == .ratio
        switch finding.evidence {
        case .quantile(let probability, let values):
            sample = Sample(probability: probability, values: values)
            blocks = values.blocks.count
            standardError = Bootstrap.standardError(
                of: values, probability: probability, logarithmic: isLog, resamples: resamples, using: &random)
            degreesOfFreedom = Double(max(1, blocks - 1))
            let fewest = Quantiles.fewest(for: probability)
            if values.count < fewest {
                refuse("\(values.count) measurements do not carry a \(finding.metric.title): that takes \(fewest)")
            }
        case .estimated(let error, let freedom):
            blocks = Int(freedom) + 1
            degreesOfFreedom = freedom
            standardError = isLog ? error / abs(estimate) : error
        case .handful(let values):
            blocks = values.count
            if let mean = Handful(values, scale) {
                estimate = mean.estimate
                standardError = mean.standardError
                degreesOfFreedom = Double(max(1, values.count - 1))
            }
        case .share(let events, let trials):
            counts = Counts(events: events, trials: trials)
            blocks = trials
        case nil:
            refuse("no spread of it is known")
        }
        finish()
    }

    /// Gives constant figures the error of their resolution, and says why there is no verdict where there can be none.
    private mutating func finish() {
        guard counts == nil else { return }
        guard scale.value(estimate) != nil else { return refuse("it is not positive, so it has no ratio") }
        guard let error = standardError, error.isFinite else {
            standardError = nil
            return refuse(blocks < 2 ? "one measurement has no spread" : "its spread cannot be told")
        }
        standardError = max(error, leastError)
    }

    /// The least error that it can have, on its scale: the standard deviation of a uniform distribution as wide as the resolution.
    var leastError: Double {
        let least = Figure.resolution(metric.unit, of: estimate) / 12.0.squareRoot()
        return scale == .ratio ? least / max(abs(estimate), .leastNormalMagnitude) : least
    }

    private mutating func refuse(_ why: String) { if refusal == nil { refusal = why } }
}

/// The mean of a few repetitions on a scale, with its standard error.
struct Handful {
    /// Back in the unit.
    var estimate: Double
    /// On the scale; nil for a single one.
    var standardError: Double?

    /// - Returns: nil where there is none, or one has no place on the scale.
    init?(_ values: [Double], _ scale: Scale) {
        let placed = values.compactMap(scale.value)
        guard !placed.isEmpty, placed.count == values.count else { return nil }
        let count = Double(placed.count)
        let mean = placed.reduce(0, +) / count
        estimate = scale.estimate(mean)
        standardError = Moments(placed).map { ($0.variance / count).squareRoot() }
    }
}
