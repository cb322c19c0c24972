import Analysis
import BenchmarkModel

/// Hand-made sides of a comparison.
enum Made {
    static let median = Metric("startup.median", "median", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
    static let instances = Metric("density.instances", "N", .count, .higherIsBetter)
    static let failures = Metric("startup.failures", "share failed", .share, .lowerIsBetter, definitionVersion: 3)

    static func figure(
        _ estimate: Double, error: Double? = 0.02, freedom: Double = 19, metric: Metric = median,
        cell: String = "startup/noop/runc/warm", refusal: String? = nil, isLowerBound: Bool = false,
        caveats: [String] = []
    ) -> Figure {
        let parts = cell.split(separator: "/").map(String.init)
        return Figure(
            metric: metric, scale: .ratio, isHeadline: true, cell: cell, workload: parts[1], platform: parts[2],
            estimate: estimate, standardError: error, degreesOfFreedom: freedom, blocks: 20, n: 20,
            isLowerBound: isLowerBound, caveats: caveats, refusal: refusal)
    }

    static func failures(_ events: Int, of trials: Int, cell: String = "startup/noop/runc/warm") -> Figure {
        let parts = cell.split(separator: "/").map(String.init)
        return Figure(
            metric: failures, scale: .difference(resolution: 0.01), isHeadline: true, cell: cell, workload: parts[1],
            platform: parts[2], estimate: Double(events) / Double(trials), standardError: nil, blocks: trials,
            n: trials,
            counts: Figure.Counts(events: events, trials: trials))
    }

    static func run(
        _ figures: [Figure], id: String = "20260101-000000-aaaa", facts: [Fact] = [], suite: String = "s",
        digest: String = "", cells: [String]? = nil, platforms: [PlatformRecord] = [], sides: [String] = []
    ) -> ComparedRun {
        ComparedRun(
            id: id, startedAt: 0, isComplete: true, suite: suite, suiteDigest: digest, tareVersion: "1",
            facts: HostFacts(facts: facts), platforms: platforms, figures: figures,
            cells: cells ?? Array(Set(figures.map(\.cell))).sorted(), sides: sides)
    }

    static func side(_ figures: [Figure], name: String = "side", learnt: [LearntNoise] = []) -> Side {
        Side(name: name, runs: [run(figures)], learnt: learnt)
    }

    /// Eight runs that differ by no more than their own errors explain.
    static func calm(_ figure: Figure, total: Double = 0.0004, error: Double = 0.0004) -> LearntNoise {
        LearntNoise(
            id: figure.id, runs: 8, totalVariance: total, errorVariance: error, errorDegreesOfFreedom: 152, blocks: 20)
    }

    /// A comparison of one figure on each side, with the noise learnt.
    static func compare(
        _ base: Figure, _ head: Figure, effect: Double = 0.1
    ) throws -> ComparedFigure {
        let comparison = try Comparison(
            base: side([base], name: "base", learnt: [calm(base)]), head: side([head], name: "head"),
            question: Comparison.Question(effect: effect))
        return comparison.rows[0]
    }
}
