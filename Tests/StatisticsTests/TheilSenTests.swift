import Testing

@testable import Statistics

/// A generator that must not be asked: up to five groups every draw is enumerated.
private struct NoGenerator: RandomNumberGenerator {
    mutating func next() -> UInt64 {
        Issue.record("a random number was drawn")
        return 0
    }
}

private struct Counter: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

@Suite struct TheilSenTests {
    private func line(_ groups: [[(Double, Double)]]) -> Line? {
        var random = NoGenerator()
        return TheilSen.line(through: groups.map { $0.map { TheilSen.Point($0.0, $0.1) } }, using: &random)
    }

    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= 1e-9 * max(1, abs(expected)) } ?? false
    }

    /// pip install scipy; python3 -c "from scipy import stats
    /// print(stats.theilslopes([8100,16500,32100,50500,64900,99000],[16,32,64,96,128,200],method='joint'))"
    /// gives slope 500, intercept 300.
    @Test func agreesWithSciPy() throws {
        let found = try #require(
            line([[(16, 8100), (32, 16500), (64, 32100), (96, 50500), (128, 64900), (200, 99000)]]))
        #expect(near(found.slope, 500))
        #expect(near(found.intercept, 300))
        // One group can be drawn in one way only, and an interval without width would claim certainty.
        #expect(found.slopeInterval == nil && found.interceptInterval == nil)
        // The farthest is (96, 50500) or (200, 99000): 2200/48300, 1300/100300 of the line; (64, 32100): 200/32300.
        #expect(near(found.worstResidual, 2200.0 / 48300))
    }

    /// Three ladders, pairs within each only, all 27 draws. pip install scipy; python3 -c "
    /// import itertools, numpy as np; from scipy import stats
    /// g=[([16,32,64,128],[8200,16300,32900,65100]),([16,32,64],[7900,16600,32500]),([16,32,64,128],[9000,17800,34100,69000])]
    /// sl=lambda x,y:[(y[j]-y[i])/(x[j]-x[i]) for i in range(len(x)) for j in range(i+1,len(x))]
    /// def fit(gs):
    ///  s=np.median(sum([sl(*a) for a in gs],[])); return s,np.median(np.concatenate([np.array(y)-s*np.array(x) for x,y in gs]))
    /// f=np.array([fit([g[i] for i in d]) for d in itertools.product(range(3),repeat=3)]); c=fit(g)
    /// h=stats.t.ppf(.975,2)*f.std(axis=0)*np.sqrt(3/2); print(c,c-h,c+h)"
    @Test func groupsAreDrawnInEveryWay() throws {
        let found = try #require(
            line([
                [(16, 8200), (32, 16300), (64, 32900), (128, 65100)], [(16, 7900), (32, 16600), (64, 32500)],
                [(16, 9000), (32, 17800), (64, 34100), (128, 69000)],
            ]))
        #expect(near(found.slope, 514.583_333_333_333_4))
        #expect(near(found.intercept, -33.333_333_333_333_94))
        #expect(near(found.slopeInterval?.lower, 467.926_858_019_175_37))
        #expect(near(found.slopeInterval?.upper, 561.239_808_647_491_4))
        #expect(near(found.interceptInterval?.lower, -1574.941_215_169_669_7))
        #expect(near(found.interceptInterval?.upper, 1508.274_548_503_001_8))
        #expect(found.slopeInterval?.blocks == 3)
        #expect(near(found.worstResidual, 0.097_560_975_609_756_1))
    }

    /// Each group has a baseline of its own: pooled pairs would find a slope of about 1100 here.
    @Test func pairsOfDifferentGroupsAreNotTaken() throws {
        let found = try #require(line([[(1, 10), (2, 20)], [(1, 1010), (2, 1020)]]))
        #expect(found.slope == 10)
        #expect(found.intercept == 500)
    }

    @Test func anOutlierDoesNotPullTheLine() throws {
        var points = (1...9).map { (Double($0), 7 * Double($0)) }
        points[4].1 = 1_000_000
        let found = try #require(line([points]))
        #expect(found.slope == 7 && found.intercept == 0)
        #expect(found.worstResidual > 1_000)
    }

    /// Above five groups draws are made by chance, and the same numbers give the same interval.
    @Test func manyGroupsAreDrawnByChance() throws {
        let groups = (0..<8).map { group in
            (1...4).map { TheilSen.Point(Double($0), Double($0) * (100 + Double(group))) }
        }
        var first = Counter(state: 1)
        var second = Counter(state: 1)
        let one = try #require(TheilSen.line(through: groups, resamples: 500, using: &first))
        #expect(one == TheilSen.line(through: groups, resamples: 500, using: &second))
        #expect(first.state != 1)
        let interval = try #require(one.slopeInterval)
        // The slopes are 100 to 107, each six times. python3 -c "import numpy as np; from scipy import stats
        // d=np.median(np.random.default_rng(1).choice(np.arange(100,108),(10**6,8)),axis=1)
        // print(stats.t.ppf(.975,7)*d.std()*np.sqrt(8/7))" gives 3.06; 500 draws know it
        // within 10 %, three of their errors.
        #expect(one.slope == 103.5)
        #expect(abs((interval.upper - interval.lower) / 2 - 3.06) <= 0.306)
        #expect(interval.blocks == 8)
    }

    @Test func whatIsNoLineGivesNone() throws {
        #expect(line([]) == nil)
        #expect(line([[]]) == nil)
        #expect(line([[(1, 1)]]) == nil)
        #expect(line([[(1, 1)], [(2, 2)]]) == nil)
        #expect(line([[(3, 1), (3, 2), (3, 9)]]) == nil)
        #expect(line([[(1, 1), (2, .nan)]]) == nil)
        #expect(line([[(1, 1), (.infinity, 2)], [(1, 1), (2, 2)]]) == nil)
        // A group without a pair says nothing: neither of the slope nor of how many groups there are.
        let one = try #require(line([[(1, 1), (2, 3)], [(5, 100)]]))
        #expect(one.slope == 2 && one.slopeInterval == nil)
        #expect(one.worstResidual == 0)
    }

    /// Where the line goes through 0 the distance itself is taken, not infinity.
    @Test func aLineOfNothingHasFiniteResiduals() throws {
        let flat = try #require(line([[(1, 0), (2, 0), (3, 0)]]))
        #expect(flat.slope == 0 && flat.intercept == 0 && flat.worstResidual == 0)
    }
}
