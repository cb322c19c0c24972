import BenchmarkModel

extension Readiness {
    /// Whether it is found out by asking again and again.
    var isProbed: Bool {
        switch self {
        case .started, .line: false
        case .tcp, .http, .file: true
        }
    }

    /// The probe interval in words.
    static var interval: String { Format.tick(Double(probeIntervalMicroseconds) * 1_000) }
}
