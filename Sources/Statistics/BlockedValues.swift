/// Numbers that were measured in blocks. Those of one block share the state of the host at that moment, so an
/// interval is made by drawing whole blocks, never single numbers.
public struct BlockedValues: Sendable, Equatable {
    /// A number and where in ``blocks`` its block stands.
    struct Entry: Sendable, Equatable {
        var value: Double
        var position: Int
    }

    /// The numbers of the blocks in which there is at least one, ascending.
    public let blocks: [Int]
    /// The quantiles of all numbers together.
    public let quantiles: Quantiles
    /// All numbers, ascending.
    let entries: [Entry]
    /// How many numbers each block holds.
    let sizes: [Int]

    /// Gathers numbers; nil where there is none, or where one is not finite (see ``Quantiles/init(_:)``).
    public init?(_ samples: [(block: Int, value: Double)]) {
        guard let quantiles = Quantiles(samples.map(\.value)) else { return nil }
        self.quantiles = quantiles
        let blocks = Set(samples.map(\.block)).sorted()
        self.blocks = blocks
        var positions: [Int: Int] = [:]
        for (position, block) in blocks.enumerated() { positions[block] = position }
        var sizes = [Int](repeating: 0, count: blocks.count)
        var entries: [Entry] = []
        entries.reserveCapacity(samples.count)
        for sample in samples {
            let position = positions[sample.block] ?? 0
            sizes[position] += 1
            entries.append(Entry(value: sample.value, position: position))
        }
        entries.sort { $0.value < $1.value }
        self.entries = entries
        self.sizes = sizes
    }

    /// How many numbers there are; at least 1.
    public var count: Int { entries.count }

    /// The median when the block at position `i` is there `weights[i]` times; nil where that leaves nothing.
    ///
    /// The numbers are sorted once, and a walk over them adds up the weights: the same as pooling the drawn blocks,
    /// sorting and taking the median, without ten thousand sorts.
    func median(weights: [Int]) -> Double? {
        var total = 0
        for (position, size) in sizes.enumerated() { total += size * weights[position] }
        guard total > 0 else { return nil }
        let lowerRank = (total - 1) / 2
        let upperRank = total / 2
        var passed = 0
        var lower: Double?
        for entry in entries {
            passed += weights[entry.position]
            if lower == nil, passed > lowerRank { lower = entry.value }
            if passed > upperRank, let lower { return lower + (entry.value - lower) / 2 }
        }
        return nil
    }
}
