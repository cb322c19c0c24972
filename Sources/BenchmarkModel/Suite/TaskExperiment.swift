/// The task experiment of a suite: commands that run to their end, with what they print of themselves.
package struct TaskExperiment: Sendable, Equatable, Codable {
    /// Counted samples a cell.
    package var samples: Int
    /// Blocks that are run and recorded first and are not counted.
    package var warmupBlocks: Int
    /// The workloads that are measured; nil for all of the suite whose readiness is ``Readiness/completed``.
    package var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    package var platforms: [String]?

    /// The default number of counted samples a cell.
    package static let defaultSamples = 10

    package init(
        samples: Int = TaskExperiment.defaultSamples, warmupBlocks: Int = 1, workloads: [String]? = nil,
        platforms: [String]? = nil
    ) {
        self.samples = samples
        self.warmupBlocks = warmupBlocks
        self.workloads = workloads
        self.platforms = platforms
    }
}
