/// A cell whose measurement is a climb: a ladder of the footprint experiment, or a ramp of the density experiment.
public struct ClimbCell: Sendable, Equatable, Codable {
    /// `footprint/WORKLOAD/PLATFORM/idle` or `density/WORKLOAD/PLATFORM/BUDGET`: unique in a run.
    public var key: String
    /// The workload's name.
    public var workload: String
    /// The platform's name.
    public var platform: String
    /// How many climbs are planned; 0 where ``impossible`` says why.
    public var planned: Int
    /// The most instances of a climb; below the suite's own number where only so many can run at once.
    public var most: Int
    /// Why this cell cannot be measured at all, in words; nil where it can.
    public var impossible: String?

    /// Makes a cell.
    public init(key: String, workload: String, platform: String, planned: Int, most: Int, impossible: String? = nil) {
        self.key = key
        self.workload = workload
        self.platform = platform
        self.planned = planned
        self.most = most
        self.impossible = impossible
    }
}

/// The order of an experiment of climbs, fixed before it starts: in each block every cell is climbed once.
public struct ClimbPlan: Sendable, Equatable, Codable {
    /// All cells, the impossible ones included.
    public var cells: [ClimbCell]
    /// Positions in ``cells`` in the order in which they are climbed, one list a block.
    public var blocks: [[Int]]

    /// Makes a plan.
    public init(cells: [ClimbCell], blocks: [[Int]]) {
        self.cells = cells
        self.blocks = blocks
    }

    /// How many climbs there are in all.
    public var total: Int { blocks.reduce(0) { $0 + $1.count } }
}

extension ClimbPlan {
    /// The plan of a suite's footprint experiment; nil where it asks for none.
    static func footprint(of suite: Suite, using random: inout SplitMix64) -> ClimbPlan? {
        guard let footprint = suite.footprint else { return nil }
        return ClimbPlan(
            suite, workloads: footprint.workloads, platforms: footprint.platforms, climbs: footprint.ladders,
            most: footprint.cap, using: &random
        ) { "footprint/\($0)/\($1)/idle" }
    }

    /// The plan of a suite's density experiment; nil where it asks for none.
    static func density(of suite: Suite, using random: inout SplitMix64) -> ClimbPlan? {
        guard let density = suite.density else { return nil }
        return ClimbPlan(
            suite, workloads: density.workloads, platforms: density.platforms, climbs: density.ramps,
            most: density.ceiling, using: &random
        ) { "density/\($0)/\($1)/\(density.budgetBytes >> 20)MiB" }
    }

    private init(
        _ suite: Suite, workloads: [String]?, platforms: [String]?, climbs: Int, most: Int,
        using random: inout SplitMix64, key: (String, String) -> String
    ) {
        var cells: [ClimbCell] = []
        for workload in suite.workloads where workloads?.contains(workload.name) ?? true {
            for platform in suite.platforms where platforms?.contains(platform.name) ?? true {
                let why = most > 1 ? Plan.sharedPort(workload: workload, platform: platform) : nil
                cells.append(
                    ClimbCell(
                        key: key(workload.name, platform.name), workload: workload.name, platform: platform.name,
                        planned: why == nil ? climbs : 0, most: most, impossible: why))
            }
        }
        let possible = cells.indices.filter { cells[$0].impossible == nil }
        self.init(
            cells: cells,
            blocks: (0..<(possible.isEmpty ? 0 : climbs)).map { _ in
                var order = possible
                order.shuffle(using: &random)
                return order
            })
    }
}
