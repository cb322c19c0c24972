/// How much of the variance of numbers lies within blocks, between the blocks of a run, and between runs: the nested
/// random-effects analysis of variance, unbalanced too, by the method of moments (S. R. Searle, G. Casella and C. E.
/// McCulloch, "Variance Components", 1992, chapter 5: the mean squares are set equal to what is expected of
/// them).
package struct VarianceComponents: Sendable, Equatable {
    /// One variance.
    package struct Component: Sendable, Equatable {
        /// In the unit of the numbers squared; 0 where the estimate is not above 0.
        package var variance: Double
        /// Of the estimate, by the formula of F. E. Satterthwaite, "An Approximate Distribution of Estimates of
        /// Variance Components", Biometrics Bulletin 2 (1946), 110-114; those of the mean square where the variance is
        /// 0.
        package var degreesOfFreedom: Double
        /// The true variance lies above this in about 20 % of cases or fewer, in the unit of the numbers squared.
        ///
        /// The lower of two limits: that of the chi-squared distribution with Satterthwaite's degrees of freedom, which
        /// has no bound as the estimate nears 0, and that of the component's mean square alone, as if nothing else were
        /// in it, which errs to the safe side (the outer limit of J. W. Tukey, "Components in regression", Biometrics 7
        /// (1951), 33-69, and J. S. Williams, "A confidence interval for variance components", Biometrika 49 (1962),
        /// 278-281, with nothing subtracted, so that it is above 0). The latter also stands where the estimate is 0.
        package var upper80: Double

        package init(variance: Double, degreesOfFreedom: Double, upper80: Double) {
            self.variance = variance
            self.degreesOfFreedom = degreesOfFreedom
            self.upper80 = upper80
        }
    }

    /// Of the numbers of one block; nil where no block has two.
    package var withinBlocks: Component?
    /// Of the blocks of one run; nil where no run has two blocks. Where each block holds one number, the variance
    /// within blocks is in it.
    package var betweenBlocks: Component?
    /// Of the runs; nil below two. Where each run holds one block, the variance between blocks is in it, and where that
    /// holds one number, the variance within blocks too.
    package var betweenRuns: Component?

    /// Takes the variance apart.
    ///
    /// - Parameter runs: for each run its blocks, for each block its numbers. Empty blocks and runs count as not there.
    ///
    /// - Returns: nil without a number, or where a number or a sum of squares is not finite.
    package init?(_ runs: [[[Double]]]) {
        guard let table = NestedSquares(runs) else { return nil }
        let within = table.within
        let blocks = table.blocks
        withinBlocks = within.map { Component($0, per: 1) }
        betweenBlocks = blocks.map { Component($0, per: table.blocksInBlocks, minus: [within].compactMap { $0 }) }
        guard let between = table.runs else { return }
        // The blocks' part of the runs' mean square, by the blocks' mean square, less the part within blocks in that.
        let share = blocks == nil ? 0 : table.blocksInRuns / table.blocksInBlocks
        let others = [blocks?.weighted(share), within?.weighted(1 - share)].compactMap { $0 }
        betweenRuns = Component(between, per: table.runsInRuns, minus: others)
    }
}
