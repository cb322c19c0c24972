/// The order among numbers that are too many to list.
enum OrderStatistic {
    /// The median of so many finite numbers, given how many of them are at most a value: found by halving the order of
    /// all floating-point numbers, at most 65 counts for each of the two in the middle.
    ///
    /// - Returns: nil where there is none, or the numbers in the middle are not finite.
    static func median(of count: Int, countUpTo: (Double) -> Int) -> Double? {
        guard count > 0 else { return nil }
        let lower = value(ofRank: (count - 1) / 2, countUpTo: countUpTo)
        let upper = count % 2 == 1 ? lower : value(ofRank: count / 2, countUpTo: countUpTo)
        return (lower + (upper - lower) / 2).ifFinite
    }

    /// The least number that more than `rank` numbers do not exceed; ranks from 0.
    private static func value(ofRank rank: Int, countUpTo: (Double) -> Int) -> Double {
        var low = key(-.infinity)
        var high = key(.infinity)
        while low < high {
            let middle = low + (high - low) / 2
            if countUpTo(number(middle)) > rank { high = middle } else { low = middle + 1 }
        }
        // Plus 0 turns the negative zero into the positive.
        return number(low) + 0
    }

    /// A whole number that is ordered as the floating-point numbers are.
    private static func key(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }
}
