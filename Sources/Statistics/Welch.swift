/// The means of two samples that may vary differently (B. L. Welch, "The generalization of 'Student's' problem when
/// several different population variances are involved", Biometrika 34 (1947), 28-35).
package struct Welch: Sendable, Equatable {
    /// The mean of head minus that of base, in the unit of the numbers.
    package var difference: Double
    /// The standard error of the difference, in the unit of the numbers.
    package var standardError: Double
    /// By Satterthwaite's formula; n1 + n2 - 2 where neither side varies.
    package var degreesOfFreedom: Double
    /// The difference over its error; 0 where both are 0, infinite where only the error is.
    package var t: Double
    /// How likely so large a difference, or a larger one, of either sign is if the means are the same.
    package var pValue: Double

    /// nil with fewer than two numbers a side, or where a number or a result is not finite.
    package init?(base: [Double], head: [Double]) {
        guard let one = Moments(base), let other = Moments(head) else { return nil }
        let ofBase = one.variance / Double(base.count)
        let ofHead = other.variance / Double(head.count)
        let sum = ofBase + ofHead
        difference = other.mean - one.mean
        standardError = sum.squareRoot()
        guard difference.isFinite, standardError.isFinite else { return nil }
        guard standardError > 0 else {
            degreesOfFreedom = Double(base.count + head.count - 2)
            t = difference == 0 ? 0 : difference > 0 ? .infinity : -.infinity
            pValue = difference == 0 ? 1 : 0
            return
        }
        // Shares instead of squares, which might overflow.
        let share = ofBase / sum
        let rest = ofHead / sum
        degreesOfFreedom = 1 / (share * share / Double(base.count - 1) + rest * rest / Double(head.count - 1))
        t = difference / standardError
        pValue = 2 * StudentT.upperTail(abs(t), degreesOfFreedom: degreesOfFreedom)
    }
}
