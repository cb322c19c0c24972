/// How large a plan must be to see an effect, and what effect a plan can see.
package enum Power {
    /// The most blocks that a plan can have.
    private static let mostBlocks = 1_000_000

    /// The smallest true |effect| that a two-sided test of |effect| <= margin finds with the probability `power`:
    /// `margin + (t(1 - level / 2) + t(power)) standardError`, in the unit of the effect (for logarithms a share). The
    /// sum of two quantiles stands for one of the noncentral t distribution, as is usual.
    ///
    /// - Parameters:
    ///   - standardError: of the effect's estimate, in its unit.
    ///   - degreesOfFreedom: of that error; above 0, infinity where it is known.
    ///   - margin: what the test takes as no effect, in the unit of the effect.
    ///   - level: how often the test may raise a false alarm, such as 0.01.
    ///   - power: how often it shall find that effect, such as 0.9.
    /// - Returns: not a number where there are no degrees of freedom, or level or power are no probabilities.
    package static func smallestDetectable(
        standardError: Double, degreesOfFreedom: Double, margin: Double, level: Double, power: Double
    ) -> Double {
        // The quantile 1 - level / 2 by that of the tail, so that a tiny level keeps its digits.
        let alarm = -StudentT.quantile(level / 2, degreesOfFreedom: degreesOfFreedom)
        return margin + (alarm + StudentT.quantile(power, degreesOfFreedom: degreesOfFreedom)) * standardError
    }

    /// The least number of blocks, up to a million, with which the effect is found: at which the smallest detectable
    /// effect (above) is at most `effect` for the standard error `sqrt(variancePerBlock / blocks + fixedVariance)`.
    /// More blocks are taken to see no less: the degrees of freedom must not fall as blocks are added.
    ///
    /// - Parameters:
    ///   - effect: the true effect, in the unit of `margin`; its sign does not matter.
    ///   - variancePerBlock: what falls with the number of blocks, in that unit squared.
    ///   - fixedVariance: what does not, such as that between runs, in that unit squared.
    ///   - degreesOfFreedom: of the standard error with so many blocks; 0 where there cannot be one.
    /// - Returns: nil where a million blocks are too few, since the fixed variance alone is too large, or the effect is
    ///   not above the margin.
    package static func blocks(
        effect: Double, margin: Double, variancePerBlock: Double, fixedVariance: Double, level: Double, power: Double,
        degreesOfFreedom: (Int) -> Double
    ) -> Int? {
        func suffices(_ blocks: Int) -> Bool {
            let error = (variancePerBlock / Double(blocks) + fixedVariance).squareRoot()
            let smallest = smallestDetectable(
                standardError: error, degreesOfFreedom: degreesOfFreedom(blocks), margin: margin, level: level,
                power: power)
            return smallest <= abs(effect)
        }
        guard abs(effect) > margin else { return nil }
        var tooFew = 0
        var enough = 1
        while !suffices(enough) {
            guard enough < mostBlocks else { return nil }
            tooFew = enough
            enough = min(2 * enough, mostBlocks)
        }
        while enough - tooFew > 1 {
            let middle = tooFew + (enough - tooFew) / 2
            if suffices(middle) { enough = middle } else { tooFew = middle }
        }
        return enough
    }
}
