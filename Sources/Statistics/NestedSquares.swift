/// The analysis of variance of numbers in blocks in runs: mean squares, and how often the variances are in them (S. R.
/// Searle, G. Casella and C. E. McCulloch, "Variance Components", 1992, chapter 5).
struct NestedSquares {
    /// The mean square within blocks; nil where no block has two numbers.
    private(set) var within: MeanSquare?
    /// The mean square between the blocks of a run; nil where no run has two.
    private(set) var blocks: MeanSquare?
    /// The mean square between runs; nil where there is one.
    private(set) var runs: MeanSquare?
    /// How often the variance between blocks is in the mean square of blocks.
    private(set) var blocksInBlocks = 0.0
    /// How often the variance between blocks is in the mean square of runs.
    private(set) var blocksInRuns = 0.0
    /// How often the variance between runs is in the mean square of runs.
    private(set) var runsInRuns = 0.0

    /// nil without a number, or where a number or a sum of squares is not finite.
    init?(_ runs: [[[Double]]]) {
        let runs = runs.map { $0.filter { !$0.isEmpty } }.filter { !$0.isEmpty }
        guard let first = runs.first?.first?.first else { return nil }
        var squares = (within: 0.0, blocks: 0.0, runs: 0.0)
        // Sums of squared sizes: of blocks, each over the size of its run; of blocks; of runs.
        var sizes = (share: 0.0, blocks: 0.0, runs: 0.0)
        var blockCount = 0
        var runTallies: [Tally] = []
        for run in runs {
            // From the first number on, so that those that are all the same leave nothing.
            let tallies = run.map { Tally($0.map { $0 - first }) }
            let whole = Tally(tallies)
            for (block, tally) in zip(run, tallies) {
                for value in block { squares.within += square(value - first - tally.mean) }
                squares.blocks += tally.count * square(tally.mean - whole.mean)
                sizes.share += tally.count * tally.count / whole.count
                sizes.blocks += tally.count * tally.count
            }
            sizes.runs += whole.count * whole.count
            blockCount += run.count
            runTallies.append(whole)
        }
        let all = Tally(runTallies)
        for run in runTallies { squares.runs += run.count * square(run.mean - all.mean) }
        guard (squares.within + squares.blocks + squares.runs).isFinite else { return nil }
        let ofBlocks = Double(blockCount - runs.count)
        let ofRuns = Double(runs.count - 1)
        within = MeanSquare(sum: squares.within, degreesOfFreedom: all.count - Double(blockCount))
        blocks = MeanSquare(sum: squares.blocks, degreesOfFreedom: ofBlocks)
        self.runs = MeanSquare(sum: squares.runs, degreesOfFreedom: ofRuns)
        blocksInBlocks = (all.count - sizes.share) / ofBlocks
        blocksInRuns = (sizes.share - sizes.blocks / all.count) / ofRuns
        runsInRuns = (all.count - sizes.runs / all.count) / ofRuns
    }

    /// How many numbers and their mean.
    private struct Tally {
        let count: Double
        let mean: Double

        init(_ values: [Double]) {
            count = Double(values.count)
            mean = values.reduce(0, +) / count
        }

        init(_ parts: [Tally]) {
            count = parts.reduce(0) { $0 + $1.count }
            mean = parts.reduce(0) { $0 + $1.count * $1.mean } / count
        }
    }
}

private func square(_ value: Double) -> Double { value * value }
