/// Which workloads, on which platforms, under which experiments: the contents of a suite file.
package struct Suite: Sendable, Equatable, Codable {
    /// The suite's name.
    package var name: String
    /// What the suite is for, in the author's words.
    package var description: String?
    /// The seed that orders the blocks; nil draws one, which the run records.
    package var seed: UInt64?
    /// What runs, in the order of the file.
    package var workloads: [Workload]
    /// Where it runs, in the order of the file.
    package var platforms: [PlatformSpec]
    /// The startup experiment, where it is asked for.
    package var startup: StartupExperiment?
    /// The footprint experiment, where it is asked for.
    package var footprint: FootprintExperiment?
    /// The density experiment, where it is asked for.
    package var density: DensityExperiment?
    /// The task experiment, where it is asked for.
    package var task: TaskExperiment?

    package init(
        name: String, description: String? = nil, seed: UInt64? = nil, workloads: [Workload],
        platforms: [PlatformSpec], startup: StartupExperiment? = nil, footprint: FootprintExperiment? = nil,
        density: DensityExperiment? = nil, task: TaskExperiment? = nil
    ) {
        self.name = name
        self.description = description
        self.seed = seed
        self.workloads = workloads
        self.platforms = platforms
        self.startup = startup
        self.footprint = footprint
        self.density = density
        self.task = task
    }
}

extension Suite {
    /// What is asked of each experiment that the suite has, in the order in which they are run.
    package var experiments: [any ExperimentSettings] {
        ([startup, task, footprint, density] as [(any ExperimentSettings)?]).compactMap { $0 }
    }
}
