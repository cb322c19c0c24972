package import BenchmarkModel

/// What a pipeline compares with: figures of one or several runs, with their errors, where they come from, and how noisy they
/// are. Written to a file that is kept in git.
package struct Baseline: Sendable, Equatable {
    /// The version of the file's format.
    package static let format = 1

    /// A run that it was made from.
    package struct Source: Sendable, Equatable {
        package var id: String
        /// Seconds since 1970.
        package var startedAt: Double?

        package init(id: String, startedAt: Double?) {
            self.id = id
            self.startedAt = startedAt
        }
    }

    package var suite: String
    /// SHA-256 of the suite file.
    package var suiteDigest: String
    package var tareVersion: String
    /// At least one.
    package var sources: [Source]
    /// All facts of the host, with the definitions.
    package var facts: HostFacts
    package var platforms: [PlatformRecord]
    /// The keys of all planned cells.
    package var cells: [String]
    /// By cell and metric.
    package var figures: [Figure]
    /// By cell and metric; empty where it was never calibrated.
    package var learnt: [LearntNoise]

    package init(
        suite: String, suiteDigest: String, tareVersion: String, sources: [Source], facts: HostFacts,
        platforms: [PlatformRecord], cells: [String], figures: [Figure], learnt: [LearntNoise] = []
    ) {
        self.suite = suite
        self.suiteDigest = suiteDigest
        self.tareVersion = tareVersion
        self.sources = sources
        self.facts = facts
        self.platforms = platforms
        self.cells = cells
        self.figures = figures
        self.learnt = learnt
    }

    /// As the base of a comparison.
    package func side(named name: String) -> Side {
        let run = ComparedRun(
            id: sources.map(\.id).joined(separator: ", "), startedAt: sources.compactMap(\.startedAt).max(),
            isComplete: true, suite: suite, suiteDigest: suiteDigest, tareVersion: tareVersion, facts: facts,
            platforms: platforms, figures: figures, cells: cells)
        return Side(name: name, runs: [run], learnt: learnt)
    }
}
