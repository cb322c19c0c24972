import Testing

@testable import Statistics

/// SciPy 1.16.3: python3 -c "from scipy import stats; print(stats.chi2.cdf(x, k), stats.chi2.ppf(p, k))".
@Suite struct ChiSquaredTests {
    @Test(arguments: [
        (0.5, 1, 0.5204998778130466), (1e-6, 0.3, 0.12160313636285876), (3, 2.5, 0.6941503705541809),
        (20, 7, 0.9944303169270544), (10, 40, 3.452135820914455e-07), (1_100, 1_000, 0.9853855918737048),
    ])
    func cumulative(x: Double, degrees: Double, expected: Double) {
        #expect(near(ChiSquared.cumulative(x, degreesOfFreedom: degrees), expected))
    }

    @Test(arguments: [
        (0.2, 1, 0.0641847546673016), (0.2, 7, 3.8223219077661383), (0.2, 0.5, 0.002161771461325955),
        (0.2, 39.7, 32.07349311977042), (0.975, 3, 9.348403604496148), (0.001, 100, 61.91793920693662),
        (0.2, 1e5, 99623.4224090284), (1e-10, 2, 2.0000000000999938e-10), (0.999_999, 12.5, 51.79060120526984),
    ])
    func quantile(p: Double, degrees: Double, expected: Double) {
        #expect(near(ChiSquared.quantile(p, degreesOfFreedom: degrees), expected))
    }

    @Test func quantilesInvert() {
        for degrees in [0.02, 1, 9.9, 20, 345, 1e7, 1e12] {
            for p in [1e-9, 0.2, 0.6] {
                let x = ChiSquared.quantile(p, degreesOfFreedom: degrees)
                guard x > 0 else { continue }
                // Near 1e12 the next floating-point number has another probability.
                let share = degrees < 1e6 ? 1e-9 : 1e-5
                #expect(near(ChiSquared.cumulative(x, degreesOfFreedom: degrees), p, within: share), "\(degrees) \(p)")
            }
        }
    }

    @Test func ends() {
        #expect(ChiSquared.cumulative(0, degreesOfFreedom: 2) == 0)
        #expect(ChiSquared.cumulative(-1, degreesOfFreedom: 2) == 0)
        #expect(ChiSquared.cumulative(.infinity, degreesOfFreedom: 2) == 1)
        #expect(ChiSquared.cumulative(5, degreesOfFreedom: .infinity) == 0)
        #expect(ChiSquared.quantile(0, degreesOfFreedom: 2) == 0)
        #expect(ChiSquared.quantile(1, degreesOfFreedom: 2) == Double.infinity)
        #expect(ChiSquared.quantile(0.2, degreesOfFreedom: .infinity) == Double.infinity)
        // 1e-9 of a distribution that is nearly all at 0: less than any floating-point number.
        #expect(ChiSquared.quantile(1e-9, degreesOfFreedom: 0.02) == 0)
        for degrees in [0, -1, Double.nan] {
            #expect(ChiSquared.cumulative(1, degreesOfFreedom: degrees).isNaN)
            #expect(ChiSquared.quantile(0.5, degreesOfFreedom: degrees).isNaN)
        }
        #expect(ChiSquared.cumulative(.nan, degreesOfFreedom: 2).isNaN)
        #expect(ChiSquared.quantile(-0.1, degreesOfFreedom: 2).isNaN)
    }
}
