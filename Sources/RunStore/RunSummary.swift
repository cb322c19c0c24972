package import BenchmarkModel

/// What a list of runs shows. Counts are of counted observations, warm-up excluded.
package struct RunSummary: Sendable, Equatable, Codable {
    /// The run's name.
    package var id: String
    /// Seconds since 1970.
    package var startedAt: Double
    package var status: Run.Status
    /// The suite's name.
    package var suite: String
    /// Observations planned.
    package var planned: Int
    package var ok: Int
    package var failed: Int
    package var invalid: Int
    /// The platforms' names; empty where the suite cannot be read.
    package var platforms: [String]
    /// Whether guests ran under software emulation.
    package var emulated: Bool

    /// Planned observations of which nothing is known: 0 in every complete run.
    package var missing: Int { Accounting(planned: planned, ok: ok, failed: failed, invalid: invalid).missing }
}
