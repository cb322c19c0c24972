/// Numbers in units that are drawn as a whole, made ready for thousands of draws.
struct DrawableValues {
    /// All numbers, ascending.
    private let values: [Double]
    /// For each of them its unit.
    private let units: [Int32]
    /// How many numbers each unit holds.
    private let sizes: [Int32]
    /// How many of the smaller half each unit holds.
    private let sizesBelowMiddle: [Int32]
    private let middle: Int

    init(values: [Double], units: [Int32], unitCount: Int) {
        self.values = values
        self.units = units
        middle = values.count / 2
        var sizes = [Int32](repeating: 0, count: unitCount)
        var below = sizes
        for (place, unit) in units.enumerated() {
            sizes[Int(unit)] += 1
            if place < middle { below[Int(unit)] += 1 }
        }
        self.sizes = sizes
        sizesBelowMiddle = below
    }

    /// The median when unit `i` is there `weights[i]` times; nil where that leaves nothing.
    ///
    /// It is the same as pooling the drawn units, sorting and taking the median. How many numbers lie below the middle of the undrawn
    /// ones is a sum over the units; the drawn median is near, and a walk from there finds it.
    func median(weights: [Int32]) -> Double? {
        weights.withUnsafeBufferPointer { median(weights: $0) }
    }

    /// As ``median(weights:)-([Int32])``, without a check of bounds in its loops, which run a million times for one interval.
    private func median(weights: UnsafeBufferPointer<Int32>) -> Double? {
        units.withUnsafeBufferPointer { units in
            let total = DrawableValues.sum(sizes, weights)
            guard total > 0 else { return nil }
            let lowerRank = (total - 1) / 2
            let upperRank = total / 2
            var place = middle
            var passed = DrawableValues.sum(sizesBelowMiddle, weights)
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
                if passed > upperRank { return lower + (values[place] - lower) / 2 }
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
