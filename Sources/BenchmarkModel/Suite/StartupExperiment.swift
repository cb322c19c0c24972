/// The startup experiment of a suite.
package struct StartupExperiment: Sendable, Equatable, Codable {
    /// Counted samples a cell.
    package var samples: Int
    /// Blocks that are run and recorded first and are not counted.
    package var warmupBlocks: Int
    /// The modes, each a cell of its own.
    package var modes: [StartupMode]
    /// Echoed bytes per platform with which the mark channel is measured.
    package var echoes: Int
    /// The workloads that are measured; nil for all of the suite.
    package var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    package var platforms: [String]?

    /// The default number of counted samples a cell.
    package static let defaultSamples = 20
    /// Echoed bytes a platform, also where a suite has no startup experiment.
    package static let defaultEchoes = 200

    /// The rest before each t0, in nanoseconds: after staging and all of tare's own joins to control groups nothing is done
    /// for so long, on every platform and in every mode.
    ///
    /// Linux lets a process join a control group at once only if somebody joined one a moment ago; otherwise the join waits
    /// for a grace period of RCU. After 50 ms that no longer depends on the join before; but the end of an instance goes on in the
    /// kernel for some 150 ms more (its network namespace, its control groups), with grace periods of its own.
    package static let restNanoseconds: UInt64 = 200_000_000

    package init(
        samples: Int = StartupExperiment.defaultSamples, warmupBlocks: Int = 1, modes: [StartupMode] = [.warm],
        echoes: Int = StartupExperiment.defaultEchoes, workloads: [String]? = nil, platforms: [String]? = nil
    ) {
        self.samples = samples
        self.warmupBlocks = warmupBlocks
        self.modes = modes
        self.echoes = echoes
        self.workloads = workloads
        self.platforms = platforms
    }
}
