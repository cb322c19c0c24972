/// The whole order of a run, fixed before it starts.
package struct Plan: Sendable, Equatable {
    /// One pass over all cells of a stage.
    package struct Block: Sendable, Equatable {
        /// The number of the block in the run, from 0, warm-up blocks included.
        package var index: Int
        /// Whether its observations are counted; false for warm-up.
        package var counted: Bool
        /// Positions in ``Plan/cells``, in the order in which they are measured.
        package var order: [Int]

        package init(index: Int, counted: Bool, order: [Int]) {
            self.index = index
            self.counted = counted
            self.order = order
        }
    }

    /// Blocks of one experiment that belong together.
    package struct Stage: Sendable, Equatable {
        /// The experiment's name.
        package var experiment: String
        package var blocks: [Block]

        package init(experiment: String, blocks: [Block]) {
            self.experiment = experiment
            self.blocks = blocks
        }
    }

    /// The seed from which the orders were drawn.
    package var seed: UInt64
    /// All cells, the impossible ones included.
    package var cells: [Cell]
    /// The stages in the order in which they are run.
    package var stages: [Stage]
    /// The two platforms or workloads that alternate within each block of an A/B run, base first; empty in other runs.
    package var sides: [String]

    package init(seed: UInt64, cells: [Cell], stages: [Stage], sides: [String] = []) {
        self.seed = seed
        self.cells = cells
        self.stages = stages
        self.sides = sides
    }

    /// All blocks, in the order in which they are run.
    package var blocks: [Block] { stages.flatMap(\.blocks) }

    /// The blocks of an experiment.
    package func blocks(of experiment: String) -> [Block] {
        stages.filter { $0.experiment == experiment }.flatMap(\.blocks)
    }

    /// The cells of an experiment, in the order of showing.
    package func cells(of experiment: String) -> [Cell] { cells.filter { $0.experiment == experiment } }

    /// The names of the experiments that have cells, in the order of the plan.
    package var experiments: [String] {
        var names: [String] = []
        for cell in cells where !names.contains(cell.experiment) { names.append(cell.experiment) }
        return names
    }

    /// A workload on a platform.
    package struct Pair: Sendable, Hashable {
        package var workload: String
        package var platform: String

        package init(workload: String, platform: String) {
            self.workload = workload
            self.platform = platform
        }
    }

    /// The workloads on platforms that some experiment measures, in the order of the cells: what must be prepared.
    package var pairs: [Pair] {
        var pairs: [Pair] = []
        var seen: Set<Pair> = []
        for cell in cells where cell.impossible == nil {
            let pair = Pair(workload: cell.workload, platform: cell.platform)
            if seen.insert(pair).inserted { pairs.append(pair) }
        }
        return pairs
    }

    /// Observations to be made in all, warm-up included.
    package var totalObservations: Int { observations(in: blocks) }

    /// Observations to be made in some blocks.
    package func observations(in blocks: [Block]) -> Int {
        blocks.reduce(0) { sum, block in
            sum + block.order.reduce(0) { $0 + cells[$1].parameters.observationsPerPass }
        }
    }
}
