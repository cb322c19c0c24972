import Glibc

/// Student's t distribution for any real number of degrees of freedom above 0; infinity stands for the normal
/// distribution. Relative errors are below 1e-10, in the tails too.
package enum StudentT {
    /// From so many degrees of freedom on the distribution is a normal one of a transformed t.
    private static let manyDegrees = 100_000.0

    /// How likely a number is to be at most `t`. Not a number where the degrees of freedom are not above 0.
    package static func cumulative(_ t: Double, degreesOfFreedom: Double) -> Double {
        upperTail(-t, degreesOfFreedom: degreesOfFreedom)
    }

    /// How likely a number is to be above `t`, good to the last digits where that is very unlikely.
    package static func upperTail(_ t: Double, degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0, !t.isNaN else { return .nan }
        guard t != 0 else { return 0.5 }
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        if degreesOfFreedom >= manyDegrees {
            return NormalDistribution.cumulative(-normalScore(t, degreesOfFreedom))
        }
        let outside =
            IncompleteBeta.half(
                root: abs(t) / degreesOfFreedom.squareRoot(), a: degreesOfFreedom / 2
            ).below / 2
        return t > 0 ? outside : 1 - outside
    }

    /// The number that is exceeded with probability `1 - p`: minus infinity for 0, infinity for 1; not a number where p
    /// lies outside or the degrees of freedom are not above 0.
    package static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0, p >= 0, p <= 1 else { return .nan }
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        guard degreesOfFreedom.isFinite else { return NormalDistribution.quantile(p) }
        guard p != 0.5 else { return 0 }
        let size = size(tail: min(p, 1 - p), middle: abs(p - 0.5), degreesOfFreedom)
        return p < 0.5 ? -size : size
    }

    /// The t above 0 with `tail` above it and `middle` between it and 0. Solved for the logarithm of t, since few
    /// degrees of freedom spread t over many powers of ten.
    private static func size(tail: Double, middle: Double, _ degreesOfFreedom: Double) -> Double {
        let normal = NormalDistribution.quantile(0.5 + min(middle, 0.499_999))
        let found = Root.ofIncreasing(near: log(normal)) { logT in
            let t = exp(logT)
            // Where the tail is the smaller part it has the digits, and otherwise the middle has.
            if tail < 0.25 { return log(tail) - log(upperTail(t, degreesOfFreedom: degreesOfFreedom)) }
            return log(halfMiddle(t, degreesOfFreedom)) - log(middle)
        }
        return exp(found)
    }

    /// How likely a number is to lie between 0 and `t`, which is above 0.
    private static func halfMiddle(_ t: Double, _ degreesOfFreedom: Double) -> Double {
        if degreesOfFreedom >= manyDegrees { return erf(normalScore(t, degreesOfFreedom) / 2.0.squareRoot()) / 2 }
        return IncompleteBeta.half(root: t / degreesOfFreedom.squareRoot(), a: degreesOfFreedom / 2).above / 2
    }

    /// The normal number with the same tail (G. W. Hill, "Algorithm 395: Student's t-distribution", Communications of
    /// the ACM 13 (1970), 617-619). From 100,000 degrees of freedom on it is good to the last digits.
    private static func normalScore(_ t: Double, _ degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom.isFinite else { return t }
        let a = degreesOfFreedom - 0.5
        let b = 48 * a * a
        let ratio = t / degreesOfFreedom.squareRoot()
        let y = a * (ratio.magnitude < 1e100 ? log1p(ratio * ratio) : 2 * log(ratio.magnitude))
        let above = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b)
        let size = ((above + y + 3) / b + 1) * y.squareRoot()
        return t < 0 ? -size : size
    }
}
