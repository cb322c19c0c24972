import Testing

@testable import Statistics

/// SciPy 1.16.3: python3 -c "from scipy import stats; print(stats.norm.cdf(x), stats.norm.ppf(p))" for each x and p.
@Suite struct NormalDistributionTests {
    @Test(arguments: [
        (0, 0.5), (1, 0.8413447460685429), (-1.96, 0.024997895148220435), (-8.5, 9.47953482220325e-18),
        (-20, 2.7536241186061556e-89), (-37, 5.7255712225239266e-300), (3.5, 0.9997673709209645),
    ])
    func cumulative(x: Double, expected: Double) {
        #expect(near(NormalDistribution.cumulative(x), expected, within: 1e-12))
    }

    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-100, -21.273453560965322), (1e-12, -7.034483825301131),
        (0.001, -3.090232306167813), (0.025, -1.9599639845400545), (0.08, -1.4050715603096329),
        (0.3, -0.5244005127080409), (0.5, 0), (0.9, 1.2815515655446004), (0.975, 1.959963984540054),
        (0.999_999_999, 5.997807019601637),
    ])
    func quantile(p: Double, expected: Double) {
        #expect(near(NormalDistribution.quantile(p), expected, within: 1e-12))
    }

    @Test func ends() {
        #expect(NormalDistribution.cumulative(-.infinity) == 0)
        #expect(NormalDistribution.cumulative(.infinity) == 1)
        #expect(NormalDistribution.cumulative(.nan).isNaN)
        #expect(NormalDistribution.quantile(0) == -Double.infinity)
        #expect(NormalDistribution.quantile(1) == Double.infinity)
        for p in [-0.1, 1.1, .nan] { #expect(NormalDistribution.quantile(p).isNaN) }
    }
}
