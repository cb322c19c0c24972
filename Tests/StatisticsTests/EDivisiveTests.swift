import Testing

@testable import Statistics

/// Expected values are those of Apache Otava 0.8.0 (pip install apache-otava), which has no shortest segment:
/// ChangePointDetector(PermutationsSignificanceTester(.01, 999, PairDistanceCalculator, 0), PairDistanceCalculator)
/// .get_change_points(series), and for the best split
/// PairDistanceCalculator(series).get_candidate_change_point(slice(0, n)). def noise(n, x): for each: x =
/// (x*6364136223846793005+1442695040888963407) % 2**64; (x>>33)/2**31
@Suite struct EDivisiveTests {
    private static func noise(_ count: Int, _ seed: UInt64) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / 2_147_483_648
        }
    }

    private static func levels(_ parts: [(count: Int, level: Double)], seed: UInt64) -> [Double] {
        let levels = parts.flatMap { [Double](repeating: $0.level, count: $0.count) }
        return zip(levels, noise(levels.count, seed)).map { 10 + $1 + $0 }
    }

    private func indices(_ series: [Double], shortest: Int = 3) -> [Int] {
        var random = SplitMix(state: 8)
        return EDivisive.changePoints(series, minimumSegment: shortest, using: &random).map(\.index)
    }

    static let step = levels([(22, 0), (18, 1.5)], seed: 1)
    static let three = levels([(30, 0), (25, 1.2), (35, -0.5)], seed: 2)
    static let thereAndBack = levels([(25, 0), (8, 2), (27, 0)], seed: 3)
    static let none = levels([(80, 0)], seed: 5)
    /// 10 + (noise(120, 4) - .5) * np.repeat([1, 6], [60, 60])
    static let spread = noise(120, 4).enumerated().map { 10 + ($0.element - 0.5) * ($0.offset < 60 ? 1 : 6) }

    @Test func agreesWithOtava() {
        #expect(indices(Self.step) == [22])
        #expect(indices(Self.three) == [30, 55])
        #expect(indices(Self.spread) == [60])
        #expect(indices(Self.none) == [])
        // Otava's third point is at p = 0.001 too.
        #expect(indices(Self.thereAndBack, shortest: 2) == [25, 33, 39])
    }

    @Test func theBestSplitAgreesWithOtava() {
        for (series, index, statistic) in [
            (Self.step, 22, 22.47021518574965), (Self.three, 30, 24.97178330519977),
            (Self.thereAndBack, 25, 20.423798986155578), (Self.spread, 60, 22.20615053677266),
            (Self.none, 44, 1.4319154828297096),
        ] {
            let best = EnergySplit.best(of: series[...], shortest: 2)
            #expect(best?.index == index)
            #expect(near(best?.statistic, statistic))
        }
    }

    @Test func pIsTheShareOfPermutations() {
        var random = SplitMix(state: 8)
        let found = EDivisive.changePoints(Self.step, using: &random)
        #expect(found == [ChangePoint(index: 22, pValue: 0.001)])
    }

    /// Where nothing changes, one in a hundred series shows a change.
    @Test func falseAlarmsAreAsManyAsItSays() {
        var random = SplitMix(state: 3)
        var alarms = 0
        for _ in 0..<200 {
            let series = (0..<16).map { _ in random.normal() }
            let found = EDivisive.changePoints(series, significance: 0.05, permutations: 99, using: &random)
            if !found.isEmpty { alarms += 1 }
        }
        // 10 are expected: scipy.stats.binom.interval(.998, 200, .05) = 2, 21.
        #expect((2...21).contains(alarms), "\(alarms)")
    }

    @Test func theSameSeedFindsTheSame() {
        var one = SplitMix(state: 4)
        var other = SplitMix(state: 4)
        let first = EDivisive.changePoints(Self.three, using: &one)
        #expect(first == EDivisive.changePoints(Self.three, using: &other))
        #expect(first.count == 2)
    }

    @Test func seriesWithoutAChange() {
        #expect(indices([]) == [])
        #expect(indices([1]) == [])
        #expect(indices([1, 1, 9, 9, 9]) == [])
        #expect(indices([Double](repeating: 4, count: 30)) == [])
        #expect(indices([1, 1, 1, .nan, 9, 9, 9]) == [])
        // Five against five can be told apart at 2 of 252 ways, four against four at 2 of 70 only.
        #expect(indices([1, 1.1, 1.2, 1.3, 9, 9.1, 9.2, 9.3]) == [])
        #expect(indices([1, 1.1, 1.2, 1.3, 1.4, 9, 9.1, 9.2, 9.3, 9.4]) == [5])
        // A shorter segment than asked for is none: the last two stay with what is before them.
        #expect(!indices([Double](repeating: 1, count: 20) + [9, 9], shortest: 3).contains(20))
    }

    @Test func fewPermutationsCannotShowAnything() {
        var random = SplitMix(state: 4)
        #expect(EDivisive.changePoints(Self.three, permutations: 50, using: &random).isEmpty)
        #expect(EDivisive.changePoints(Self.three, permutations: 0, using: &random).isEmpty)
    }
}
