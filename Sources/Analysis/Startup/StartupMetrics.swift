import BenchmarkModel
import Statistics

extension StartupCell {
    /// The most important one first.
    package static let metrics: [CellMetric<StartupCell>] = [
        .init("startup.median", "median", .nanoseconds, .lowerIsBetter, version: .startup, isHeadline: true) {
            $0.startups?.estimate
        },
        .init("startup.p95", "p95", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p95, 0.95) },
        .init("startup.cpu", "CPU of a start", .nanoseconds, .lowerIsBetter, version: .startup, isHeadline: true) {
            $0.cpus?.estimate
        },
        .init("startup.peak", "peak memory", .bytes, .lowerIsBetter, version: .startup, isHeadline: true) {
            $0.peaks?.estimate
        },
        .init("startup.p10", "p10", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p10, 0.1) },
        .init("startup.minimum", "min", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.minimum) },
        .init("startup.p99", "p99", .nanoseconds, .lowerIsBetter, version: .startup) { $0.time(\.p99, 0.99) },
        .init(
            "startup.failures", "share failed", .share, .lowerIsBetter, version: .startup,
            scale: .difference(resolution: 0.01), isHeadline: true
        ) { $0.failureShare },
    ]

    private func time(_ figure: (Durations) -> Double?, _ probability: Double? = nil) -> Estimate? {
        guard let startup, let value = figure(startup) else { return nil }
        var evidence: Evidence?
        if let probability, let startups { evidence = .quantile(probability, of: startups.values) }
        return Estimate(value, n: startup.count, evidence: evidence)
    }
}
