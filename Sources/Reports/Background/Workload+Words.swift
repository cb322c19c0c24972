import BenchmarkModel

extension Readiness {
    /// The probe interval in words.
    static var interval: String { Format.tick(Double(probeIntervalMicroseconds) * 1_000) }
}
