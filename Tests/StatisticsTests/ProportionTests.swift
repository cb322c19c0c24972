import Testing

@testable import Statistics

@Suite struct FisherExactTests {
    /// python3 -c "from scipy import stats; print(stats.fisher_exact([[a,n-a],[c,m-c]]).pvalue)"
    @Test(arguments: [
        ([3, 20, 0, 20], 0.2307692307692308), ([8, 15, 1, 14], 0.014192903548225885),
        ([1, 100, 12, 110], 0.002949802025108161), ([0, 5, 0, 7], 1.0),
        ([10, 1_000, 40, 1_200], 0.00024746334566862736),
        ([20, 20, 0, 20], 1.4508889103849688e-11), ([4, 7, 9, 11], 0.3259803921568627),
    ])
    func agreesWithSciPy(counts: [Int], expected: Double) {
        #expect(near(FisherExact.pValue(counts[0], of: counts[1], against: counts[2], of: counts[3]), expected))
        #expect(near(FisherExact.pValue(counts[2], of: counts[3], against: counts[0], of: counts[1]), expected))
    }

    @Test func aMillionTrials() {
        // python3 -c "from scipy import stats; print(stats.fisher_exact([[5000,995000],[5300,994700]]).pvalue)"
        let p = FisherExact.pValue(5_000, of: 1_000_000, against: 5_300, of: 1_000_000)
        #expect(near(p, 0.003137520893284976))
        #expect(FisherExact.pValue(1_000_000, of: 1_000_000, against: 0, of: 1_000_000) == 0)
        #expect(near(FisherExact.pValue(500_000, of: 1_000_000, against: 500_000, of: 1_000_000), 1))
    }

    @Test func whatCannotBe() {
        #expect(FisherExact.pValue(-1, of: 5, against: 0, of: 5) == nil)
        #expect(FisherExact.pValue(6, of: 5, against: 0, of: 5) == nil)
        #expect(FisherExact.pValue(0, of: 5, against: 6, of: 5) == nil)
        #expect(FisherExact.pValue(0, of: .max, against: 0, of: .max) == nil)
        #expect(FisherExact.pValue(0, of: 0, against: 3, of: 5) == 1)
        #expect(FisherExact.pValue(0, of: 0, against: 0, of: 0) == 1)
    }
}

@Suite struct ProportionTests {
    /// python3 -c "from scipy import stats; print(stats.binomtest(k,n).proportion_ci(c,'wilson'))"
    @Test(arguments: [
        (0, 20, 0.95, 0, 0.16112515805281935), (3, 20, 0.95, 0.05236874589621662, 0.3604188647407569),
        (20, 20, 0.95, 0.8388748419471808, 1), (17, 1_000, 0.9, 0.011463017043479767, 0.025143485926128896),
        (500, 1_000_000, 0.99, 0.00044563611571055704, 0.0005609921020163238),
    ])
    func wilson(events: Int, trials: Int, confidence: Double, lower: Double, upper: Double) throws {
        let found = try #require(Proportion.wilson(events, of: trials, confidence: confidence))
        #expect(near(found.lower, lower) && near(found.upper, upper))
    }

    /// The first is Newcombe's own example, 0.0524 to 0.3339. All by SciPy's Wilson limits, put together as he says:
    /// l1,u1 = wilson(k1,n1); l2,u2 = wilson(k2,n2); p1=k1/n1; p2=k2/n2
    /// print(p1-p2-sqrt((p1-l1)**2+(u2-p2)**2), p1-p2+sqrt((u1-p1)**2+(p2-l2)**2))
    @Test(arguments: [
        ([56, 70, 48, 80], 0.052431472402364815, 0.3338726540369059),
        ([9, 10, 3, 10], 0.17052272393450302, 0.8090179735354881),
        ([0, 20, 0, 30], -0.11351339317396875, 0.16112515805281935), ([10, 10, 0, 20], 0.6790860371419147, 1.0),
        ([5, 56, 0, 29], -0.03813714790353688, 0.1925600138551116),
    ])
    func newcombe(counts: [Int], lower: Double, upper: Double) throws {
        let found = try #require(
            Proportion.difference(counts[0], of: counts[1], against: counts[2], of: counts[3], confidence: 0.95))
        #expect(near(found.lower, lower) && near(found.upper, upper))
    }

    @Test func whatCannotBe() {
        #expect(isNil(Proportion.wilson(0, of: 0, confidence: 0.95)))
        #expect(isNil(Proportion.wilson(-1, of: 5, confidence: 0.95)))
        #expect(isNil(Proportion.wilson(6, of: 5, confidence: 0.95)))
        for confidence in [0, 1, Double.nan] { #expect(isNil(Proportion.wilson(1, of: 5, confidence: confidence))) }
        #expect(isNil(Proportion.difference(1, of: 5, against: 0, of: 0, confidence: 0.95)))
    }
}
