import Glibc

/// Logarithms of the gamma function where a plain difference of them would lose its digits.
enum LogGamma {
    /// `log(gamma(a + 1/2) / gamma(a))`, absolute error below 1e-14 times its size plus 1e-14.
    ///
    /// From 20 up the expansion `log(a) / 2 - 1 / (8 a) + 1 / (192 a^3) - 1 / (640 a^5) + 17 / (14336 a^7)`, which
    /// follows from Stirling's series (https://dlmf.nist.gov/5.11.E8); below, `gamma(a + 1) = a gamma(a)` leads there.
    static func ofHalfMore(_ a: Double) -> Double {
        var a = a
        var correction = 0.0
        while a < 20 {
            correction += log(a / (a + 0.5))
            a += 1
        }
        let inverse = 1 / a
        let square = inverse * inverse
        let series = inverse * (-1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * 17 / 14_336)))
        return 0.5 * log(a) + series + correction
    }

    /// `log(gamma(a + 1)) - (a log(a) - a + log(2 pi a) / 2)`: what Stirling's formula leaves, for a of 10 and more,
    /// absolute error below 1e-13 (https://dlmf.nist.gov/5.11.E1).
    static func stirlingRest(_ a: Double) -> Double {
        let inverse = 1 / a
        let square = inverse * inverse
        let near = 1.0 / 1_260 + square * (-1.0 / 1_680 + square * (1.0 / 1_188 - square * 691 / 360_360))
        return inverse * (1.0 / 12 + square * (-1.0 / 360 + square * near))
    }

    /// `log(gamma(a + 1))` for any a above -1, where `gamma(a + 1) = a gamma(a)` leads to 10 and more. The C library's
    /// lgamma writes the sign to a variable that all threads share.
    static func ofOneMore(_ a: Double) -> Double {
        guard a < 10 else {
            return a * log(a) - a + 0.5 * log(2 * Double.pi * a) + stirlingRest(a)
        }
        var a = a
        var correction = 0.0
        while a < 10 {
            a += 1
            correction -= log(a)
        }
        return ofOneMore(a) + correction
    }
}
