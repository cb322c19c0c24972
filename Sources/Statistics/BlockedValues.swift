/// Numbers that were measured in blocks. Those of one block share the state of the host at that moment, so an
/// interval is made by drawing whole blocks, never single numbers.
package struct BlockedValues: Sendable, Equatable {
    /// The numbers of the blocks in which there is at least one, ascending.
    package let blocks: [Int]
    /// The quantiles of all numbers together.
    package let quantiles: Quantiles
    /// Of each of them, ascending, where in ``blocks`` its block stands.
    let positions: [Int32]

    /// Gathers numbers; nil where there is none, or where one is not finite (see ``Quantiles/init(_:)``).
    package init?(_ samples: [(block: Int, value: Double)]) {
        guard !samples.isEmpty, samples.allSatisfy(\.value.isFinite) else { return nil }
        let blocks = Set(samples.map(\.block)).sorted()
        var positions: [Int: Int32] = [:]
        for (position, block) in blocks.enumerated() { positions[block] = Int32(position) }
        var entries = samples.map { (value: $0.value, position: positions[$0.block] ?? 0) }
        entries.sort { $0.value < $1.value }
        self.blocks = blocks
        quantiles = Quantiles(ascending: entries.map(\.value))
        self.positions = entries.map(\.position)
    }

    /// How many numbers there are; at least 1.
    package var count: Int { positions.count }

    /// The same numbers, ready to be drawn from.
    ///
    /// - Parameters:
    ///   - all: the blocks that are drawn from, ascending; these ones among them.
    ///   - units: neighbouring blocks are drawn together where there are more than so many.
    ///   - probability: of the quantile that is asked for.
    func drawable(of all: [Int], units: Int, probability: Double = 0.5) -> DrawableValues {
        var unitOfPosition: [Int32] = []
        unitOfPosition.reserveCapacity(blocks.count)
        var place = 0
        for block in blocks {
            while place < all.count - 1, all[place] < block { place += 1 }
            unitOfPosition.append(Int32(all.count > units ? place * units / all.count : place))
        }
        return DrawableValues(
            values: quantiles.sorted, units: positions.map { unitOfPosition[Int($0)] },
            unitCount: min(all.count, units), probability: probability)
    }

    /// The numbers of some blocks alone; nil where there is none.
    func only(_ kept: Set<Int>) -> BlockedValues? {
        let isKept = blocks.map(kept.contains)
        return BlockedValues(
            zip(positions, quantiles.sorted).compactMap { position, value in
                isKept[Int(position)] ? (blocks[Int(position)], value) : nil
            })
    }
}
