import BenchmarkModel
import Statistics

/// What the mark channel costs on a platform.
package struct Echo: Sendable, Equatable {
    /// The platform's name.
    package var platform: String
    /// How many round trips.
    package var count: Int
    /// Their median in nanoseconds; nil where there is none.
    package var median: Double?
    /// Their quantile 0.95 in nanoseconds: the bound on the error of a mark; nil where there is none.
    package var p95: Double?
    /// Why there is none; nil where there is one.
    package var failure: String?

    /// The bound on the error of `ready` where it is probed, in nanoseconds: the time between two probes comes on top.
    package var readyError: Double? { p95.map { $0 + Double(Readiness.probeIntervalMicroseconds) * 1_000 } }

    init(_ echo: ChannelEcho) {
        let quantiles = Quantiles(echo.roundTripsNanoseconds.map { Double($0) })
        platform = echo.platform
        count = quantiles?.count ?? 0
        median = quantiles?.median
        p95 = quantiles?.quantile(0.95)
        failure = echo.failure ?? (quantiles == nil ? "no round trip was recorded" : nil)
    }
}
