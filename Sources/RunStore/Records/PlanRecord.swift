import BenchmarkModel

/// A plan as JSON, version 2. A block is a text, because there may be tens of thousands: `INDEX counted POSITION POSITION ...`, or
/// `warm-up` instead of `counted`.
struct PlanRecord: Codable {
    struct CellRecord: Codable {
        var key: String
        var workload: String
        var platform: String
        var experiment: String
        var mode: ModeForm?
        var most: Int?
        var budgetBytes: UInt64?
        var planned: Int
        var impossible: String?
    }

    struct StageRecord: Codable {
        var experiment: String
        var blocks: [String]
    }

    var seed: UInt64
    var cells: [CellRecord]
    var stages: [StageRecord]
    /// Absent but in an A/B run.
    var sides: [String]?

    init(_ plan: Plan) {
        seed = plan.seed
        sides = plan.sides.isEmpty ? nil : plan.sides
        cells = plan.cells.map { CellRecord($0) }
        stages = plan.stages.map { stage in
            StageRecord(
                experiment: stage.experiment,
                blocks: stage.blocks.map { block in
                    "\(block.index) \(block.counted ? "counted" : "warm-up")"
                        + block.order.map { " \($0)" }.joined()
                })
        }
    }

    func plan() throws -> Plan {
        try Plan(
            seed: seed, cells: try cells.map { try $0.cell() },
            stages: stages.map { stage in
                Plan.Stage(experiment: stage.experiment, blocks: try stage.blocks.map { try PlanRecord.block($0) })
            }, sides: sides ?? []
        ).checked()
    }

    private static func block(_ text: String) throws -> Plan.Block {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.indices.compactMap { $0 == 1 ? nil : Int(words[$0]) }
        guard words.count > 1, numbers.count == words.count - 1, ["counted", "warm-up"].contains(words[1]) else {
            throw UnreadableValue(description: "'\(text.prefix(80))' is no block")
        }
        return Plan.Block(index: numbers[0], counted: words[1] == "counted", order: Array(numbers.dropFirst()))
    }
}

extension PlanRecord.CellRecord {
    init(_ cell: Cell) {
        self.init(
            key: cell.key, workload: cell.workload, platform: cell.platform, experiment: cell.experiment,
            planned: cell.planned, impossible: cell.impossible)
        switch cell.parameters {
        case .startup(let mode): self.mode = ModeForm(mode)
        case .footprint(let most): self.most = most
        case .density(let most, let budget):
            self.most = most
            budgetBytes = budget
        case .task: break
        }
    }

    func cell() throws -> Cell {
        let parameters: Parameters
        switch experiment {
        case "startup": parameters = .startup(try mode.needed("mode").model())
        case "footprint": parameters = .footprint(most: try Bounded.count(try most.needed("most"), "'most'"))
        case "density":
            parameters = .density(
                most: try Bounded.count(try most.needed("most"), "'most'"),
                budgetBytes: try Bounded.size(try budgetBytes.needed("budgetBytes"), "'budgetBytes'"))
        case "task": parameters = .task
        default:
            throw UnreadableValue(
                description: "\(key) is of the experiment '\(experiment)', which this tare does not know")
        }
        var cell = Cell(
            workload: workload, platform: platform, parameters: parameters, planned: planned, impossible: impossible)
        // As it was when its observations were stored, should it be made in another way one day.
        cell.key = key
        return cell
    }
}

extension VersionedText {
    static func plan(_ plan: Plan) throws -> VersionedText { VersionedText(2, try JSON.encode(PlanRecord(plan))) }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func plan(of suite: Suite) throws -> Plan {
        switch version {
        case 1: return try JSON.decode(PlanRecord1.self, text).plan(of: suite)
        case 2: return try JSON.decode(PlanRecord.self, text).plan()
        default: throw unknown("a plan")
        }
    }
}

extension Plan {
    /// The plan, if it can be followed: orders name cells that are there, keys and blocks are unique, numbers are bounded.
    func checked() throws -> Plan {
        var keys: Set<String> = []
        for cell in cells {
            guard keys.insert(cell.key).inserted else {
                throw UnreadableValue(description: "there are two cells \(cell.key)")
            }
            _ = try Bounded.count(cell.planned, "'planned' of \(cell.key)")
        }
        var indices: Set<Int> = []
        for block in blocks {
            guard indices.insert(try Bounded.count(block.index, "'index' of a block")).inserted else {
                throw UnreadableValue(description: "there are two blocks \(block.index)")
            }
            if let position = block.order.first(where: { !cells.indices.contains($0) }) {
                throw UnreadableValue(
                    description: "block \(block.index) measures cell \(position) of \(cells.count)")
            }
        }
        return self
    }
}
