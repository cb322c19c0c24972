import Testing

@testable import Statistics

/// SciPy 1.16.3: python3 -c "from scipy import stats; print(stats.t.sf(t, k), stats.t.cdf(t, k), stats.t.ppf(p, k))".
@Suite struct StudentTTests {
    @Test(arguments: [
        (0.5, 1, 0.3524163823495668), (2, 2.5, 0.078695747878983), (3.5, 7, 0.004996520440942772),
        (12, 30, 2.7900927075996303e-13), (40, 12.3, 1.0609482479388379e-14), (6, 1e6, 9.869249061772215e-10),
        (9, Double.infinity, 1.1285884059538324e-19), (-0.5, 1, 0.6475836176504333),
    ])
    func upperTail(t: Double, degrees: Double, expected: Double) {
        #expect(near(StudentT.upperTail(t, degreesOfFreedom: degrees), expected))
    }

    @Test(arguments: [
        (0.5, 1.0, 0.6475836176504333), (-3.5, 7.0, 0.004996520440942772), (1.25, 19, 0.8867613095470329), (0, 3, 0.5),
    ])
    func cumulative(t: Double, degrees: Double, expected: Double) {
        #expect(near(StudentT.cumulative(t, degreesOfFreedom: degrees), expected))
    }

    @Test(arguments: [
        (0.975, 1, 12.706204736432095), (0.975, 2, 4.302652729696142), (0.975, 7, 2.3646242515927844),
        (0.975, 8, 2.306004135204166), (0.975, 9, 2.2621571628540993), (0.975, 12, 2.1788128296634177),
        (0.975, 30, 2.0422724563012373), (0.975, 1_000, 1.9623390808264074), (0.9, 3.7, 1.5575658388615068),
        (0.6, 0.5, 0.39797542678474995), (1e-10, 5, -156.8255927088943), (0.005, 41.3, -2.7002302311600532),
        (0.975, 1e6, 1.9599663568141066), (0.975, Double.infinity, 1.959963984540054), (0.5, 3, 0),
    ])
    func quantile(p: Double, degrees: Double, expected: Double) {
        #expect(near(StudentT.quantile(p, degreesOfFreedom: degrees), expected))
    }

    /// One degree of freedom is Cauchy's distribution, whose tail is `1 / (pi t)` far out: SciPy's quantile stops at
    /// 1e100.
    @Test func farTails() {
        #expect(near(StudentT.upperTail(1e200, degreesOfFreedom: 1), 1 / (Double.pi * 1e200)))
        #expect(near(StudentT.quantile(1e-200, degreesOfFreedom: 1), -1e200 / Double.pi))
        // Next to the middle t is its probability over the density there, 1 / pi.
        #expect(near(StudentT.quantile(0.5 + 0x1p-40, degreesOfFreedom: 1), Double.pi * 0x1p-40))
    }

    @Test func quantilesInvertTails() {
        for degrees in [0.3, 1, 4.5, 30, 99_000, 101_000, 1e12] {
            for p in [1e-12, 0.003, 0.2, 0.3, 0.49] {
                let t = StudentT.quantile(p, degreesOfFreedom: degrees)
                #expect(near(StudentT.cumulative(t, degreesOfFreedom: degrees), p), "\(degrees) \(p)")
                #expect(near(StudentT.quantile(1 - p, degreesOfFreedom: degrees), -t, within: 1e-3))
            }
        }
    }

    @Test func ends() {
        #expect(StudentT.cumulative(.infinity, degreesOfFreedom: 3) == 1)
        #expect(StudentT.upperTail(.infinity, degreesOfFreedom: 3) == 0)
        #expect(StudentT.quantile(0, degreesOfFreedom: 3) == -Double.infinity)
        #expect(StudentT.quantile(1, degreesOfFreedom: .infinity) == Double.infinity)
        for degrees in [0, -1, Double.nan] {
            #expect(StudentT.cumulative(1, degreesOfFreedom: degrees).isNaN)
            #expect(StudentT.quantile(0.9, degreesOfFreedom: degrees).isNaN)
        }
        #expect(StudentT.upperTail(.nan, degreesOfFreedom: 3).isNaN)
        #expect(StudentT.quantile(1.5, degreesOfFreedom: 3).isNaN)
    }
}
