import BenchmarkModel

extension StartupCell {
    /// The most important one first.
    package static let metrics: [CellMetric<StartupCell>] = [
        .init("startup.median", "median", .nanoseconds, .lowerIsBetter, version: .startup) { $0.median($0.startup) },
        .init("startup.p95", "p95", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p95) },
        .init("startup.cpu", "CPU of a start", .nanoseconds, .lowerIsBetter, version: .startup) { $0.median($0.cpu) },
        .init("startup.p10", "p10", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p10) },
        .init("startup.minimum", "min", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.minimum) },
        .init("startup.p99", "p99", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p99) },
        .init("startup.failures", "share failed", .share, .lowerIsBetter, version: .startup) { $0.failureShare },
    ]

    private func median(_ durations: Durations?) -> Estimate? {
        durations.map { Estimate($0.median, $0.interval, n: $0.count) }
    }

    private func time(_ figure: (Durations) -> Double?) -> Estimate? {
        guard let startup, let value = figure(startup) else { return nil }
        return Estimate(value, n: startup.count)
    }

    /// Of the starts that are not invalid, those that failed.
    private var failureShare: Estimate? {
        let tried = accounting.ok + accounting.failed
        return tried > 0 ? Estimate(Double(accounting.failed) / Double(tried), n: tried) : nil
    }
}
