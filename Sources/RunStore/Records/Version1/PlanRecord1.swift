import BenchmarkModel

/// A plan as JSON, version 1: a list of blocks for startup, and lists of their own for ladders and ramps, whose cells and blocks
/// were numbered by themselves.
struct PlanRecord1: Decodable {
    private struct CellRecord: Decodable {
        var key: String
        var workload: String
        var platform: String
        var mode: ModeForm1
        var planned: Int
        var impossible: String?
    }

    private struct Climbs: Decodable {
        struct CellRecord: Decodable {
            var key: String
            var workload: String
            var platform: String
            var planned: Int
            var most: Int
            var impossible: String?
        }

        var cells: [CellRecord]
        var blocks: [[Int]]
    }

    private struct BlockRecord: Decodable {
        var index: Int
        var counted: Bool
        var order: [Int]
    }

    private var seed: UInt64
    private var cells: [CellRecord]
    private var blocks: [BlockRecord]
    private var footprint: Climbs?
    private var density: Climbs?

    /// The plan with cells and blocks that are unique in it. Blocks of ladders are counted on from those of startup and blocks of
    /// ramps from those of ladders, as the migration `4-observations` does it with the rows.
    func plan(of suite: Suite) throws -> Plan {
        var all = try cells.map { stored in
            var cell = Cell(
                workload: stored.workload, platform: stored.platform, parameters: .startup(try stored.mode.model()),
                planned: stored.planned, impossible: stored.impossible)
            cell.key = stored.key
            return cell
        }
        let startup = all
        var stages: [Plan.Stage] = []
        for record in blocks {
            let block = Plan.Block(index: record.index, counted: record.counted, order: record.order)
            guard record.order.allSatisfy(startup.indices.contains) else {
                throw UnreadableValue(description: "block \(record.index) measures a cell that is not there")
            }
            // Cold cells formed blocks of their own, after all others.
            func isCold(_ block: Plan.Block) -> Bool { block.order.allSatisfy { startup[$0].mode == .cold } }
            if let last = stages.last?.blocks.last, isCold(last) == isCold(block) {
                stages[stages.count - 1].blocks.append(block)
            } else {
                stages.append(Plan.Stage(experiment: "startup", blocks: [block]))
            }
        }
        var next = blocks.count
        for (experiment, climbs) in [("footprint", footprint), ("density", density)] {
            guard let climbs else { continue }
            let first = all.count
            all += try climbs.cells.map { try PlanRecord1.cell($0, of: suite, experiment: experiment) }
            if !climbs.blocks.isEmpty {
                let blocks = try climbs.blocks.enumerated().map { number, order in
                    let positions = try order.map { try Bounded.count($0, "a position") + first }
                    return Plan.Block(index: next + number, counted: true, order: positions)
                }
                stages.append(Plan.Stage(experiment: experiment, blocks: blocks))
            }
            next += climbs.blocks.count
        }
        return try Plan(seed: seed, cells: all, stages: stages).checked()
    }

    private static func cell(_ stored: Climbs.CellRecord, of suite: Suite, experiment: String) throws -> Cell {
        let most = try Bounded.count(stored.most, "'most'")
        let parameters: Parameters
        if experiment == "density" {
            parameters = .density(
                most: most, budgetBytes: try (suite.density?.budgetBytes).needed("density.budgetBytes"))
        } else {
            parameters = .footprint(most: most)
        }
        var cell = Cell(
            workload: stored.workload, platform: stored.platform, parameters: parameters, planned: stored.planned,
            impossible: stored.impossible)
        cell.key = stored.key
        return cell
    }
}
