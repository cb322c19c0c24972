import Testing

@testable import Statistics

/// Expected values are SciPy's (1.17.1) and NumPy's (2.4.6), by the command beside each.
@Suite struct RankDeviationTests {
    private func close(_ value: Double?, _ expected: Double, within share: Double = 1e-12) -> Bool {
        guard let value else { return false }
        return abs(value - expected) <= abs(expected) * share
    }

    private static let tied: [[Double]] = [[1, 2, 2, 3], [2, 4, 4, 5], [3, 5, 6, 6, 6]]

    /// For each group a against all others b, `scipy.stats.mannwhitneyu(a, b, use_continuity=False, method='asymptotic')`: its U,
    /// less `len(a) * len(b) / 2`, divided by the standard deviation that is corrected for ties.
    @Test func deviations() {
        var random = SplitMix(state: 20_261_126)
        let found = RankDeviation.test(RankDeviationTests.tied, using: &random)?.deviations ?? []
        for (value, expected) in zip(found, [-2.4286805349198923, -0.07834453338451265, 2.378372810094337]) {
            #expect(close(value, expected))
        }
        #expect(found.count == 3)
    }

    /// The share of 200,000 `numpy.random.default_rng(1).permutation` of the ranks in which the largest deviation is at least as
    /// large: 0.037765.
    @Test func smallGroupsAreJudgedByPermutation() {
        var random = SplitMix(state: 20_261_126)
        let tied = RankDeviation.test(RankDeviationTests.tied, using: &random)
        #expect(close(tied?.pValue, 0.037765, within: 0.35))
        // Five against five, apart: 2 of the 252 ways to split ten numbers.
        let apart = RankDeviation.test([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]], using: &random)
        #expect(close(apart?.pValue, 2.0 / 252, within: 0.35))
        // Five of twenty apart from fifteen, which are in three groups: at most 8 of the 15504 ways to choose five.
        let one = RankDeviation.test(
            [[1, 4, 7, 10, 13], [2, 5, 8, 11, 14], [3, 6, 9, 12, 15], [16, 17, 18, 19, 20]], using: &random)
        #expect((one?.pValue ?? 1) < 0.001)
        #expect(one?.statistic == one?.deviations.last)
    }

    /// `scipy.stats.mannwhitneyu(range(0, 600, 2), range(31, 631, 2), use_continuity=False, method='asymptotic').pvalue` is
    /// 0.03286856259172618.
    @Test func manyNumbersAreJudgedByTheDistribution() {
        var random = SplitMix(state: 20_261_126)
        let groups = [stride(from: 0.0, to: 600, by: 2).map { $0 }, stride(from: 31.0, to: 631, by: 2).map { $0 }]
        #expect(close(RankDeviation.test(groups, using: &random)?.pValue, 0.03286856259172618, within: 1e-9))
    }

    /// Where nothing differs, p below 0.05 comes in one of twenty cases, whatever the sizes.
    @Test func itsFalseAlarmsAreAsManyAsItSays() {
        var random = SplitMix(state: 20_261_126)
        var alarms = 0
        for _ in 0..<400 {
            let groups = [3, 7, 1, 9].map { size in (0..<size).map { _ in Double(random.next() >> 11) } }
            if (RankDeviation.test(groups, using: &random)?.pValue ?? 1) < 0.05 { alarms += 1 }
        }
        // 20 are expected; 400 tosses of a coin of 1 in 20 give 9 to 33 in 99.8 % of cases (scipy.stats.binom.interval).
        #expect((9...33).contains(alarms))
    }

    @Test func nothingToCompare() {
        var random = SplitMix(state: 20_261_126)
        #expect(RankDeviation.test([[1, 2, 3]], using: &random) == nil)
        #expect(RankDeviation.test([[1, 2, 3], []], using: &random) == nil)
        #expect(RankDeviation.test([[1], [.infinity]], using: &random) == nil)
        #expect(RankDeviation.test([[1, 1], [1]], using: &random)?.pValue == 1)
    }

    /// R: `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")` is 0.03 0.06 0.06 0.02.
    @Test func holm() {
        let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
        for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(close(value, expected)) }
        #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
        #expect(Holm.adjusted([]) == [])
    }
}
