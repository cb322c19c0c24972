extension BlockedValues {
    /// The numbers of each block, in the order of ``blocks``; those of one block ascending.
    package var valuesByBlock: [[Double]] {
        var values = [[Double]](repeating: [], count: blocks.count)
        for (position, value) in zip(positions, quantiles.sorted) { values[Int(position)].append(value) }
        return values
    }
}
