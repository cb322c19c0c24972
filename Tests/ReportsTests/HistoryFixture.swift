import Analysis
import BenchmarkModel

@testable import Reports

/// Histories that nobody measured.
enum HistoryFixture {
    static func point(_ number: Int, _ estimate: Double, caveats: [String] = []) -> History.Point {
        History.Point(
            run: "run-\(number)", startedAt: 1_769_851_800 + Double(number) * 86_400, estimate: estimate,
            standardError: 1_000, n: 20, caveats: caveats)
    }

    static func history(
        _ milliseconds: [Double], steps: [History.Step] = [], cell: String = "startup/noop/runc/warm",
        leftOut: [History.LeftOut] = [], fewest: Int? = nil
    ) -> History {
        History(
            metric: Metric("startup.median", "median", .nanoseconds, .lowerIsBetter), scale: .ratio, cell: cell,
            workload: "noop", platform: "runc", points: milliseconds.enumerated().map { point($0, $1 * 1e6) },
            steps: steps,
            leftOut: leftOut, fewestForSteps: fewest)
    }

    /// From the fifth run on 36 ms instead of 31 ms, which is 16.1 % more.
    static let step = History.Step(
        index: 4, run: "run-4", startedAt: 1_769_851_800 + 4 * 86_400, before: 31e6, after: 36e6, effect: 0.149_531_734,
        pValue: 0.002, runsBefore: 4, runsAfter: 4, isWorse: true)
    static let changed = history(
        [31, 31, 32, 31, 36, 36, 37, 36], steps: [step],
        leftOut: [.init("kernel differs", 2), .init("definition of startup differs", 1)])
    static let quiet = history([31, 31.1, 31, 31.2, 31, 31, 31.1, 31, 31.1, 31], cell: "startup/noop/process/warm")
}
