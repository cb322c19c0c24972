import Testing

@testable import Statistics

/// Expected values by NumPy 2.2 and SciPy 1.16.3 from 200,000 draws (x) and 50,000 (pairs) with `default_rng(0)` to
/// `default_rng(2)`, which agree within 1 %:
/// d = np.quantile(g.choice(x, (200000, 12)), p, axis=1); o = np.quantile(x, p); n = 12  # or of logs of d and o
/// e = np.clip(d, min(o, np.quantile(d, .125)), max(o, np.quantile(d, .875))) - o; z = stats.norm.ppf(.875)
/// b = (e[e < 0]**2).sum(); a = (e[e > 0]**2).sum(); w = 1 - .25 - 2 * z * stats.norm.pdf(z) + .25 * z * z
/// print(np.sqrt((2 / 3 * (a + b) + 1 / 3 * 2 * max(a, b)) / len(d) / w * n / (n - 1)))
@Suite struct StandardErrorTests {
    static let numbers = [21.4, 19.8, 22.9, 35.1, 20.6, 24.3, 18.9, 27.7, 23.2, 21.9, 26.4, 20.1]

    @Test(arguments: [
        (0.5, false, 1.226), (0.5, true, 0.05538), (0.1, false, 0.7554), (0.1, true, 0.03856), (0.9, false, 5.575),
        (0.9, true, 0.1838),
    ])
    func agreesWithNumPy(probability: Double, logarithmic: Bool, expected: Double) throws {
        let values = try #require(singles(Self.numbers))
        var random = SplitMix(state: 1)
        let error = Bootstrap.standardError(
            of: values, probability: probability, logarithmic: logarithmic, using: &random)
        #expect(near(error, expected, within: 0.02), "\(String(describing: error))")
    }

    /// Blocks drawn on both sides; where they are not shared they are left out.
    @Test func pairsAgreeWithNumPy() throws {
        let head = try #require(BlockedValues(RatioTests.numerator + [(8, 9_999)]))
        let base = try #require(BlockedValues(RatioTests.denominator + [(0, 0.001)]))
        for (logarithmic, expected) in [(false, 8.195), (true, 0.02439)] {
            var random = SplitMix(state: 1)
            let found = try #require(
                Bootstrap.pairedStandardError(
                    of: head, against: base, probability: 0.5, logarithmic: logarithmic, using: &random))
            #expect(near(found.error, expected, within: 0.02), "\(found.error)")
            #expect(found.blocks == 7)
        }
    }

    /// What both sides share cancels out wholly.
    @Test func theSameTwiceHasNoError() throws {
        let base = try #require(singles(Self.numbers))
        let head = try #require(singles(Self.numbers.map { 2 * $0 }))
        var random = SplitMix(state: 1)
        let found = try #require(
            Bootstrap.pairedStandardError(
                of: head, against: base, probability: 0.1, logarithmic: true, resamples: 200, using: &random))
        #expect(found.error < 1e-12 && found.blocks == 12)
        let constant = try #require(singles([3, 3, 3]))
        #expect(Bootstrap.standardError(of: constant, probability: 0.5, logarithmic: true, using: &random) == 0)
    }

    @Test func theSameSeedGivesTheSameError() throws {
        let values = try #require(singles(Self.numbers))
        let errors = ([1, 1, 2] as [UInt64]).map { seed in
            var random = SplitMix(state: seed)
            return Bootstrap.standardError(
                of: values, probability: 0.9, logarithmic: false, resamples: 300, using: &random)
        }
        #expect(errors[0] == errors[1] && errors[0] != errors[2])
    }

    @Test func whatCannotBe() throws {
        var random = SplitMix(state: 1)
        let one = try #require(BlockedValues([(1, 2), (1, 3)]))
        let zero = try #require(singles([0, 1, 2]))
        let some = try #require(singles([1, 2, 4]))
        let apart = try #require(BlockedValues([(2, 1), (7, 2), (8, 3)]))
        #expect(Bootstrap.standardError(of: one, probability: 0.5, logarithmic: true, using: &random) == nil)
        #expect(Bootstrap.standardError(of: zero, probability: 0.5, logarithmic: true, using: &random) == nil)
        #expect(Bootstrap.standardError(of: zero, probability: 0.5, logarithmic: false, using: &random) != nil)
        for (head, base) in [(zero, some), (some, zero), (some, apart), (one, one)] {
            let found = Bootstrap.pairedStandardError(
                of: head, against: base, probability: 0.5, logarithmic: true, using: &random)
            #expect(isNil(found))
        }
    }
}
