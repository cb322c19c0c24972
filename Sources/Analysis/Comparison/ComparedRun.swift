package import BenchmarkModel
import Statistics

/// What a comparison needs of a run, wherever it comes from: the store, an exported file, a baseline.
package struct ComparedRun: Sendable, Equatable {
    package var id: String
    /// Seconds since 1970; nil where it is not told.
    package var startedAt: Double?
    package var isComplete: Bool
    package var suite: String
    /// SHA-256 of the suite file, in hexadecimal; empty where it is not told.
    package var suiteDigest: String
    package var tareVersion: String
    /// With the definitions that it follows.
    package var facts: HostFacts
    package var platforms: [PlatformRecord]
    /// All figures, in the order of the cells and metrics.
    package var figures: [Figure]
    /// The keys of all planned cells, in the order of the plan, those without a figure included and impossible ones not.
    package var cells: [String]
    /// The two that alternate within each block, base first; empty where the run is no A/B run.
    package var sides: [String]

    package init(
        id: String, startedAt: Double?, isComplete: Bool, suite: String, suiteDigest: String, tareVersion: String,
        facts: HostFacts, platforms: [PlatformRecord], figures: [Figure], cells: [String], sides: [String] = []
    ) {
        self.id = id
        self.startedAt = startedAt
        self.isComplete = isComplete
        self.suite = suite
        self.suiteDigest = suiteDigest
        self.tareVersion = tareVersion
        self.facts = facts
        self.platforms = platforms
        self.figures = figures
        self.cells = cells
        self.sides = sides
    }

    /// A run of the store.
    package init(_ analysis: RunAnalysis) {
        let run = analysis.run
        let seed = run.plan.seed
        let resamples = analysis.resamples
        self.init(
            id: run.id, startedAt: run.startedAt, isComplete: run.status == .complete, suite: run.suite.name,
            suiteDigest: run.suiteDigest, tareVersion: run.tareVersion,
            facts: run.facts.sayingDefinitions(of: run.observations), platforms: run.platforms,
            figures: analysis.findings.concurrently { Figure($0, seed: seed, resamples: resamples) },
            cells: run.plan.cells.filter { $0.impossible == nil }.map(\.key), sides: run.plan.sides)
    }

    /// The figures by what they are; of two that are the same the first.
    package var figuresByID: [Figure.ID: Figure] {
        Dictionary(figures.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether two names are those of platforms or of workloads that were measured; nil where they are neither.
    func kind(of names: [String]) -> Sides.Kind? {
        Sides.Kind.allCases.first { kind in
            let known = Set(cells.compactMap { CellKey($0)[kind] })
            return names.allSatisfy(known.contains) && figures.contains { names.contains($0.name(kind)) }
        }
    }
}

/// One side of a comparison.
package struct Side: Sendable, Equatable {
    /// How it is called: a run's name, a file.
    package var name: String
    /// At least one.
    package var runs: [ComparedRun]
    /// What is known of the noise, by whoever made the side.
    package var learnt: [LearntNoise]

    package init(name: String, runs: [ComparedRun], learnt: [LearntNoise] = []) {
        self.name = name
        self.runs = runs
        self.learnt = learnt
    }
}
