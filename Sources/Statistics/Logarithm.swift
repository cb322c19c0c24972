import Glibc

/// The natural logarithm and its inverse, so that who compares needs no library of C.
package enum Logarithm {
    package static func of(_ value: Double) -> Double { log(value) }
    package static func exponential(_ value: Double) -> Double { exp(value) }
}
