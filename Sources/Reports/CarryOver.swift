import BenchmarkModel
import Statistics

/// Whether a cell's startups depend on what was measured right before each of them.
///
/// The order is drawn at random, so that what comes before is independent of all else: a difference between a cell's samples
/// by their predecessor can only be something that was carried over. It is sought by ``RankDeviation``, whose p is adjusted after
/// Holm over all cells of the run.
public struct CarryOver: Sendable, Equatable {
    /// What predecessors are told apart by.
    public enum Grouping: String, Sendable {
        /// By cell, where each came before about ``CarryOver/fewestForCells`` samples at least.
        case cell
        /// By platform, where there are so many cells that each came before only few samples.
        case platform
    }

    /// The startups that followed one kind of predecessor.
    public struct Predecessor: Sendable, Equatable {
        /// The cell's key, or the platform's name.
        public var name: String
        /// How many passes followed it.
        public var count: Int
        /// The median of their startups in nanoseconds; of a pass with several requests its own median counts.
        public var median: Double
        /// Whether it is named where ``CarryOver/isFound``: it lies apart from the others.
        public var differs: Bool
    }

    /// What predecessors are told apart by.
    public var grouping: Grouping
    /// The predecessors, by name.
    public var predecessors: [Predecessor]
    /// How likely such differences are where nothing carries over, adjusted for the number of cells.
    public var pValue: Double

    /// Below this p a difference is told.
    public static let significance = 0.01
    /// Predecessors are told apart by cell from so many samples each on.
    public static let fewestForCells = 5
    /// From so many standard deviations of its mean rank on a predecessor is named.
    static let deviationsToName = 2.5

    /// Whether something carries over.
    public var isFound: Bool { pValue < CarryOver.significance }

    /// What was found, in words that follow "the medians are".
    ///
    /// - Parameter label: a cell's key in words.
    func words(_ label: (String) -> String) -> String {
        func told(_ one: Predecessor) -> String {
            let name = grouping == .cell ? label(one.name) : "any start on \(one.name)"
            return "\(Format.duration(one.median)) after \(name) (n = \(one.count))"
        }
        let apart = Format.enumeration(predecessors.filter(\.differs).map(told))
        let others = Format.enumeration(predecessors.filter { !$0.differs }.map(told))
        let chance = pValue < 0.000_1 ? "p < 0.0001" : "p = \(Format.number(pValue))"
        return "\(apart)\(others.isEmpty ? "" : "; \(others)") (\(chance), rank test, after Holm)"
    }

    /// Looks at all cells of a run.
    static func find(in cells: inout [CellReport], of run: Run) {
        let passes = CarryOver.passes(of: run.samples)
        let platforms = Dictionary(
            cells.map { ($0.cell.key, $0.cell.platform) }, uniquingKeysWith: { first, _ in first })
        var places: [Int] = []
        var found: [CarryOver] = []
        for (place, cell) in cells.enumerated() {
            guard let mine = passes[cell.cell.key], let one = test(mine, platforms, cell.cell.key, seed: run.plan.seed)
            else { continue }
            places.append(place)
            found.append(one)
        }
        let adjusted = Holm.adjusted(found.map(\.pValue))
        for (index, place) in places.enumerated() {
            found[index].pValue = adjusted[index]
            cells[place].carryOver = found[index]
        }
    }

    /// A counted pass of a cell with the cell that was measured right before it.
    private struct Pass {
        var predecessor: String
        var startups: [Double] = []
    }

    /// The passes of each cell. What was planned and not attempted did nothing to the host, and is no predecessor.
    private static func passes(of samples: [Sample]) -> [String: [Pass]] {
        var found: [String: [Pass]] = [:]
        var before: Sample?
        var predecessor: String?
        for sample in samples.sorted(by: { $0.number < $1.number }) where !sample.instance.isEmpty {
            let isFurther = before?.cell == sample.cell && before?.block == sample.block
            if !isFurther { predecessor = before?.cell }
            before = sample
            guard let predecessor, sample.counted else { continue }
            if !isFurther { found[sample.cell, default: []].append(Pass(predecessor: predecessor)) }
            guard CellReport.outcome(of: sample) == .ok, let startup = sample.startupNanoseconds,
                let last = found[sample.cell]?.indices.last
            else { continue }
            found[sample.cell]?[last].startups.append(Double(startup))
        }
        return found
    }

    private static func test(
        _ passes: [Pass], _ platforms: [String: String], _ key: String, seed: UInt64
    ) -> CarryOver? {
        let values = passes.compactMap { pass in
            Quantiles(pass.startups).map { (predecessor: pass.predecessor, value: $0.median) }
        }
        let kinds = Set(values.map(\.predecessor)).count
        let grouping: Grouping = values.count >= kinds * fewestForCells ? .cell : .platform
        let groups = Dictionary(grouping: values) { one in
            grouping == .cell ? one.predecessor : platforms[one.predecessor] ?? one.predecessor
        }
        let names = groups.keys.sorted()
        let numbers = names.map { name in (groups[name] ?? []).map(\.value) }
        var random = SplitMix64(seed: seed ^ CellReport.fingerprint("carry-over/\(key)"))
        guard let outcome = RankDeviation.test(numbers, using: &random) else { return nil }
        let predecessors = names.indices.compactMap { index -> Predecessor? in
            guard let quantiles = Quantiles(numbers[index]) else { return nil }
            let deviation = abs(outcome.deviations[index])
            return Predecessor(
                name: names[index], count: quantiles.count, median: quantiles.median,
                differs: deviation >= min(deviationsToName, outcome.statistic))
        }
        return CarryOver(grouping: grouping, predecessors: predecessors, pValue: outcome.pValue)
    }
}
