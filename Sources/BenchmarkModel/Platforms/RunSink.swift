/// Where the harness puts what it measures, each piece committed the moment it exists. Thread-safe.
package protocol RunSink: Journal {
    /// Commits an observation, or replaces the one with the same number: a climb as it grows, a sample whose block is judged.
    func save(_ observation: Observation) throws
    /// Commits what was seen.
    func save(_ threat: Threat) throws
    /// Commits a channel measurement.
    func save(_ echo: ChannelEcho) throws
    /// Commits what a workload sees on a platform.
    func save(_ world: ObservedWorld) throws
    /// Commits image work.
    func save(_ preparations: [Preparation]) throws
    /// Commits what is used on a platform.
    func save(_ record: PlatformRecord) throws
}
