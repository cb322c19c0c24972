/// The density experiment of a suite: how many instances are alive and ready at the same time within a budget?
package struct DensityExperiment: Sendable, Equatable, Codable {
    /// The memory that all instances together may cost the host, in bytes: growth of the host's ledger.
    package var budgetBytes: UInt64
    /// `MemAvailable` that is never touched, in bytes.
    package var reserveBytes: UInt64
    /// The suite's own maximum: where it is reached the answer is "at least".
    package var ceiling: Int
    /// How long all instances must stay alive and ready, in seconds.
    package var holdSeconds: Double
    /// Ramps a cell.
    package var ramps: Int
    /// Instances that are requested at the same time; nil for as many as the host has CPUs.
    package var parallel: Int?
    /// The 95th percentile of the startups of a batch may not exceed this, in seconds; nil for no limit.
    package var startupP95LimitSeconds: Double?
    /// The share of time in which all work may wait for memory (PSI, `full`), in percent; nil for
    /// ``defaultMemoryPressurePercent``, where the kernel shows it.
    package var memoryPressurePercent: Double?
    /// The share of time in which some work may wait for a CPU (PSI, `some`), in percent; nil for no limit.
    package var cpuPressurePercent: Double?
    /// The workloads that are measured; nil for all of the suite.
    package var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    package var platforms: [String]?

    /// What stays available unless the suite says otherwise: 512 MiB.
    package static let defaultReserveBytes: UInt64 = 512 << 20

    /// The limit on memory pressure unless the suite says otherwise, in percent.
    package static let defaultMemoryPressurePercent = 10.0

    /// The limit on memory pressure, in percent.
    package var memoryPressureLimitPercent: Double {
        memoryPressurePercent ?? DensityExperiment.defaultMemoryPressurePercent
    }

    package init(
        budgetBytes: UInt64, reserveBytes: UInt64 = DensityExperiment.defaultReserveBytes, ceiling: Int = 1_000,
        holdSeconds: Double = 10, ramps: Int = 1, parallel: Int? = nil, startupP95LimitSeconds: Double? = nil,
        memoryPressurePercent: Double? = nil, cpuPressurePercent: Double? = nil, workloads: [String]? = nil,
        platforms: [String]? = nil
    ) {
        self.budgetBytes = budgetBytes
        self.reserveBytes = reserveBytes
        self.ceiling = ceiling
        self.holdSeconds = holdSeconds
        self.ramps = ramps
        self.parallel = parallel
        self.startupP95LimitSeconds = startupP95LimitSeconds
        self.memoryPressurePercent = memoryPressurePercent
        self.cpuPressurePercent = cpuPressurePercent
        self.workloads = workloads
        self.platforms = platforms
    }
}
