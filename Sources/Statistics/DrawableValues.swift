/// Numbers in units that are drawn as a whole, made ready for thousands of draws of one quantile.
struct DrawableValues {
    /// All numbers, ascending.
    private let values: [Double]
    /// For each of them its unit.
    private let units: [Int32]
    /// How many numbers each unit holds.
    private let sizes: [Int32]
    /// How many of those below ``start`` each unit holds.
    private let sizesBelowStart: [Int32]
    /// Where the quantile of the undrawn numbers stands.
    private let start: Int
    private let probability: Double

    /// - Parameters:
    ///   - values: ascending, at least one.
    ///   - units: for each value its unit, from 0.
    ///   - probability: of the quantile that is asked for; what lies outside 0 to 1 is taken as the nearer end.
    init(values: [Double], units: [Int32], unitCount: Int, probability: Double = 0.5) {
        self.values = values
        self.units = units
        let probability = probability >= 0 ? min(probability, 1) : 0
        self.probability = probability
        start = min(Int(Double(values.count) * probability), values.count - 1)
        var sizes = [Int32](repeating: 0, count: unitCount)
        var below = sizes
        for (place, unit) in units.enumerated() {
            sizes[Int(unit)] += 1
            if place < start { below[Int(unit)] += 1 }
        }
        self.sizes = sizes
        sizesBelowStart = below
    }

    /// The quantile (type 7, as ``Quantiles/quantile(_:)`` has it) when unit `i` is there `weights[i]` times; nil where
    /// that leaves nothing.
    ///
    /// It is the same as pooling the drawn units, sorting and taking the quantile. How many numbers lie below that of
    /// the undrawn ones is a sum over the units; the drawn quantile is near, and a walk from there finds it.
    func quantile(weights: [Int32]) -> Double? {
        weights.withUnsafeBufferPointer { quantile(weights: $0) }
    }

    /// As ``quantile(weights:)-([Int32])``, without a check of bounds in its loops, which run a million times for one
    /// interval.
    private func quantile(weights: UnsafeBufferPointer<Int32>) -> Double? {
        units.withUnsafeBufferPointer { units in
            let total = DrawableValues.sum(sizes, weights)
            guard total > 0 else { return nil }
            let position = Double(total - 1) * probability
            let lowerRank = Int(position)
            let fraction = position - Double(lowerRank)
            let upperRank = fraction > 0 ? lowerRank + 1 : lowerRank
            var place = start
            var passed = DrawableValues.sum(sizesBelowStart, weights)
            while passed > lowerRank {
                place -= 1
                passed -= Int(weights[Int(units[place])])
            }
            while true {
                let next = passed + Int(weights[Int(units[place])])
                if next > lowerRank { break }
                passed = next
                place += 1
            }
            let lower = values[place]
            while true {
                passed += Int(weights[Int(units[place])])
                if passed > upperRank { return lower + fraction * (values[place] - lower) }
                place += 1
            }
        }
    }

    private static func sum(_ sizes: [Int32], _ weights: UnsafeBufferPointer<Int32>) -> Int {
        sizes.withUnsafeBufferPointer { sizes in
            var sum: Int32 = 0
            for unit in 0..<min(sizes.count, weights.count) { sum &+= sizes[unit] &* weights[unit] }
            return Int(sum)
        }
    }
}
