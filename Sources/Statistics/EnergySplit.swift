/// A split of a segment in two.
struct EnergySplit: Equatable {
    /// The first number of the second part, in the series.
    var index: Int
    /// How far apart the parts are: for parts of m and n numbers `m n / (m + n)` times twice the mean distance between
    /// the parts less the mean distances within them, in the unit of the numbers.
    var statistic: Double

    /// The best split of a segment; nil where it is too short for one. The second part may end before the segment does,
    /// so that a change and a change back do not hide each other (Matteson and James 2014).
    ///
    /// - Parameter shortest: the fewest numbers of a part; at least 2.
    static func best(of segment: ArraySlice<Double>, shortest: Int) -> EnergySplit? {
        guard segment.count >= 2 * shortest, shortest > 1 else { return nil }
        let best = segment.withUnsafeBufferPointer { scan($0, shortest) }
        return EnergySplit(index: segment.startIndex + best.index, statistic: best.statistic)
    }

    private static func scan(_ values: UnsafeBufferPointer<Double>, _ shortest: Int) -> EnergySplit {
        let count = values.count
        // For each number the sum of its distances to all before it, and to those of the first part.
        var toAllBefore = [Double](repeating: 0, count: count)
        for (place, value) in values.enumerated() {
            var sum = 0.0
            for before in 0..<place { sum += abs(values[before] - value) }
            toAllBefore[place] = sum
        }
        var toFirstPart = [Double](repeating: 0, count: count)
        let inverses = (0...count).map { 1 / Double(max($0, 1)) }
        var withinFirst = 0.0
        var best = EnergySplit(index: shortest, statistic: -.infinity)
        for split in 1...(count - shortest) {
            withinFirst += toAllBefore[split - 1]
            let added = values[split - 1]
            for place in split..<count { toFirstPart[place] += abs(values[place] - added) }
            guard split >= shortest else { continue }
            let first = Double(split)
            let firstTerm = withinFirst / (first - 1)
            var between = 0.0
            var withinSecond = 0.0
            for place in split..<count {
                between += toFirstPart[place]
                withinSecond += toAllBefore[place] - toFirstPart[place]
                let size = place + 1 - split
                guard size >= shortest else { continue }
                let second = Double(size)
                let apart = between - second * firstTerm - first * withinSecond * inverses[size - 1]
                let statistic = 2 * apart * inverses[split + size]
                if statistic > best.statistic { best = EnergySplit(index: split, statistic: statistic) }
            }
        }
        return best
    }
}
