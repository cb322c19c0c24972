/// Numbers that were measured in blocks. Those of one block share the state of the host at that moment, so an
/// interval is made by drawing whole blocks, never single numbers.
package struct BlockedValues: Sendable, Equatable {
    /// A number and where in ``blocks`` its block stands.
    struct Entry: Sendable, Equatable {
        var value: Double
        var position: Int
    }

    /// The numbers of the blocks in which there is at least one, ascending.
    package let blocks: [Int]
    /// The quantiles of all numbers together.
    package let quantiles: Quantiles
    /// All numbers, ascending.
    let entries: [Entry]

    /// Gathers numbers; nil where there is none, or where one is not finite (see ``Quantiles/init(_:)``).
    package init?(_ samples: [(block: Int, value: Double)]) {
        guard let quantiles = Quantiles(samples.map(\.value)) else { return nil }
        self.quantiles = quantiles
        let blocks = Set(samples.map(\.block)).sorted()
        self.blocks = blocks
        var positions: [Int: Int] = [:]
        for (position, block) in blocks.enumerated() { positions[block] = position }
        var entries: [Entry] = []
        entries.reserveCapacity(samples.count)
        for sample in samples {
            let position = positions[sample.block] ?? 0
            entries.append(Entry(value: sample.value, position: position))
        }
        entries.sort { $0.value < $1.value }
        self.entries = entries
    }

    /// How many numbers there are; at least 1.
    package var count: Int { entries.count }

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
            values: entries.map(\.value), units: entries.map { unitOfPosition[$0.position] },
            unitCount: min(all.count, units), probability: probability)
    }

    /// The numbers of some blocks alone; nil where there is none.
    func only(_ kept: Set<Int>) -> BlockedValues? {
        let positions = blocks.map(kept.contains)
        return BlockedValues(
            entries.compactMap { positions[$0.position] ? (blocks[$0.position], $0.value) : nil })
    }
}
