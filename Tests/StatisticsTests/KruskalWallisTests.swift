import Testing

@testable import Statistics

/// Expected values are SciPy's (1.17.1) and NumPy's, by the command beside each.
@Suite struct KruskalWallisTests {
    private struct Fixed: RandomNumberGenerator {
        var state: UInt64 = 20_261_126
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func close(_ value: Double?, _ expected: Double, within share: Double = 1e-12) -> Bool {
        guard let value else { return false }
        return abs(value - expected) <= abs(expected) * share
    }

    /// `[scipy.stats.chi2.sf(x, k) for x, k in [(3.84,1), (5.99,2), (0.5,3), (25,3), (30,7), (12.5,8), (0.001,1), (200,4), (50,40)]]`
    @Test func theUpperTailOfChiSquared() {
        let expected: [(Double, Int, Double)] = [
            (3.84, 1, 0.05004352124870519), (5.99, 2, 0.05003662708658629), (0.5, 3, 0.9188914116546758),
            (25, 3, 1.5440498291101365e-05), (30, 7, 9.495972508134177e-05), (12.5, 8, 0.1302503547279264),
            (0.001, 1, 0.9747728793699604), (200, 4, 3.75727673578106e-42), (50, 40, 0.1335748340856504),
        ]
        for (x, degrees, tail) in expected {
            #expect(close(ChiSquared.upperTail(x, degreesOfFreedom: degrees), tail), "\(x), \(degrees)")
        }
        #expect(ChiSquared.upperTail(0, degreesOfFreedom: 3) == 1)
    }

    /// `scipy.stats.kruskal([2.9,3.0,2.5,2.6,3.2], [3.8,2.7,4.0,2.4], [2.8,3.4,3.7,2.2,2.0])` and, with ties,
    /// `scipy.stats.kruskal([1,2,2,3], [2,4,4,5], [3,5,6,6,6])`.
    @Test func theStatistic() {
        var random = Fixed()
        let plain = KruskalWallis.test(
            [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]], using: &random)
        #expect(close(plain?.statistic, 0.7714285714285722))
        let tied = KruskalWallis.test([[1, 2, 2, 3], [2, 4, 4, 5], [3, 5, 6, 6, 6]], using: &random)
        #expect(close(tied?.statistic, 7.5688385269121845))
    }

    /// The share of 200,000 `numpy.random.default_rng(1).permutation` of the ranks above whose H is at least as large: 0.01126.
    @Test func smallGroupsAreJudgedByPermutation() {
        var random = Fixed()
        let tied = KruskalWallis.test([[1, 2, 2, 3], [2, 4, 4, 5], [3, 5, 6, 6, 6]], using: &random)
        #expect(close(tied?.pValue, 0.01126, within: 0.3))
        // Five against five, apart: 2 of the 252 ways to split ten numbers.
        let apart = KruskalWallis.test([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]], using: &random)
        #expect(close(apart?.pValue, 2.0 / 252, within: 0.3))
        #expect((apart?.deviations.first ?? 0) < -2.5 && (apart?.deviations.last ?? 0) > 2.5)
    }

    /// 300 times 2 groups: `scipy.stats.kruskal(range(0, 600, 2), range(31, 631, 2)).pvalue` is 0.03286856259172994.
    @Test func manyNumbersAreJudgedByTheDistribution() {
        var random = Fixed()
        let groups = [stride(from: 0.0, to: 600, by: 2).map { $0 }, stride(from: 31.0, to: 631, by: 2).map { $0 }]
        #expect(close(KruskalWallis.test(groups, using: &random)?.pValue, 0.03286856259172994, within: 1e-9))
    }

    @Test func nothingToCompare() {
        var random = Fixed()
        #expect(KruskalWallis.test([[1, 2, 3]], using: &random) == nil)
        #expect(KruskalWallis.test([[1, 2, 3], []], using: &random) == nil)
        #expect(KruskalWallis.test([[1], [.infinity]], using: &random) == nil)
        #expect(KruskalWallis.test([[1, 1], [1]], using: &random)?.pValue == 1)
    }

    /// R: `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")` is 0.03 0.06 0.06 0.02.
    @Test func holm() {
        let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
        for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(close(value, expected)) }
        #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
        #expect(Holm.adjusted([]) == [])
    }
}
