import Statistics

extension [LearntNoise] {
    /// By what they are the noise of; of two of the same figure the first.
    package var byID: [Figure.ID: LearntNoise] {
        Dictionary(map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// The noise of a figure on this host as several runs of the same suite have shown it. All variances are on the figure's scale.
package struct LearntNoise: Sendable, Equatable {
    /// Which figure.
    package var id: Figure.ID
    /// How many runs showed it; at least 2.
    package var runs: Int
    /// The variance of the runs' figures: what a run's figure varies by from run to run, its own error included.
    package var totalVariance: Double
    /// The part of it that the error within a run explains: the mean of the squared standard errors.
    package var errorVariance: Double
    /// The degrees of freedom of ``errorVariance``.
    package var errorDegreesOfFreedom: Double
    /// How many blocks a run had, on average.
    package var blocks: Double
    /// The error variance of the difference of two figures whose samples alternate within each block, for a single block: that
    /// of n blocks is an n-th of it. nil where it was not learnt.
    package var pairedVariancePerBlock: Double?
    /// Of the logarithms (or values) themselves; nil where a block holds one value, or there is no such layer.
    package var withinBlocks: Double?
    package var betweenBlocks: Double?

    package init(
        id: Figure.ID, runs: Int, totalVariance: Double, errorVariance: Double, errorDegreesOfFreedom: Double,
        blocks: Double, pairedVariancePerBlock: Double? = nil, withinBlocks: Double? = nil, betweenBlocks: Double? = nil
    ) {
        self.id = id
        self.runs = runs
        self.totalVariance = totalVariance
        self.errorVariance = errorVariance
        self.errorDegreesOfFreedom = errorDegreesOfFreedom
        self.blocks = blocks
        self.pairedVariancePerBlock = pairedVariancePerBlock
        self.withinBlocks = withinBlocks
        self.betweenBlocks = betweenBlocks
    }

    /// The variance between runs beyond what the error within a run explains; never below 0.
    package var betweenRuns: Double { max(0, totalVariance - errorVariance) }

    /// The error variance of a figure of a single block: that of n blocks is an n-th of it.
    package var variancePerBlock: Double { errorVariance * blocks }

    /// What the variance of a run's figure is beyond ``totalVariance``, which is what the calibrated runs' figures showed: something
    /// only where its own error is larger than theirs was.
    ///
    /// A run with more samples than the calibrated ones is not credited for them. The variance between runs alone is the
    /// difference of two estimates, and in a few runs it is often seen as nothing where there is something: a test that built on
    /// it would call up to fourteen times as many false alarms as it may.
    ///
    /// - Parameter error: the variance of the figure within its run.
    func varianceBeyond(error: Double) -> Double { max(0, error - errorVariance) }

    /// The degrees of freedom of ``totalVariance``.
    var totalDegreesOfFreedom: Double { Double(max(1, runs - 1)) }

    /// The upper 80 % limit of ``totalVariance``.
    var totalVarianceUpper: Double { totalVariance * LearntNoise.upper(totalDegreesOfFreedom) }

    /// Whether what varies from run to run outweighs the error within a run, so that more samples in one run hardly help.
    package var isBoundByRuns: Bool { betweenRuns > errorVariance }

    /// The upper 80 % limit of ``betweenRuns``, from which plans are made.
    package var betweenRunsUpper: Double {
        max(0, totalVariance * LearntNoise.upper(Double(max(1, runs - 1))) - errorVariance)
    }

    /// The upper 80 % limit of ``variancePerBlock``.
    package var variancePerBlockUpper: Double { variancePerBlock * LearntNoise.upper(errorDegreesOfFreedom) }

    /// The upper 80 % limit of ``pairedVariancePerBlock``.
    package var pairedVariancePerBlockUpper: Double? {
        pairedVariancePerBlock.map { $0 * LearntNoise.upper(errorDegreesOfFreedom / 2) }
    }

    /// By how much an estimated variance is multiplied for its one-sided upper 80 % limit: f / chi-squared(0.2, f).
    private static func upper(_ freedom: Double) -> Double {
        let freedom = max(1, freedom)
        return freedom / ChiSquared.quantile(0.2, degreesOfFreedom: freedom)
    }
}
