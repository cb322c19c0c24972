import BenchmarkModel
import Statistics

extension Calibration {
    /// So many draws tell a standard error to 1.6 %, which is far below what several runs tell of a variance.
    package static let resamples = 2_000

    /// Learns the noise of every figure from runs of the same suite.
    ///
    /// A share has none, for its error follows from its counts. A figure on which no verdict can rest in fewer than two of the
    /// runs is left out.
    ///
    /// - Throws: ``TareError`` where there are fewer than two runs, or two of them are not comparable.
    package static func learn(
        from runs: [ComparedRun], resamples: Int = Calibration.resamples
    ) throws -> [LearntNoise] {
        guard runs.count > 1 else {
            throw TareError(
                .usage, "noise is learnt from at least 2 runs, and there is \(runs.isEmpty ? "none" : "1")",
                remedy: "Give more runs; \(usualRuns) make a plan that can be relied on.")
        }
        try Baseline.check(runs)
        guard let sides = runs.first?.sides, runs.allSatisfy({ $0.sides == sides }) else {
            throw TareError(
                .notComparable, "the runs do not all alternate the same two sides",
                remedy: "Take runs that were made with the same --ab, or runs without it.")
        }
        let shown = runs.map(ShownRun.init)
        let ids = Set(shown.flatMap(\.figures.keys)).sorted()
        return ids.concurrently { learn($0, from: shown, resamples: resamples) }.compactMap { $0 }
    }

    private static func learn(_ id: Figure.ID, from runs: [ShownRun], resamples: Int) -> LearntNoise? {
        let figures = runs.compactMap { $0.judged(id) }
        let count = Double(figures.count)
        guard let moments = Moments(figures.map(\.value)) else { return nil }
        var noise = LearntNoise(
            id: id, runs: figures.count, totalVariance: moments.variance,
            errorVariance: figures.reduce(0) { $0 + $1.error * $1.error } / count,
            errorDegreesOfFreedom: figures.reduce(0) { $0 + $1.figure.degreesOfFreedom },
            blocks: figures.reduce(0) { $0 + Double($1.figure.blocks) } / count)
        noise.pairedVariancePerBlock =
            paired(figures, resamples: resamples)
            // Of ladders, ramps and a few blocks no pairs can be made: the difference of two independent figures.
            ?? 2 * noise.variancePerBlock
        learnLayers(of: figures, into: &noise)
        return noise
    }

    /// The variance of the difference of two alternating figures for a single block, as the mean of all runs; nil where a run has
    /// too few blocks for it.
    private static func paired(_ figures: [JudgedFigure], resamples: Int) -> Double? {
        var sum = 0.0
        for one in figures {
            guard let sample = one.figure.sample, let (base, head) = one.pair(of: sample) else { return nil }
            var random = SplitMix64(seed: 0, name: "paired/\(one.run)/\(one.figure.cell)/\(one.figure.metric.id)")
            guard
                let (error, blocks) = Bootstrap.pairedStandardError(
                    of: head, against: base, probability: sample.probability,
                    logarithmic: one.figure.scale == .ratio, resamples: resamples, using: &random),
                error.isFinite
            else { return nil }
            // What never varies has the error of its resolution.
            let known = max(error, one.figure.leastError)
            sum += known * known * Double(blocks)
        }
        return sum / Double(figures.count)
    }

    /// How the single measurements vary within a block and between the blocks of a run.
    private static func learnLayers(of figures: [JudgedFigure], into noise: inout LearntNoise) {
        let values = figures.compactMap { one in
            one.figure.sample?.values.valuesByBlock.map { $0.compactMap(one.figure.scale.value) }
        }
        guard values.count == figures.count, values.joined().allSatisfy({ !$0.isEmpty }),
            let components = VarianceComponents(values)
        else { return }
        noise.withinBlocks = components.withinBlocks?.variance
        noise.betweenBlocks = components.betweenBlocks?.variance
    }
}

/// A run with its figures by name.
private struct ShownRun: Sendable {
    var id: String
    var sides: [String]
    /// What the sides are; nil where there are none.
    var kind: Sides.Kind?
    var figures: [Figure.ID: Figure]

    init(_ run: ComparedRun) {
        id = run.id
        sides = run.sides
        kind = sides.count == 2 ? run.kind(of: sides) : nil
        figures = run.figuresByID
    }

    /// A figure on which a verdict can rest.
    func judged(_ id: Figure.ID) -> JudgedFigure? {
        guard let figure = figures[id], figure.counts == nil, figure.refusal == nil,
            let error = figure.standardError, let value = figure.scale.value(figure.estimate)
        else { return nil }
        return JudgedFigure(
            run: self.id, figure: figure, value: value, error: error,
            other: otherCell(figure).flatMap { figures[Figure.ID(cell: $0, metric: id.metric)] },
            alternates: sides.count == 2, isHead: kind.map { figure.name($0) == sides.last } ?? false)
    }

    /// The key of the cell on the other side; nil where nothing alternates.
    private func otherCell(_ figure: Figure) -> String? {
        var key = CellKey(figure.cell)
        guard let kind, let name = key[kind], let side = sides.firstIndex(of: name) else { return nil }
        key[kind] = sides[1 - side]
        return key.text
    }
}

private struct JudgedFigure {
    var run: String
    var figure: Figure
    /// On its scale, with its standard error.
    var value: Double
    var error: Double
    /// That of the other side, in an A/B run.
    var other: Figure?
    var alternates: Bool
    var isHead: Bool

    /// Two figures that alternate: the two sides of an A/B run, else neighbouring blocks of the one cell as if they were such.
    func pair(of sample: Figure.Sample) -> (base: BlockedValues, head: BlockedValues)? {
        if alternates {
            guard let other = other?.sample?.values else { return nil }
            return isHead ? (other, sample.values) : (sample.values, other)
        }
        let blocks = sample.values.valuesByBlock
        // Of a few pairs no spread can be told that is worth its name.
        guard blocks.count >= 2 * Bootstrap.fewBlocks else { return nil }
        func half(_ offset: Int) -> BlockedValues? {
            BlockedValues(
                (0..<(blocks.count / 2)).flatMap { pair in
                    blocks[2 * pair + offset].map { (block: pair, value: $0) }
                })
        }
        guard let base = half(0), let head = half(1) else { return nil }
        return (base, head)
    }
}
