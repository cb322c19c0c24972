import Glibc

/// The regularised incomplete gamma functions.
enum IncompleteGamma {
    /// `P(a, x)` and `Q(a, x) = 1 - P(a, x)`, the smaller of them to a relative error below 1e-11 for a up to 1e6: a
    /// power series below `a + 1` and Legendre's continued fraction above (W. H. Press et al., "Numerical Recipes", 3rd
    /// edition, 2007, section 6.2), with a factor in front that loses no digits where x is near a large a.
    ///
    /// - Parameters:
    ///   - a: above 0, finite.
    ///   - x: above 0, finite.
    static func tails(a: Double, x: Double) -> (lower: Double, upper: Double) {
        let factor = exp(logFactor(a, x))
        if x < a + 1 {
            let lower = min(1, factor * series(a, x))
            return (lower, 1 - lower)
        }
        // The factor is over a, which the fraction is not.
        let upper = min(1, factor * a * fraction(a, x))
        return (1 - upper, upper)
    }

    /// The logarithm of `x^a e^-x / gamma(a + 1)`.
    private static func logFactor(_ a: Double, _ x: Double) -> Double {
        guard a >= 10 else { return a * log(x) - x - LogGamma.ofOneMore(a) }
        let excess = (x - a) / a
        return -a * minusLog(excess) - 0.5 * log(2 * Double.pi * a) - LogGamma.stirlingRest(a)
    }

    /// `u - log(1 + u)`, by its power series near 0, where the two terms nearly cancel.
    private static func minusLog(_ u: Double) -> Double {
        guard abs(u) < 0.1 else { return u - log1p(u) }
        var power = u
        var sum = 0.0
        for order in 2...24 {
            power *= -u
            sum -= power / Double(order)
        }
        return sum
    }

    /// `1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ...`
    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        var divisor = a
        while term > sum * 1e-17 {
            divisor += 1
            term *= x / divisor
            sum += term
        }
        return sum
    }

    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var product = d
        for step in 1...10_000_000 {
            let numerator = -Double(step) * (Double(step) - a)
            b += 2
            d = numerator * d + b
            if abs(d) < tiny { d = tiny }
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            product *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return product
    }
}
