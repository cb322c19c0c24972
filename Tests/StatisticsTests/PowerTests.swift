import Testing

@testable import Statistics

@Suite struct PowerTests {
    /// python3 -c "from scipy import stats; print(.01+(stats.t.ppf(1-.005/2,38)+stats.t.ppf(.9,38))*.02,
    /// (stats.norm.ppf(.995)+stats.norm.ppf(.9))*.02)"
    @Test func smallestEffectAgreesWithSciPy() {
        let few = Power.smallestDetectable(
            standardError: 0.02, degreesOfFreedom: 38, margin: 0.01, level: 0.005, power: 0.9)
        #expect(near(few, 0.09569045701154395))
        let known = Power.smallestDetectable(
            standardError: 0.02, degreesOfFreedom: .infinity, margin: 0, level: 0.01, power: 0.9)
        #expect(near(known, 0.07714761738187002))
        let none = Power.smallestDetectable(
            standardError: 0.02, degreesOfFreedom: 0, margin: 0, level: 0.01, power: 0.9)
        #expect(none.isNaN)
    }

    /// By trying 2, 3, 4, ... with scipy.stats.t.ppf until
    /// margin + (t.ppf(1-level/2, df(n)) + t.ppf(power, df(n))) * sqrt(v/n + fixed) <= effect.
    @Test func blocksAgreeWithTryingThemAll() {
        let blocks = Power.blocks(
            effect: -0.1, margin: 0.01, variancePerBlock: 0.09, fixedVariance: 0.0001, level: 0.01, power: 0.9
        ) { Double(2 * $0 - 2) }
        #expect(blocks == 205)
        let few = Power.blocks(
            effect: 0.5, margin: 0, variancePerBlock: 0.04, fixedVariance: 0, level: 0.05, power: 0.8
        ) { Double($0 - 1) }
        #expect(few == 4)
        let one = Power.blocks(
            effect: 0.5, margin: 0, variancePerBlock: 0, fixedVariance: 0, level: 0.05, power: 0.8
        ) { _ in .infinity }
        #expect(one == 1)
    }

    @Test func whatNoNumberOfBlocksFinds() {
        func blocks(effect: Double, fixedVariance: Double) -> Int? {
            Power.blocks(
                effect: effect, margin: 0.01, variancePerBlock: 0.09, fixedVariance: fixedVariance, level: 0.01,
                power: 0.9
            ) { Double($0 - 1) }
        }
        #expect(blocks(effect: 0.1, fixedVariance: 0.01) == nil)
        #expect(blocks(effect: 0.01, fixedVariance: 0) == nil)
        #expect(blocks(effect: .nan, fixedVariance: 0) == nil)
        #expect(blocks(effect: 0.1, fixedVariance: .nan) == nil)
    }
}
