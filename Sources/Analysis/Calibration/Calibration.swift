import BenchmarkModel
import Statistics

/// How noisy the figures of a suite are on a host, and so how much must be measured to see an effect: MEASUREMENT.md,
/// "Comparing two runs".
package struct Calibration: Sendable, Equatable {
    /// A figure with its noise.
    package struct Subject: Sendable, Equatable {
        /// The mean of the runs.
        package var figure: Figure
        package var noise: LearntNoise
        /// So many measurements carry the figure at least: more than 1 for outer quantiles.
        package var fewest: Int

        package init(figure: Figure, noise: LearntNoise, fewest: Int = 1) {
            self.figure = figure
            self.noise = noise
            self.fewest = fewest
        }

        /// How many measurements a block gives; at least 1.
        package var samplesPerBlock: Double {
            figure.blocks > 0 ? max(1, Double(figure.n) / Double(figure.blocks)) : 1
        }

        /// The blocks of a run as it was calibrated.
        package var blocks: Int { max(2, Int(noise.blocks.rounded())) }

        /// Whether it is what its experiment is about: the first in the list of its metrics, or what a task prints of itself.
        package var isMain: Bool {
            Calibration.mainMetrics.contains(figure.metric.id) || TaskCell.isFigure(figure.metric.id)
        }
    }

    /// So many runs make a plan that can be relied on (MEASUREMENT.md): the variance between runs is then known to a
    /// factor of two.
    package static let usualRuns = 8

    /// How many runs showed the noise, at the most.
    package var runs: Int
    /// The two that alternated in all of these runs, base first; empty where none did.
    package var sides: [String]
    /// In the order of the cells and metrics.
    package var subjects: [Subject]
    /// The figures that are judged by default, with noise or without: they share the chance of a false alarm.
    private var judged: [Figure]

    /// What a baseline knows of noise; nothing where it was never calibrated.
    ///
    /// - Parameters:
    ///   - sides: of the runs, where two alternated.
    ///   - fewest: how many measurements carry an outer quantile.
    package init(_ baseline: Baseline, sides: [String] = [], fewest: [Figure.ID: Int] = [:]) {
        let noises = baseline.learnt.byID
        let cells = Dictionary(
            baseline.cells.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        func place(_ figure: Figure) -> (Int, Int, String) {
            // What a task prints of itself comes before all else of it.
            let others = TaskCell.isFigure(figure.metric.id) ? -1 : Int.max
            return (cells[figure.cell] ?? .max, Calibration.order[figure.metric.id] ?? others, figure.metric.id)
        }
        subjects = baseline.figures.sorted { place($0) < place($1) }.compactMap { figure in
            guard figure.refusal == nil, let noise = noises[figure.id] else { return nil }
            return Subject(figure: figure, noise: noise, fewest: fewest[figure.id] ?? 1)
        }
        runs = subjects.map(\.noise.runs).max() ?? 0
        self.sides = sides
        judged = baseline.figures.filter { $0.isHeadline && $0.refusal == nil }
    }

    /// What several runs of one suite show of the noise.
    ///
    /// - Returns: the calibration, and the baseline that holds it.
    /// - Throws: ``TareError``, see ``learn(from:resamples:)`` and ``Baseline/init(of:learnt:)``.
    package static func made(of runs: [ComparedRun]) throws -> (calibration: Calibration, baseline: Baseline) {
        let learnt = try learn(from: runs)
        let baseline = try Baseline(of: runs, learnt: learnt)
        var fewest: [Figure.ID: Int] = [:]
        for figure in runs.flatMap(\.figures) {
            if let sample = figure.sample { fewest[figure.id] = Quantiles.fewest(for: sample.probability) }
        }
        return (Calibration(baseline, sides: runs.first?.sides ?? [], fewest: fewest), baseline)
    }

    /// How many figures share the chance of a false alarm where two such runs are compared, or the two sides of one.
    package var familySize: Int { familySize(between: sides) }

    /// The same where two sides alternate; empty where none do.
    package func familySize(between sides: [String]) -> Int {
        guard let base = sides.first else { return max(1, judged.count) }
        return max(1, judged.count { $0.platform == base || $0.workload == base })
    }

    /// All metrics of an experiment in their order: the one place here that lists the experiments.
    private static let catalogue = [
        StartupCell.metrics.map(\.id), TaskCell.metrics.map(\.id), FootprintCell.metrics.map(\.id),
        DensityCell.metrics.map(\.id),
    ]
    private static let order = Dictionary(
        catalogue.joined().enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    static let mainMetrics = Set(catalogue.compactMap(\.first))
}
