import Testing

@testable import Statistics

/// Expected values come from NumPy 2.4 (SciPy 1.17 agrees), which implement type 7 independently:
/// python3 -c "import numpy as np; a=[12.5,3.25,7.0,19.75,4.5,11.0,8.125,6.5,30.0,9.0];
///             print([float(np.quantile(a, p)) for p in (0.025,0.1,0.5,0.95,0.99)])"
@Suite struct QuantilesTests {
    let numbers = [12.5, 3.25, 7.0, 19.75, 4.5, 11.0, 8.125, 6.5, 30.0, 9.0]

    @Test(arguments: [
        (0.025, 3.53125), (0.1, 4.375), (0.5, 8.5625), (0.95, 25.3875), (0.99, 29.0775), (0.0, 3.25), (1.0, 30.0),
    ])
    func agreesWithNumPy(probability: Double, expected: Double) throws {
        let quantiles = try #require(Quantiles(numbers))
        #expect(abs(quantiles.quantile(probability) - expected) < 1e-9)
    }

    @Test func namesTheEnds() throws {
        let quantiles = try #require(Quantiles(numbers))
        #expect(quantiles.minimum == 3.25)
        #expect(quantiles.maximum == 30)
        #expect(quantiles.median == 8.5625)
        #expect(quantiles.count == 10)
    }

    @Test func oneNumberIsEveryQuantileOfItself() throws {
        let quantiles = try #require(Quantiles([7.5]))
        for probability in [0, 0.1, 0.5, 0.95, 1] { #expect(quantiles.quantile(probability) == 7.5) }
    }

    @Test func thereIsNoneOfNothingNorOfWhatIsNotFinite() {
        #expect(Quantiles([]) == nil)
        #expect(Quantiles([1, .nan]) == nil)
        #expect(Quantiles([1, .infinity]) == nil)
    }

    @Test func probabilitiesOutsideAreTakenAsTheNearerEnd() throws {
        let quantiles = try #require(Quantiles(numbers))
        #expect(quantiles.quantile(-1) == 3.25)
        #expect(quantiles.quantile(2) == 30)
        #expect(quantiles.quantile(.nan) == 3.25)
    }

    /// The least n with max(p, 1 - p)^n <= 0.025. python3 -c "import math
    /// print([math.ceil(math.log(.025) / math.log(max(p, 1 - p))) for p in (.5, .1, .9, .95, .99, .999)])"
    @Test(arguments: [(0.5, 6), (0.1, 36), (0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3_688)])
    func fewest(probability: Double, expected: Int) {
        #expect(Quantiles.fewest(for: probability) == expected)
    }

    @Test func noNumberCarriesTheEnds() {
        for probability in [0, 1, -1, 2, Double.nan] { #expect(Quantiles.fewest(for: probability) == Int.max) }
    }

    /// Without sorting it is the same number, to the last bit: with ties, in any order, of any size.
    @Test func theMedianAloneIsTheSame() throws {
        var random = SplitMix(state: 7)
        for count in Array(1...40) + [999, 1_000, 5_001] {
            for kinds in [2, 10, 1_000_000] {
                let values = (0..<count).map { _ in Double(Int.random(in: 0..<kinds, using: &random)) / 7 }
                #expect(Quantiles.median(of: values) == Quantiles(values)?.median, "\(count) \(kinds)")
                #expect(Quantiles.median(of: values.sorted().reversed()) == Quantiles(values)?.median)
            }
        }
        #expect(Quantiles.median(of: []) == nil && Quantiles.median(of: [1, .nan]) == nil)
        #expect(Quantiles.median(of: [.infinity]) == nil)
    }
}
