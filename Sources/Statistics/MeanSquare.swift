/// A sum of squares over its degrees of freedom.
struct MeanSquare {
    /// In the unit of the numbers squared.
    var value: Double
    /// Above 0.
    var degreesOfFreedom: Double

    /// The same with its value times a factor.
    func weighted(_ factor: Double) -> MeanSquare {
        MeanSquare(value: value * factor, degreesOfFreedom: degreesOfFreedom)
    }
}

extension MeanSquare {
    /// nil without degrees of freedom.
    init?(sum: Double, degreesOfFreedom: Double) {
        guard degreesOfFreedom > 0 else { return nil }
        self.init(value: sum / degreesOfFreedom, degreesOfFreedom: degreesOfFreedom)
    }
}

extension VarianceComponents.Component {
    /// The component that the first mean square holds `factor` times beside what the others stand for.
    ///
    /// - Parameter others: with their weights in their values.
    init(_ first: MeanSquare, per factor: Double, minus others: [MeanSquare] = []) {
        let difference = others.reduce(first.value) { $0 - $1.value }
        // The variance of a mean square is twice its square over its degrees of freedom.
        let uncertainty = ([first] + others).reduce(0) { $0 + $1.value * $1.value / $1.degreesOfFreedom }
        let chiSquared = ChiSquared.quantile(0.2, degreesOfFreedom: first.degreesOfFreedom)
        let largest = first.degreesOfFreedom * first.value / chiSquared / factor
        guard difference > 0, uncertainty > 0 else {
            self.init(variance: 0, degreesOfFreedom: first.degreesOfFreedom, upper80: largest)
            return
        }
        let variance = difference / factor
        let degrees = difference * difference / uncertainty
        let limit = degrees * variance / ChiSquared.quantile(0.2, degreesOfFreedom: degrees)
        self.init(variance: variance, degreesOfFreedom: degrees, upper80: min(limit, largest))
    }
}
