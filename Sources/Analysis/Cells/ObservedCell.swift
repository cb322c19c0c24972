package import BenchmarkModel

/// What a run holds of a cell, before its experiment looks at it.
package struct ObservedCell: Sendable {
    package var cell: Cell
    /// The platform's specification; nil where the suite does not name it.
    package var platform: PlatformSpec?
    /// Whether its guests ran under software emulation.
    package var emulated: Bool
    package var accounting: Accounting
    /// The warnings that touch its counted observations.
    package var noise: [Threat]
    /// In what its workload sees another world there than elsewhere.
    package var inequality: [Caveat]
    /// All its observations, warm-up included, in the order of measurement.
    package var observations: [Observation]
    /// For each of them which one of its experiment in the run it is, from 1.
    package var ordinals: [Int]
    /// The blocks of its counted observations.
    var countedBlocks: Set<Int>
    /// The blocks of its counted observations that are invalid.
    var invalidBlocks: Set<Int>

    init(
        _ cell: Cell, of run: Run, _ observations: [Observation], ordinals: [Int], inequality: [Caveat] = []
    ) {
        self.inequality = inequality
        self.cell = cell
        platform = run.suite.platforms.first { $0.name == cell.platform }
        emulated = run.platforms.contains { $0.platform == cell.platform && $0.emulated }
        noise = []
        self.observations = observations
        self.ordinals = ordinals
        accounting = Accounting(planned: cell.planned, observations)
        countedBlocks = []
        invalidBlocks = []
        var latest: Int?
        for index in observations.indices {
            let one = observations.glimpse(at: index)
            guard one.counted else { continue }
            if one.block != latest { countedBlocks.insert(one.block) }
            latest = one.block
            if one.verdict == .invalid { invalidBlocks.insert(one.block) }
        }
        noise = run.threats.filter { $0.severity == .warning && isMarked(by: $0) }
    }

    /// The counted observations that are ok.
    package var good: [Observation] { observations.filter { $0.counted && $0.verdict == .ok } }

    /// How many warm-up observations were recorded; they are not counted.
    package var warmup: Int { observations.count { !$0.counted } }

    /// In how many blocks it was measured and counted.
    package var countedBlockCount: Int { countedBlocks.count }

    /// Whether a threat does to this cell what its severity says: a warning makes it noisy where it touches a counted
    /// observation, `invalid` one where there is a counted observation that is invalid.
    package func isMarked(by threat: Threat) -> Bool {
        guard threat.cell == nil || threat.cell == cell.key else { return false }
        let blocks = threat.severity == .invalid ? invalidBlocks : countedBlocks
        return threat.block.map(blocks.contains) ?? !blocks.isEmpty
    }
}
