extension BlockedValues {
    /// The numbers of each block, in the order of ``blocks``; those of one block ascending.
    package var valuesByBlock: [[Double]] {
        var values = [[Double]](repeating: [], count: blocks.count)
        for entry in entries { values[entry.position].append(entry.value) }
        return values
    }
}
