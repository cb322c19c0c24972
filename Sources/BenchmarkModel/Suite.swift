/// Which workloads, on which platforms, under which experiments: the contents of a suite file.
public struct Suite: Sendable, Equatable, Codable {
    /// The suite's name.
    public var name: String
    /// What the suite is for, in the author's words.
    public var description: String?
    /// The seed that orders the blocks; nil draws one, which the run records.
    public var seed: UInt64?
    /// What runs, in the order of the file.
    public var workloads: [Workload]
    /// Where it runs, in the order of the file.
    public var platforms: [PlatformSpec]
    /// The startup experiment, where it is asked for.
    public var startup: StartupExperiment?
    /// The footprint experiment, where it is asked for.
    public var footprint: FootprintExperiment?
    /// The density experiment, where it is asked for.
    public var density: DensityExperiment?

    /// Makes a suite.
    public init(
        name: String, description: String? = nil, seed: UInt64? = nil, workloads: [Workload],
        platforms: [PlatformSpec], startup: StartupExperiment? = nil, footprint: FootprintExperiment? = nil,
        density: DensityExperiment? = nil
    ) {
        self.name = name
        self.description = description
        self.seed = seed
        self.workloads = workloads
        self.platforms = platforms
        self.startup = startup
        self.footprint = footprint
        self.density = density
    }
}
