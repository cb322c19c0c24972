import BenchmarkModel
import Testing

@testable import Analysis

/// Runs of which it is known by hand where they changed.
enum HistorySeries {
    static let cell = "startup/noop/runc/warm"
    static let median = Metric("startup.median", "median", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
    static let instances = Metric("density.instances", "N", .count, .higherIsBetter, definitionVersion: 3)
    static let failures = Metric("startup.failures", "share failed", .share, .lowerIsBetter, definitionVersion: 3)
    static let facts = HostFacts(facts: [
        Fact("kernel", "6.1", mustAgree: true), Definition.startup.fact, Definition.ledger.fact,
    ])

    static func figure(_ value: Double, _ metric: Metric = median, cell: String = cell, scale: Scale = .ratio) -> Figure
    {
        Figure(
            metric: metric, scale: scale, isHeadline: true, cell: cell, workload: "noop", platform: "runc",
            estimate: value, standardError: 0.01, n: 20)
    }

    /// A day after the one before it.
    static func run(_ number: Int, _ figures: [Figure]) -> ComparedRun {
        ComparedRun(
            id: "run-\(number)", startedAt: 1_769_851_800 + Double(number) * 86_400, isComplete: true, suite: "quick",
            suiteDigest: "", tareVersion: "0", facts: facts,
            platforms: ["runc", "q35"].map { PlatformRecord(platform: $0, details: [], emulated: false) },
            figures: figures, cells: figures.map(\.cell).uniqued())
    }

    /// Numbers around 1, at the most so far from it.
    static func noise(_ count: Int, _ width: Double, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed, name: "noise")
        return (0..<count).map { _ in 1 + width * (Double(random.next() >> 11) / 0x1p52 - 1) }
    }

    static func runs(_ values: [Double], _ metric: Metric = median, scale: Scale = .ratio) -> [ComparedRun] {
        values.enumerated().map { run($0, [figure($1, metric, scale: scale)]) }
    }

    static func history(_ runs: [ComparedRun], seed: UInt64 = 0) throws -> History {
        let like = try #require(runs.last)
        return try #require(History.all(of: runs, like: like, seed: seed).first)
    }

    /// A metric with noise of 2 %, and then so many times as much.
    static func step(_ factor: Double, at index: Int = 12, of count: Int = 20, _ metric: Metric = median)
        -> [ComparedRun]
    {
        runs(noise(count, 0.02, seed: 7).enumerated().map { 30e6 * $1 * ($0 < index ? 1 : factor) }, metric)
    }
}
