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
        let (kinds, passes) = CarryOver.passes(of: observations)
        let platforms = Dictionary(
            cells.map { ($0.cell.key, $0.cell.platform) }, uniquingKeysWith: { first, _ in first })
        let keys = cells.map(\.cell.key)
        let outcomes = Array(keys.indices).concurrently { place in
            passes[keys[place]].flatMap { test($0, kinds, platforms, keys[place], seed: seed) }
        }
        let places = outcomes.indices.filter { outcomes[$0] != nil }
        let adjusted = Holm.adjusted(outcomes.compactMap { $0?.pValue })
        for (place, pValue) in zip(places, adjusted) {
            cells[place].carryOver = outcomes[place]
            cells[place].carryOver?.pValue = pValue
        }
    }

    /// A counted pass of a cell with the cell that was measured right before it, and the median of its startups.
    private struct Pass {
        /// Where that cell's key stands in a list.
        var predecessor: Int
        var value: Double
    }

    /// The keys of the cells that were measured, and the passes of each of which a start is ok. What was planned and not attempted did
    /// nothing to the host, and is no predecessor.
    private static func passes(of observations: [Observation]) -> (keys: [String], passes: [String: [Pass]]) {
        var keys: [String] = []
        var places: [String: Int] = [:]
        var found: [[Pass]] = []
        var before: (cell: Int, block: Int)?
        var predecessor: Int?
        var startups: [Double] = []
        func close() {
            // Most passes have one start.
            let median = startups.count == 1 ? startups[0] : Quantiles(startups)?.median
            if let median, let predecessor, let before {
                found[before.cell].append(Pass(predecessor: predecessor, value: median))
            }
            startups.removeAll(keepingCapacity: true)
        }
        for index in observations.indices {
            let one = observations.glimpse(at: index)
            guard one.isAttemptedStart else { continue }
            let key = observations[index].cell
            let cell = places[key] ?? keys.count
            if cell == keys.count {
                places[key] = cell
                keys.append(key)
                found.append([])
            }
            if before?.cell != cell || before?.block != one.block {
                close()
                predecessor = before?.cell
                before = (cell, one.block)
            }
            guard predecessor != nil, one.counted, one.verdict == .ok, let startup = one.startupNanoseconds
            else { continue }
            startups.append(Double(startup))
        }
        close()
        return (keys, places.mapValues { found[$0] }.filter { !$0.value.isEmpty })
    }

    private static func test(
        _ passes: [Pass], _ keys: [String], _ platforms: [String: String], _ key: String, seed: UInt64
    ) -> CarryOver? {
        let kinds = Set(passes.map(\.predecessor))
        let grouping: Grouping = passes.count >= kinds.count * fewestForCells ? .cell : .platform
        let named = keys.map { grouping == .cell ? $0 : platforms[$0] ?? $0 }
        let names = Set(kinds.map { named[$0] }).sorted()
        let groups = named.map { names.firstIndex(of: $0) ?? 0 }
        var numbers = [[Double]](repeating: [], count: names.count)
        for pass in passes { numbers[groups[pass.predecessor]].append(pass.value) }
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
