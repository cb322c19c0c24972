import Glibc

/// Standard errors for Student's t.
///
/// What `difference of log medians ± t SE` gives in simulation, nominal 95 %, for 10, 20, 50 and 200 blocks of one
/// number, two samples (degrees of freedom by Welch and Satterthwaite from n - 1 each) or pairs: 96 to 98 % for
/// lognormal numbers (sigma 1), 93 to 97 % for two well separated modes of the same weight, 96 to 99 % for modes of 70
/// and 30 %. With the plain standard deviation of the draws it is 84 to 88 % for two modes of the same weight. Pairs of
/// 10 or 20 blocks with two modes and an effect of the block on both sides get up to 99.6 %. Other quantiles
/// (0.1 to 0.99), from as many blocks as carry them, get 95 to 98 %.
extension Bootstrap {
    /// This share of draws on each side is taken as no farther than the rest, see ``deviation(of:from:units:)``.
    private static let winsorized = 0.125

    /// The weight of the side on which the draws lie farther, see ``deviation(of:from:units:)``.
    private static let weightOfFartherSide = 1.0 / 3

    /// The standard error of a quantile by drawing blocks, in the unit of the numbers; of its natural logarithm (a
    /// share) where `logarithmic`.
    ///
    /// - Returns: nil where there are fewer than two blocks or resamples, or where a logarithm is asked for and a
    ///   number is not positive.
    package static func standardError(
        of values: BlockedValues, probability: Double, logarithmic: Bool, resamples: Int = defaultResamples,
        using random: inout some RandomNumberGenerator
    ) -> Double? {
        let count = values.blocks.count
        guard count > 1, resamples > 1, !logarithmic || values.quantiles.minimum > 0 else { return nil }
        let scale = { (value: Double) in logarithmic ? log(value) : value }
        let units = min(count, mostUnits)
        let drawable = values.drawable(of: values.blocks, units: mostUnits, probability: probability)
        let estimates = draws(resamples, of: units, using: &random) { drawable.quantile(weights: $0).map(scale) }
        return deviation(of: estimates, from: scale(values.quantiles.quantile(probability)), units: units)
    }

    /// The standard error of the difference of two quantiles, head minus base, in the unit of the numbers; of the
    /// logarithm of their ratio where `logarithmic`. The same blocks are drawn on both sides, so that what a block did
    /// to both cancels out; blocks that only one side has are left out, from the difference too.
    ///
    /// - Returns: the error and from how many shared blocks it is; nil where fewer than two blocks are shared or
    ///   resamples are asked for, or where a logarithm is asked for and a number in a shared block is not positive.
    package static func pairedStandardError(
        of head: BlockedValues, against base: BlockedValues, probability: Double, logarithmic: Bool,
        resamples: Int = defaultResamples, using random: inout some RandomNumberGenerator
    ) -> (error: Double, blocks: Int)? {
        let shared = Set(head.blocks).intersection(base.blocks)
        guard shared.count > 1, resamples > 1, let head = head.only(shared), let base = base.only(shared),
            !logarithmic || (head.quantiles.minimum > 0 && base.quantiles.minimum > 0)
        else { return nil }
        let scale = { (value: Double) in logarithmic ? log(value) : value }
        let units = min(shared.count, mostUnits)
        let one = head.drawable(of: head.blocks, units: mostUnits, probability: probability)
        let other = base.drawable(of: base.blocks, units: mostUnits, probability: probability)
        let differences = draws(resamples, of: units, using: &random) { weights -> Double? in
            guard let head = one.quantile(weights: weights), let base = other.quantile(weights: weights) else {
                return nil
            }
            return scale(head) - scale(base)
        }
        let observed = scale(head.quantiles.quantile(probability)) - scale(base.quantiles.quantile(probability))
        return deviation(of: differences, from: observed, units: units).map { ($0, shared.count) }
    }

    /// The root of the mean square distance of the draws from what was observed, with three corrections:
    /// - times `sqrt(n / (n - 1))` for n units: a draw of n from n varies less than n new ones would (B. Efron and R.
    ///   J. Tibshirani, "An Introduction to the Bootstrap", 1993, section 5.3);
    /// - draws beyond their own quantiles 0.125 and 0.875 are taken as these (Winsorised), and the result is divided by
    ///   what is left of a normal distribution's deviation by that: a rare second mode does not blow it up;
    /// - a third of the weight goes to that side of what was observed on which the draws lie farther, for where the
    ///   numbers have two modes and the median is in one of them, the error is to the other, which half of the draws do
    ///   not show.
    ///
    /// Distances are from what was observed and not from the draws' mean, so that a bias of the draws counts as well.
    private static func deviation(of drawn: [Double], from observed: Double, units: Int) -> Double? {
        guard units > 1, let quantiles = Quantiles(drawn) else { return nil }
        let lowest = min(observed, quantiles.quantile(winsorized))
        let highest = max(observed, quantiles.quantile(1 - winsorized))
        var below = 0.0
        var above = 0.0
        for value in drawn {
            let distance = min(max(value, lowest), highest) - observed
            if distance < 0 { below += distance * distance } else { above += distance * distance }
        }
        let sum = (1 - weightOfFartherSide) * (below + above) + weightOfFartherSide * 2 * max(below, above)
        let variance = sum / Double(drawn.count) / winsorizedNormalVariance
        return (variance * Double(units) / Double(units - 1)).squareRoot().ifFinite
    }

    /// The variance of a standard normal number that is moved to the quantiles 0.125 and 0.875 where it lies beyond:
    /// with z the latter, `1 - 2 p - 2 z density(z) + 2 p z^2`.
    private static let winsorizedNormalVariance: Double = {
        let z = -NormalDistribution.quantile(winsorized)
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        return 1 - 2 * winsorized - 2 * z * density + 2 * winsorized * z * z
    }()
}
