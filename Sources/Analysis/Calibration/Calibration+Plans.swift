import BenchmarkModel
import Statistics

extension Calibration {
    /// What shall be seen, and how surely.
    package struct Target: Sendable, Equatable {
        /// As a share of the figure, such as 0.1 for 10 % more.
        package var effect: Double
        /// With which chance it is found.
        package var power: Double
        /// The chance of a single false alarm among the whole family.
        package var level: Double
        /// How many figures share that chance: the first step of Holm's procedure tests each at an equal part of it.
        package var familySize: Int

        package init(
            effect: Double = Comparison.defaultEffect, power: Double = Comparison.power,
            level: Double = Comparison.level, familySize: Int
        ) {
            self.effect = effect
            self.power = power
            self.level = level
            self.familySize = max(1, familySize)
        }
    }

    /// How much must be measured of one figure. A block is what one pass over all cells gives: one sample of a warm start, k of
    /// a concurrent one, a ladder, a ramp.
    package struct Plan: Sendable, Equatable {
        package var subject: Subject
        /// The effect that shall be seen, on the figure's scale.
        package var effect: Double
        /// So many blocks, each of them with both sides; nil where more than ``mostBlocks`` would be needed.
        package var interleaved: Int?
        /// So many blocks a side, in one run each; nil where even as many as were calibrated do not show the effect. More are not
        /// planned: whether they help is not known before runs of that size are calibrated, and where the variance between runs
        /// outweighs the error within one they will not (``isBoundByRuns``).
        package var oneRun: Int?
        /// So many runs a side, each with as many blocks as were calibrated; nil where more than ``mostRuns`` would be needed.
        package var runs: Int?
        /// The least effect that two runs can show, with as many blocks as were calibrated, on the figure's scale.
        package var leastInOneRun: Double
        /// The least effect that the blocks of a calibrated run can show, on the figure's scale: interleaved, and with one run a
        /// side.
        package var seenInterleaved: Double
        package var seenInOneRun: Double

        /// Whether more samples in one run will not help.
        package var isBoundByRuns: Bool { subject.noise.isBoundByRuns }

        /// Blocks as measurements.
        package func samples(_ blocks: Int) -> Int {
            Int((Double(blocks) * subject.samplesPerBlock).rounded(.up))
        }
    }

    /// The most samples that a suite may ask for.
    package static let mostBlocks = 100_000
    package static let mostRuns = 1_000

    /// How much must be measured of each figure to see an effect. The variances are the upper 80 % limits of what was learnt.
    ///
    /// - Parameter familySize: how many figures share the chance of a false alarm; nil for all that are judged by default.
    package func plans(
        effect: Double = Comparison.defaultEffect, power: Double = Comparison.power, level: Double = Comparison.level,
        familySize: Int? = nil
    ) -> [Plan] {
        let target = Target(
            effect: effect, power: power, level: level, familySize: familySize ?? self.familySize)
        return subjects.concurrently { Calibration.plan(for: $0, target) }
    }

    /// The least effect, on the figure's scale, that a number of blocks can show.
    ///
    /// - Parameter isInterleaved: whether both sides stand in each block; else each side is one run of so many blocks.
    package static func seen(
        _ subject: Subject, blocks: Int, isInterleaved: Bool, _ target: Target
    ) -> Double {
        let error = isInterleaved ? interleavedError(subject.noise, blocks) : oneRunError(subject.noise, blocks)
        return detectable(error, subject, target)
    }

    private static func plan(for subject: Subject, _ target: Target) -> Plan {
        let noise = subject.noise
        let effect = subject.figure.scale.effect(ofShare: target.effect, base: subject.figure.estimate)
        let fewest = max(2, Int((Double(subject.fewest) / subject.samplesPerBlock).rounded(.up)))
        func seen(_ error: PlannedError) -> Double { detectable(error, subject, target) }
        let mostInOneRun = max(fewest, subject.blocks)
        let leastInOneRun = seen(oneRunError(noise, mostInOneRun))
        return Plan(
            subject: subject, effect: effect,
            interleaved: Power.blocks(
                effect: effect, margin: subject.figure.scale.margin,
                variancePerBlock: interleavedError(noise, 1).variance, fixedVariance: 0,
                level: target.level / Double(target.familySize), power: target.power,
                degreesOfFreedom: { Double(max(1, $0 - 1)) }
            ).map { max($0, fewest) }.flatMap { $0 <= mostBlocks ? $0 : nil },
            oneRun: least(from: fewest, to: mostInOneRun) { seen(oneRunError(noise, $0)) <= effect },
            runs: least(from: Comparison.manyRuns, to: mostRuns) { seen(runsError(noise, $0)) <= effect },
            leastInOneRun: leastInOneRun,
            seenInterleaved: seen(interleavedError(noise, subject.blocks)),
            seenInOneRun: seen(oneRunError(noise, subject.blocks)))
    }

    /// The error that the difference of two sides will have.
    private struct PlannedError {
        /// The upper limit of the variance.
        var variance: Double
        var degreesOfFreedom: Double
        /// The variance that the test will reckon with, where it is learnt beforehand and not seen in the two sides: the point
        /// estimate, with its degrees of freedom.
        var testVariance: Double?
    }

    /// The least effect that is found with the power. Where the test brings its own, learnt variance, its threshold is made of that,
    /// and what the effect is seen to be varies by what the upper limit says.
    private static func detectable(_ error: PlannedError, _ subject: Subject, _ target: Target) -> Double {
        let margin = subject.figure.scale.margin
        let level = target.level / Double(target.familySize)
        guard let testVariance = error.testVariance else {
            return Power.smallestDetectable(
                standardError: error.variance.squareRoot(), degreesOfFreedom: error.degreesOfFreedom, margin: margin,
                level: level, power: target.power)
        }
        let threshold =
            StudentT.quantile(1 - level / 2, degreesOfFreedom: error.degreesOfFreedom) * testVariance.squareRoot()
        return margin + threshold + NormalDistribution.quantile(target.power) * error.variance.squareRoot()
    }

    /// Both sides in each of n blocks.
    private static func interleavedError(_ noise: LearntNoise, _ blocks: Int) -> PlannedError {
        let each = noise.pairedVariancePerBlockUpper ?? 2 * noise.variancePerBlockUpper
        return PlannedError(variance: each / Double(blocks), degreesOfFreedom: Double(max(1, blocks - 1)))
    }

    /// One run of n blocks a side, as ``LearntNoise/varianceBeyond(error:)`` reckons: more blocks than the calibrated runs had
    /// are not credited.
    private static func oneRunError(_ noise: LearntNoise, _ blocks: Int) -> PlannedError {
        let own = noise.varianceBeyond(error: noise.variancePerBlock / Double(blocks))
        let variance = 2 * (noise.totalVariance + own)
        let learntTerm = 4 * noise.totalVariance * noise.totalVariance / noise.totalDegreesOfFreedom
        let terms = learntTerm + 2 * own * own / Double(max(1, blocks - 1))
        let ownUpper = noise.varianceBeyond(error: noise.variancePerBlockUpper / Double(blocks))
        return PlannedError(
            variance: 2 * (noise.totalVarianceUpper + ownUpper),
            degreesOfFreedom: terms > 0 ? max(1, variance * variance / terms) : 1, testVariance: variance)
    }

    /// Welch's test of the figures of r runs a side.
    private static func runsError(_ noise: LearntNoise, _ runs: Int) -> PlannedError {
        PlannedError(
            variance: 2 * (noise.betweenRunsUpper + noise.errorVariance) / Double(runs),
            degreesOfFreedom: Double(2 * (runs - 1)))
    }

    /// Numbers that are tried in a search: each one at first, then each larger by a sixteenth.
    private static func numbers(from first: Int, to last: Int) -> [Int] {
        var numbers: [Int] = []
        var number = first
        while number < last {
            numbers.append(number)
            number += max(1, number / 16)
        }
        return numbers + [last]
    }

    /// The least number that will do; nil where none does. What more blocks bring is not the same everywhere, for degrees of
    /// freedom come and go, so that the first that will do is sought from below.
    private static func least(from first: Int, to last: Int, _ willDo: (Int) -> Bool) -> Int? {
        var before = first
        for number in numbers(from: first, to: last) {
            if willDo(number) { return (before...number).first(where: willDo) }
            before = number
        }
        return nil
    }
}

extension Calibration {
    /// The figures of the same cell that see the effect with fewer blocks than a plan, both sides in each block; the
    /// fewest first.
    package static func quicker(than plan: Plan, among plans: [Plan]) -> [Plan] {
        plans.filter { other in
            guard other.subject.figure.cell == plan.subject.figure.cell, other.subject.figure.scale == .ratio,
                let needed = other.interleaved
            else { return false }
            return needed < plan.interleaved ?? .max
        }.sorted { ($0.interleaved ?? .max) < ($1.interleaved ?? .max) }
    }
}
