import Glibc

/// The chi-squared distribution for any real number of degrees of freedom above 0. Relative errors are below 1e-10.
package enum ChiSquared {
    /// From so many degrees of freedom on the cube root is taken as normal.
    private static let manyDegrees = 1e10

    /// How likely a number is to be at most `x`. Not a number where the degrees of freedom are not above 0.
    package static func cumulative(_ x: Double, degreesOfFreedom: Double) -> Double {
        tails(x, degreesOfFreedom).lower
    }

    /// The number that is exceeded with probability `1 - p`: 0 for 0, infinity for 1; not a number where p lies outside
    /// or the degrees of freedom are not above 0. With infinite degrees of freedom it is infinite.
    package static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0, p >= 0, p <= 1 else { return .nan }
        guard p > 0 else { return 0 }
        guard p < 1, degreesOfFreedom.isFinite else { return .infinity }
        let cubeRoot = cubeRoot(ofNormal: NormalDistribution.quantile(p), degreesOfFreedom)
        if degreesOfFreedom >= manyDegrees { return degreesOfFreedom * cubeRoot * cubeRoot * cubeRoot }
        // For small x the probability is a power of it.
        let a = degreesOfFreedom / 2
        let small = log(2) + (log(p) + LogGamma.ofOneMore(a)) / a
        let start = cubeRoot > 0.3 ? log(degreesOfFreedom) + 3 * log(cubeRoot) : small
        guard small > -740 else { return 0 }
        let found = Root.ofIncreasing(near: start) { logX in
            let tails = tails(exp(logX), degreesOfFreedom)
            return p < 0.5 ? log(tails.lower) - log(p) : log(1 - p) - log(tails.upper)
        }
        return exp(found)
    }

    /// E. B. Wilson and M. M. Hilferty, "The Distribution of Chi-Square", Proceedings of the National Academy of
    /// Sciences 17 (1931), 684-688: the cube root of a number over its degrees of freedom is nearly normal.
    private static func cubeRoot(ofNormal z: Double, _ degreesOfFreedom: Double) -> Double {
        let variance = 2 / (9 * degreesOfFreedom)
        return 1 - variance + z * variance.squareRoot()
    }

    private static func tails(_ x: Double, _ degreesOfFreedom: Double) -> (lower: Double, upper: Double) {
        guard degreesOfFreedom > 0, !x.isNaN else { return (.nan, .nan) }
        guard x > 0 else { return (0, 1) }
        guard x.isFinite else { return (1, 0) }
        guard degreesOfFreedom.isFinite else { return (0, 1) }
        if degreesOfFreedom >= manyDegrees {
            let variance = 2 / (9 * degreesOfFreedom)
            let z = (cbrt(x / degreesOfFreedom) - 1 + variance) / variance.squareRoot()
            return (NormalDistribution.cumulative(z), NormalDistribution.cumulative(-z))
        }
        return IncompleteGamma.tails(a: degreesOfFreedom / 2, x: x / 2)
    }
}
