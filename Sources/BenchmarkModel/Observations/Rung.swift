/// A number of instances that run and idle, and what they cost.
package struct Rung: Sendable, Equatable, Codable {
    /// How many instances.
    package var instances: Int
    /// How long the host took to settle, in seconds; the deadline where it did not.
    package var settleSeconds: Double
    /// Whether the figures were flat before they were read.
    package var settled: Bool
    /// What was read.
    package var reading: MemoryReading
    /// What is in use of limited resources; nil in runs that did not record it.
    package var limits: LimitsReading?
    /// How long it took to read all figures once, in nanoseconds; nil for the baseline, and in runs that did not record it.
    package var readingNanoseconds: UInt64?

    package init(
        instances: Int, settleSeconds: Double, settled: Bool, reading: MemoryReading, readingNanoseconds: UInt64? = nil,
        limits: LimitsReading? = nil
    ) {
        self.instances = instances
        self.settleSeconds = settleSeconds
        self.settled = settled
        self.reading = reading
        self.limits = limits
        self.readingNanoseconds = readingNanoseconds
    }
}
