import BenchmarkModel
import Statistics

/// Whether a cell's startups depend on what was measured right before each of them.
///
/// The order is drawn at random, so that what comes before is independent of all else: a difference between a cell's samples
/// by their predecessor can only be something that was carried over. It is sought by ``RankDeviation``, whose p is adjusted after
/// Holm over all cells of the run.
package struct CarryOver: Sendable, Equatable {
    /// What predecessors are told apart by.
    package enum Grouping: String, Sendable {
        /// By cell, where each came before about ``CarryOver/fewestForCells`` samples at least.
        case cell
        /// By platform, where there are so many cells that each came before only few samples.
        case platform
    }

    /// The startups that followed one kind of predecessor.
    package struct Predecessor: Sendable, Equatable {
        /// The cell's key, or the platform's name.
        package var name: String
        /// How many passes followed it.
        package var count: Int
        /// The median of their startups in nanoseconds; of a pass with several requests its own median counts.
        package var median: Double
        /// Whether it is named where ``CarryOver/isFound``: it lies apart from the others.
        package var differs: Bool
    }

    /// What predecessors are told apart by.
    package var grouping: Grouping
    /// The predecessors, by name.
    package var predecessors: [Predecessor]
    /// How likely such differences are where nothing carries over, adjusted for the number of cells.
    package var pValue: Double

    /// Below this p a difference is told.
    package static let significance = 0.01
    /// Predecessors are told apart by cell from so many samples each on.
    package static let fewestForCells = 5
    /// From so many standard deviations of its mean rank on a predecessor is named.
    static let deviationsToName = 2.5

    /// Whether something carries over.
    package var isFound: Bool { pValue < CarryOver.significance }

    /// Looks at all cells of a run.
    ///
    /// - Parameter observations: of the whole run, by ascending number.
    static func find(in cells: inout [StartupCell], _ observations: [Observation], seed: UInt64) {
        let passes = CarryOver.passes(of: observations)
        let platforms = Dictionary(
            cells.map { ($0.cell.key, $0.cell.platform) }, uniquingKeysWith: { first, _ in first })
        let keys = cells.map(\.cell.key)
        let outcomes = Array(keys.indices).concurrently { place in
            passes[keys[place]].flatMap { test($0, platforms, keys[place], seed: seed) }
        }
        let places = outcomes.indices.filter { outcomes[$0] != nil }
        let adjusted = Holm.adjusted(outcomes.compactMap { $0?.pValue })
        for (place, pValue) in zip(places, adjusted) {
            cells[place].carryOver = outcomes[place]
            cells[place].carryOver?.pValue = pValue
        }
    }

    /// A counted pass of a cell with the cell that was measured right before it.
    private struct Pass {
        var predecessor: String
        var startups: [Double] = []
    }

    /// The passes of each cell. What was planned and not attempted did nothing to the host, and is no predecessor.
    private static func passes(of observations: [Observation]) -> [String: [Pass]] {
        var found: [String: [Pass]] = [:]
        var before: (cell: String, block: Int)?
        var predecessor: String?
        var pass: Pass?
        func close() {
            if let pass, let before { found[before.cell, default: []].append(pass) }
            pass = nil
        }
        for observation in observations {
            guard let record = observation.startup, !record.instance.isEmpty else { continue }
            if before?.cell != observation.cell || before?.block != observation.block {
                close()
                predecessor = before?.cell
                before = (observation.cell, observation.block)
            }
            guard let predecessor, observation.counted else { continue }
            if pass == nil { pass = Pass(predecessor: predecessor) }
            guard observation.verdict == .ok, let startup = record.startupNanoseconds else { continue }
            pass?.startups.append(Double(startup))
        }
        close()
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
        var random = SplitMix64(seed: seed, name: "carry-over/\(key)")
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
