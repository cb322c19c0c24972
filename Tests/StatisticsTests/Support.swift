@testable import Statistics

/// SplitMix64, the tests' own generator, so that no result hangs on the product's.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Above 0 and below 1.
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

    mutating func normal() -> Double { NormalDistribution.quantile(uniform()) }
}

/// Whether a value agrees with what another program says, by default to 1e-9 of it.
func near(_ value: Double?, _ expected: Double, within share: Double = 1e-9) -> Bool {
    guard let value else { return false }
    return value == expected || abs(value - expected) <= abs(expected) * share
}

/// One number a block.
func singles(_ values: [Double]) -> BlockedValues? {
    BlockedValues(values.enumerated().map { ($0.offset, $0.element) })
}

/// Of what cannot be compared otherwise.
func isNil<Value>(_ value: Value?) -> Bool { value == nil }
