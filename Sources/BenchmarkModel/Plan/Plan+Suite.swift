extension Plan {
    /// Draws the plan of a suite: the same suite and seed give the same plan on every machine.
    ///
    /// - Parameter sides: two platforms or two workloads that alternate within each block, the base first; nothing else of their
    ///   kind is measured then. Empty for a run without sides, and taken as that where they are not two of one kind (see
    ///   ``Suite/checkedSides(_:)``).
    package init(suite: Suite, seed: UInt64, sides names: [String] = []) {
        let sides = names.isEmpty ? nil : suite.sides(named: names)
        var cells: [Cell] = []
        var stages: [Stage] = []
        var random = SplitMix64(seed: seed)
        var next = 0
        for experiment in suite.experiments {
            var planned = suite.workloads.filter { experiment.workloads?.contains($0.name) ?? true }.flatMap {
                workload in
                suite.platforms.filter { experiment.platforms?.contains($0.name) ?? true }.flatMap { platform in
                    sides?.hold(workload: workload.name, platform: platform.name) ?? true
                        ? experiment.cells(workload, platform).map { Plan.refuse($0, workload, platform) } : []
                }
            }
            if let sides { Plan.refuseLonely(&planned, sides) }
            let first = cells.count
            cells += planned.map(\.cell)
            for stage in Set(planned.map(\.stage)).sorted() {
                let members = planned.indices.filter { planned[$0].stage == stage && planned[$0].passes > 0 }
                guard let most = members.map({ planned[$0].passes }).max() else { continue }
                var alternation = sides.map { Alternation(members, planned.map(\.cell), $0) }
                let blocks = (0..<(experiment.warmupBlocks + most)).map { number -> Block in
                    let counted = number >= experiment.warmupBlocks
                    let pass = counted ? number - experiment.warmupBlocks : number
                    func isIn(_ place: Int) -> Bool { !counted || pass < planned[place].passes }
                    var order: [Int]
                    if alternation != nil {
                        order = alternation?.order(pass: pass, using: &random, isIn) ?? []
                    } else {
                        order = members.filter(isIn)
                        order.shuffle(using: &random)
                    }
                    return Block(index: next + number, counted: counted, order: order.map { first + $0 })
                }
                next += blocks.count
                stages.append(Stage(experiment: experiment.name, blocks: blocks))
            }
        }
        self.init(seed: seed, cells: cells, stages: stages, sides: sides?.names ?? [])
    }

    /// A cell that has no other side, or one that cannot be measured, has nothing to alternate with: it is not measured, and says
    /// why.
    private static func refuseLonely(_ planned: inout [PlannedCell], _ sides: Sides) {
        let all = planned
        for (place, one) in all.enumerated() where one.cell.impossible == nil {
            let other = all.first {
                sides.meeting($0.cell) == sides.meeting(one.cell) && sides.side(of: $0.cell) != sides.side(of: one.cell)
            }
            let reason: String
            if let other {
                guard let impossible = other.cell.impossible else { continue }
                reason = "its other side, \(other.cell.key), cannot be measured: \(impossible)"
            } else {
                reason =
                    "it has no other side: '\(one.cell.experiment)' measures only one of "
                    + sides.names.joined(separator: " and ")
            }
            var cell = one.cell
            cell.impossible = reason
            planned[place] = PlannedCell(cell, passes: one.passes, stage: one.stage)
        }
    }

    /// Why instances cannot be ready and stay, or nil: of a job nothing is left when it is ready.
    static func endsWhenReady(_ workload: Workload) -> String? {
        workload.readiness == .completed
            ? "the command has ended when it is ready ('completed'): no instance is left that idles or runs beside another"
            : nil
    }

    /// No instance can be measured where its platform cannot give it the network that it shall have.
    private static func refuse(
        _ planned: PlannedCell, _ workload: Workload, _ platform: PlatformSpec
    ) -> PlannedCell {
        guard let problem = platform.problem(with: workload.network) else { return planned }
        var cell = planned.cell
        cell.impossible = cell.impossible ?? problem
        return PlannedCell(cell, passes: planned.passes, stage: planned.stage)
    }

    /// Why several instances cannot run at once, or nil: without a network of its own, one TCP port serves one instance.
    static func sharedPort(_ workload: Workload, _ platform: PlatformSpec) -> String? {
        guard !platform.givesOwnNetwork(to: workload) else { return nil }
        switch workload.readiness {
        case .tcp(let port), .http(let port, _):
            return
                "on this platform all instances share one network, and only one of them can listen on port \(port)"
        case .started, .line, .file, .completed:
            return nil
        }
    }
}

/// The order of an A/B run: the two cells of a pair stand next to each other, in each two blocks once in either order, so that
/// neither what comes before nor a drift of the machine favours a side (the "ABBA" of crossover trials, at random).
private struct Alternation {
    /// Positions of cells, the base first.
    private let pairs: [[Int]]
    /// For each pair whether the base comes first in the present two blocks.
    private var isBaseFirst: [Bool]

    init(_ members: [Int], _ cells: [Cell], _ sides: Sides) {
        pairs = members.filter { sides.side(of: cells[$0]) == 0 }.compactMap { base in
            members.first { sides.side(of: cells[$0]) == 1 && sides.meeting(cells[$0]) == sides.meeting(cells[base]) }
                .map { [base, $0] }
        }
        isBaseFirst = pairs.map { _ in true }
    }

    /// - Parameter pass: the number of the block among the counted ones, or among those of the warm-up, from 0.
    mutating func order(
        pass: Int, using random: inout SplitMix64, _ isIn: (Int) -> Bool
    ) -> [Int] {
        var order = pairs.indices.filter { pairs[$0].allSatisfy(isIn) }
        order.shuffle(using: &random)
        for place in order {
            if pass.isMultiple(of: 2) {
                isBaseFirst[place] = random.next() >> 63 == 0
            } else {
                isBaseFirst[place].toggle()
            }
        }
        return order.flatMap { isBaseFirst[$0] ? pairs[$0] : pairs[$0].reversed() }
    }
}
