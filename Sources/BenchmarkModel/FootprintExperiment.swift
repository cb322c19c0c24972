/// The footprint experiment of a suite: what does one more idle instance cost the host?
public struct FootprintExperiment: Sendable, Equatable, Codable {
    /// Ladders a cell; each is climbed from an empty baseline.
    public var ladders: Int
    /// The most instances of a ladder. It may end earlier, see ``Ladder/Ending``.
    public var cap: Int
    /// How long the instances of the top rung idle while their CPU time is measured, in seconds.
    public var holdSeconds: Double
    /// The workloads that are measured; nil for all of the suite.
    public var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    public var platforms: [String]?

    /// The fewest ladders of which an interval can be made.
    public static let fewestLadders = 3

    /// Makes an experiment.
    public init(
        ladders: Int = FootprintExperiment.fewestLadders, cap: Int = 64, holdSeconds: Double = 5,
        workloads: [String]? = nil, platforms: [String]? = nil
    ) {
        self.ladders = ladders
        self.cap = cap
        self.holdSeconds = holdSeconds
        self.workloads = workloads
        self.platforms = platforms
    }
}

/// The density experiment of a suite: how many instances are alive and ready at the same time within a budget?
public struct DensityExperiment: Sendable, Equatable, Codable {
    /// The memory that all instances together may cost the host, in bytes: growth of the host's ledger.
    public var budgetBytes: UInt64
    /// `MemAvailable` that is never touched, in bytes.
    public var reserveBytes: UInt64
    /// The suite's own maximum: where it is reached the answer is "at least".
    public var ceiling: Int
    /// How long all instances must stay alive and ready, in seconds.
    public var holdSeconds: Double
    /// Ramps a cell.
    public var ramps: Int
    /// Instances that are requested at the same time; nil for as many as the host has CPUs.
    public var parallel: Int?
    /// The 95th percentile of the startups of a batch may not exceed this, in seconds; nil for no limit.
    public var startupP95LimitSeconds: Double?
    /// The share of time in which all work may wait for memory (PSI, `full`), in percent.
    public var memoryPressurePercent: Double
    /// The share of time in which some work may wait for a CPU (PSI, `some`), in percent; nil for no limit.
    public var cpuPressurePercent: Double?
    /// The workloads that are measured; nil for all of the suite.
    public var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    public var platforms: [String]?

    /// What stays available unless the suite says otherwise: 512 MiB.
    public static let defaultReserveBytes: UInt64 = 512 << 20

    /// Makes an experiment.
    public init(
        budgetBytes: UInt64, reserveBytes: UInt64 = DensityExperiment.defaultReserveBytes, ceiling: Int = 1_000,
        holdSeconds: Double = 10, ramps: Int = 1, parallel: Int? = nil, startupP95LimitSeconds: Double? = nil,
        memoryPressurePercent: Double = 10, cpuPressurePercent: Double? = nil, workloads: [String]? = nil,
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
