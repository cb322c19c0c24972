import Testing

@testable import Statistics

/// A generator of the tests' own (Knuth's MMIX linear congruence), so that no result hangs on the product's generator.
private struct TestGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

@Suite struct BootstrapTests {
    /// Expanded percentiles of 200,000 draws, SciPy 1.16.3 and NumPy 2.2; rng=1 to 3 give the same:
    /// python3 -c "import numpy as np; from scipy.stats import norm, t
    /// x=[21.4,19.8,22.9,35.1,20.6,24.3,18.9,27.7,23.2,21.9,26.4,20.1]; tail=norm.cdf(-np.sqrt(12/11)*t.ppf(.975,11))
    /// print(np.quantile(np.median(np.random.default_rng(0).choice(x,(200000,12)),axis=1),[tail,1-tail]))"
    /// gives 20.1 to 26.4.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func oneNumberABlockIsTheOrdinaryBootstrap(seed: UInt64) throws {
        let numbers = [21.4, 19.8, 22.9, 35.1, 20.6, 24.3, 18.9, 27.7, 23.2, 21.9, 26.4, 20.1]
        let values = try #require(BlockedValues(numbers.enumerated().map { ($0.offset, $0.element) }))
        var random = TestGenerator(state: seed)
        let interval = try #require(Bootstrap.medianInterval(of: values, using: &random))
        #expect(abs(interval.lower - 20.1) < 0.2)
        #expect(abs(interval.upper - 26.4) < 0.2)
        #expect(interval.blocks == 12)
    }

    /// Pooled medians of whole blocks, by NumPy with 50,000 draws of `default_rng(0)` to `default_rng(2)`, tail as
    /// above for 8: np.quantile([np.median(np.concatenate([blocks[j] for j in g.integers(0, 8, 8)])) for _ in
    /// range(50000)], [tail, 1 - tail]) gives 20.1 to 31.15 twice and to 33.9 once: the upper end lies on a step of the
    /// distribution.
    @Test func wholeBlocksAreDrawn() throws {
        let blocks = [
            [21.4, 22.0, 19.5], [35.1, 33.9, 36.0], [20.6, 20.9, 25.0], [18.9, 19.3], [27.7, 28.4, 26.1],
            [23.2, 22.6, 24.0], [26.4, 25.2, 27.0], [20.1, 21.0, 19.0],
        ]
        let samples = blocks.enumerated().flatMap { block in block.element.map { (block.offset + 3, $0) } }
        let values = try #require(BlockedValues(samples))
        #expect(values.count == 23)
        #expect(values.quantiles.median == 23.2)
        #expect(values.blocks == Array(3...10))
        var random = TestGenerator(state: 5)
        let interval = try #require(Bootstrap.medianInterval(of: values, resamples: 50_000, using: &random))
        #expect((20.05...20.6).contains(interval.lower))
        #expect((31.1...33.95).contains(interval.upper))
    }

    @Test func weightedMedianEqualsThatOfThePooledNumbers() throws {
        let samples = [(0, 5.0), (0, 1.0), (1, 9.0), (2, 3.0), (2, 4.0), (2, 8.0)]
        let blocked = try #require(BlockedValues(samples))
        let values = blocked.drawable(of: blocked.blocks, units: 3)
        // Pooled by hand: block 0 twice and block 2 once is 1 1 3 4 5 5 8; block 1 twice and block 2 once 3 4 8 9 9.
        #expect(values.quantile(weights: [2, 0, 1]) == 4)
        #expect(values.quantile(weights: [0, 2, 1]) == 8)
        // An even number: block 0 and block 1 twice is 1 5 9 9.
        #expect(values.quantile(weights: [1, 2, 0]) == 7)
        #expect(values.quantile(weights: [0, 0, 0]) == nil)
    }

    @Test func oneBlockGivesNoInterval() throws {
        let values = try #require(BlockedValues([(4, 1.0), (4, 2.0), (4, 3.0)]))
        var random = TestGenerator(state: 1)
        #expect(Bootstrap.medianInterval(of: values, using: &random) == nil)
        #expect(BlockedValues([]) == nil)
        #expect(BlockedValues([(0, 1), (1, .nan)]) == nil)
    }

    @Test func theSameSeedGivesTheSameInterval() throws {
        let values = try #require(BlockedValues((0..<20).map { ($0, Double(($0 * 37) % 23)) }))
        var first = TestGenerator(state: 9)
        var second = TestGenerator(state: 9)
        let one = Bootstrap.medianInterval(of: values, resamples: 500, using: &first)
        let two = Bootstrap.medianInterval(of: values, resamples: 500, using: &second)
        #expect(one != nil)
        #expect(one == two)
    }
}

@Suite struct RatioTests {
    static let numerator: [(block: Int, value: Double)] = [
        (1, 100), (1, 104), (2, 151), (2, 149), (3, 98), (3, 97), (4, 120), (4, 118.5), (5, 133), (5, 131), (6, 110),
        (6, 108), (7, 142), (7, 139),
    ]
    static let denominator: [(block: Int, value: Double)] = [
        (1, 50), (1, 51), (2, 74), (2, 75.5), (3, 49), (3, 48), (4, 61), (4, 60), (5, 66), (5, 65), (6, 56), (6, 55),
        (7, 69), (7, 70),
    ]

    /// NumPy, 50,000 draws, the same drawn blocks on both sides, expanded percentiles for 7 blocks, seeds 0 to 2:
    /// 1.96363636 to 2.03921569 each time. By plain percentiles and drawn apart, the same numbers give 1.565 to 2.594:
    /// what the pairing is for.
    @Test func pairedBlocksCancelWhatTheyShare() throws {
        let above = try #require(BlockedValues(Self.numerator))
        let below = try #require(BlockedValues(Self.denominator))
        var random = TestGenerator(state: 11)
        let ratio = try #require(Bootstrap.ratioOfMedians(above, to: below, using: &random))
        let interval = try #require(ratio.interval)
        #expect(abs(ratio.value - 1.9710743801652892) < 1e-12)
        #expect(abs(interval.lower - 1.96363636) < 1e-6)
        #expect(abs(interval.upper - 2.03921569) < 1e-6)
        #expect(interval.blocks == 7)
    }

    @Test func blocksThatAreNotSharedGiveARatioWithoutInterval() throws {
        let above = try #require(BlockedValues([(1, 4), (2, 6)]))
        let below = try #require(BlockedValues([(2, 2), (3, 3)]))
        var random = TestGenerator(state: 1)
        let ratio = try #require(Bootstrap.ratioOfMedians(above, to: below, using: &random))
        #expect(ratio.value == 2)
        #expect(ratio.interval == nil)
    }

    @Test func thereIsNoRatioToNothing() throws {
        let above = try #require(BlockedValues([(1, 4), (2, 6)]))
        let zero = try #require(BlockedValues([(1, 0), (2, 0)]))
        var random = TestGenerator(state: 1)
        #expect(Bootstrap.ratioOfMedians(above, to: zero, using: &random) == nil)
        #expect(Bootstrap.ratioOfMedians(zero, to: above, using: &random) == nil)
    }
}

/// Thousands of blocks, which are drawn in groups.
@Suite struct ManyBlocksTests {
    /// One number a block, 1 to 2002 in an order without drift. Whole blocks drawn by chance have their median between
    /// the ranks of the binomial distribution: 256 groups have the tail 0.02424, and scipy.stats.binom.ppf([.02424,
    /// .97576], 2002, .5) = 957, 1045.
    @Test func theIntervalIsThatOfSingleBlocks() throws {
        var random = TestGenerator(state: 11)
        let values = (1...2_002).shuffled(using: &random).enumerated().map {
            (block: $0.offset, value: Double($0.element))
        }
        let blocked = try #require(BlockedValues(values))
        let interval = try #require(Bootstrap.medianInterval(of: blocked, resamples: 4_000, using: &random))
        #expect(interval.blocks == 2_002)
        #expect((940...972).contains(interval.lower) && (1_030...1_062).contains(interval.upper))
    }

    /// What both sides have in common cancels out in groups as well.
    @Test func ratiosStayPaired() throws {
        let values = (1...3_000).map { (block: $0, value: 10 + Double($0 * 777 % 2_003)) }
        let twice = try #require(BlockedValues(values.map { ($0.block, 2 * $0.value) }))
        let once = try #require(BlockedValues(values))
        var random = TestGenerator(state: 3)
        let ratio = try #require(Bootstrap.ratioOfMedians(twice, to: once, resamples: 500, using: &random))
        let interval = try #require(ratio.interval)
        #expect(ratio.value == 2 && abs(interval.lower - 2) < 1e-9 && abs(interval.upper - 2) < 1e-9)
        #expect(interval.blocks == 3_000)
    }

    /// The walk finds what pooling and sorting finds, whatever was drawn.
    @Test(arguments: [0.5, 0, 0.1, 0.25, 0.95, 1]) func quantilesAreThoseOfThePooledNumbers(p: Double) throws {
        var random = TestGenerator(state: 21)
        for _ in 0..<300 {
            let blocks = 1 + Int(random.next() % 9)
            let values = (0..<(1 + Int(random.next() % 40))).map { _ in
                (block: Int(random.next() % UInt64(blocks)), value: Double(random.next() % 12))
            }
            let blocked = try #require(BlockedValues(values))
            let weights = blocked.blocks.map { _ in Int32(random.next() % 4) }
            var pooled: [Double] = []
            for (block, weight) in zip(blocked.blocks, weights) {
                for _ in 0..<weight { pooled += values.filter { $0.block == block }.map(\.value) }
            }
            let drawn = blocked.drawable(of: blocked.blocks, units: 400, probability: p).quantile(weights: weights)
            #expect(drawn == Quantiles(pooled)?.quantile(p))
        }
    }
}
