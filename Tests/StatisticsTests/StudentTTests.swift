import Testing

@testable import Statistics

@Suite struct StudentTTests {
    /// pip install scipy; python3 -c "from scipy import stats; print([float(stats.t.ppf(.975,k)) for k in (1,2,7,8,9,12,30,1000)])"
    @Test func agreesWithSciPy() {
        let expected: [Int: Double] = [
            1: 12.706_204_736_174_694, 2: 4.302_652_729_749_462, 7: 2.364_624_251_592_784_4, 8: 2.306_004_135_204_166,
            9: 2.262_157_162_798_205, 12: 2.178_812_829_667_228_4, 30: 2.042_272_456_301_237_8,
            1_000: 1.962_339_080_826_408_3,
        ]
        for (degrees, quantile) in expected {
            #expect(abs(StudentT.quantile975(degreesOfFreedom: degrees) - quantile) < 3e-5, "\(degrees)")
        }
    }
}
