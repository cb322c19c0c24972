/// One (experiment, workload, platform, parameters) combination of the startup experiment; see also ``ClimbCell``.
public struct Cell: Sendable, Equatable, Codable {
    /// `startup/WORKLOAD/PLATFORM/MODE`: unique in a run and equal between runs of the same suite.
    public var key: String
    /// The experiment's name: `startup`.
    public var experiment: String
    /// The workload's name.
    public var workload: String
    /// The platform's name.
    public var platform: String
    /// The startup mode.
    public var mode: StartupMode
    /// How many counted samples are planned; 0 where ``impossible`` says why.
    public var planned: Int
    /// Why this cell cannot be measured at all, in words; nil where it can.
    public var impossible: String?

    /// Makes a cell of the startup experiment.
    public init(workload: String, platform: String, mode: StartupMode, planned: Int, impossible: String? = nil) {
        self.key = "startup/\(workload)/\(platform)/\(mode.key)"
        self.experiment = "startup"
        self.workload = workload
        self.platform = platform
        self.mode = mode
        self.planned = planned
        self.impossible = impossible
    }
}

/// The whole order of a run, fixed before it starts.
public struct Plan: Sendable, Equatable, Codable {
    /// One pass over all cells.
    public struct Block: Sendable, Equatable, Codable {
        /// The number of the block, from 0, warm-up blocks included.
        public var index: Int
        /// Whether its samples are counted; false for warm-up.
        public var counted: Bool
        /// Positions in ``Plan/cells``, in the order in which they are measured.
        public var order: [Int]

        /// Makes a block.
        public init(index: Int, counted: Bool, order: [Int]) {
            self.index = index
            self.counted = counted
            self.order = order
        }
    }

    /// The seed from which the orders were drawn.
    public var seed: UInt64
    /// All cells, the impossible ones included.
    public var cells: [Cell]
    /// The blocks in the order in which they are run.
    public var blocks: [Block]
    /// The ladders of the footprint experiment; nil where the suite asks for none.
    public var footprint: ClimbPlan?
    /// The ramps of the density experiment; nil where the suite asks for none.
    public var density: ClimbPlan?

    /// Makes a plan.
    public init(
        seed: UInt64, cells: [Cell], blocks: [Block], footprint: ClimbPlan? = nil, density: ClimbPlan? = nil
    ) {
        self.seed = seed
        self.cells = cells
        self.blocks = blocks
        self.footprint = footprint
        self.density = density
    }
}
