import BenchmarkModel
import Foundation
import Statistics
import Testing

@testable import Analysis

@Suite("Noise learnt from runs") struct CalibrationTests {
    /// How much the logarithms vary at each layer, one standard deviation.
    private struct Layers {
        var run: Double
        var block: Double
        var within: Double
    }

    /// Normal numbers that are the same everywhere (G. E. P. Box and M. E. Muller, 1958).
    private struct Normal {
        var random: SplitMix64

        mutating func next() -> Double {
            func uniform(_ random: inout SplitMix64) -> Double { Double(random.next() >> 11) * 0x1p-53 }
            let radius = (-2 * log(1 - uniform(&random))).squareRoot()
            return radius * cos(2 * Double.pi * uniform(&random))
        }
    }

    private func figure(
        _ values: [[Double]], cell: String = "startup/noop/runc/warm", seed: UInt64 = 5, resamples: Int = 300
    ) throws -> Figure {
        let samples = values.enumerated().flatMap { block, values in values.map { (block: block, value: $0) } }
        let blocked = try #require(BlockedValues(samples))
        var random = SplitMix64(seed: seed)
        var figure = Made.figure(
            blocked.quantiles.median,
            error: Bootstrap.standardError(
                of: blocked, probability: 0.5, logarithmic: true, resamples: resamples, using: &random),
            freedom: Double(values.count - 1), cell: cell)
        figure.blocks = values.count
        figure.n = blocked.count
        figure.sample = Figure.Sample(probability: 0.5, values: blocked)
        return figure
    }

    /// Runs of 40 blocks of 4 starts.
    private func simulated(_ count: Int, _ layers: Layers, seed: UInt64) throws -> [ComparedRun] {
        var normal = Normal(random: SplitMix64(seed: seed))
        return try (0..<count).map { number in
            let run = layers.run * normal.next()
            let values = (0..<40).map { _ -> [Double] in
                let block = layers.block * normal.next()
                return (0..<4).map { _ in 20e6 * exp(run + block + layers.within * normal.next()) }
            }
            return Made.run([try figure(values)], id: "run-\(number)")
        }
    }

    /// 30 runs tell the variance between them to 26 % (one standard deviation), all else to a few percent. For the error of the
    /// median of 40 blocks and for pairs of blocks the truth is that of 20,000 simulated runs: 8.07e-5 and 6.41e-3 a block; errors
    /// from draws are made some 10 % too large on purpose, in their square.
    @Test func theLayersAreRecovered() throws {
        let runs = try simulated(30, Layers(run: 0.05, block: 0.04, within: 0.06), seed: 1)
        let learnt = try Calibration.learn(from: runs, resamples: 300)
        let noise = try #require(learnt.first)
        #expect(learnt.count == 1 && noise.runs == 30 && noise.blocks == 40)
        #expect(noise.id == Figure.ID(cell: "startup/noop/runc/warm", metric: "startup.median"))
        // The same numbers drawn by a program in Python.
        #expect(abs(noise.totalVariance - 0.002_198_127_693_039_260_8) < 1e-9)
        func isWithin(_ share: Double, _ value: Double?, of truth: Double) -> Bool {
            abs((value ?? 0) - truth) < share * truth
        }
        #expect(isWithin(0.2, noise.errorVariance, of: 8.07e-5))
        #expect(isWithin(0.3, noise.betweenRuns, of: 0.0025))
        #expect(isWithin(0.3, noise.pairedVariancePerBlock, of: 6.41e-3))
        #expect(isWithin(0.05, noise.withinBlocks, of: 0.0036))
        #expect(isWithin(0.15, noise.betweenBlocks, of: 0.0016))
        #expect(noise.errorDegreesOfFreedom == 30 * 39)
        #expect(noise.betweenRunsUpper > noise.betweenRuns)
    }

    @Test func theSameRunsTeachTheSame() throws {
        let runs = try simulated(3, Layers(run: 0.02, block: 0.04, within: 0.06), seed: 2)
        #expect(try Calibration.learn(from: runs, resamples: 100) == Calibration.learn(from: runs, resamples: 100))
    }

    /// Two sides that alternate share what a block did to the host.
    @Test func anABRunTeachesFromItsRealPairs() throws {
        var normal = Normal(random: SplitMix64(seed: 3))
        let runs = try (0..<4).map { number -> ComparedRun in
            var sides: [[[Double]]] = [[], []]
            for _ in 0..<20 {
                let block = 0.2 * normal.next()
                for side in 0...1 { sides[side].append([20e6 * exp(block + 0.02 * normal.next())]) }
            }
            return Made.run(
                [
                    try figure(sides[0], cell: "startup/noop/runc/warm"),
                    try figure(sides[1], cell: "startup/noop/crun/warm"),
                ], id: "run-\(number)", sides: ["runc", "crun"])
        }
        let learnt = try Calibration.learn(from: runs, resamples: 300)
        #expect(learnt.map(\.id.cell) == ["startup/noop/crun/warm", "startup/noop/runc/warm"])
        let paired = learnt.map { $0.pairedVariancePerBlock ?? 0 }
        #expect(paired.allSatisfy { $0 > 0 })
        #expect(abs(log(paired[0] / paired[1])) < 0.3, "one difference, seen from both sides")
        for noise in learnt { #expect((noise.pairedVariancePerBlock ?? 0) < 0.3 * 2 * noise.variancePerBlock) }
        // The same without sides knows nothing of what both share.
        let apart = try Calibration.learn(
            from: runs.map { run in
                var run = run
                run.sides = []
                return run
            }, resamples: 300)
        for (noise, together) in zip(apart, learnt) {
            #expect((noise.pairedVariancePerBlock ?? 0) > 3 * (together.pairedVariancePerBlock ?? 0))
        }
    }

    @Test func laddersAndRampsHaveNoPairs() throws {
        let runs = [20e6, 21e6, 23e6].enumerated().map { place, estimate in
            Made.run([Made.figure(estimate, error: 0.03, freedom: 2)], id: "run-\(place)")
        }
        let noise = try #require(try Calibration.learn(from: runs).first)
        #expect(abs(noise.errorVariance - 0.0009) < 1e-12 && noise.errorDegreesOfFreedom == 6)
        #expect(abs((noise.pairedVariancePerBlock ?? 0) - 2 * 0.0009 * 20) < 1e-12)
        #expect(noise.withinBlocks == nil && noise.betweenBlocks == nil)
        // python3 -c "import numpy as np; print(np.log([20e6,21e6,23e6]).var(ddof=1))"
        #expect(abs(noise.totalVariance - 0.005_031_624_181_011_581) < 1e-12)
    }

    @Test func sharesAndWhatIsRefusedHaveNoNoise() throws {
        let other = "startup/noop/process/warm"
        func run(_ id: String, refusal: String? = nil) -> ComparedRun {
            Made.run(
                [Made.failures(1, of: 20), Made.figure(20e6, cell: other, refusal: refusal), Made.figure(20e6)], id: id)
        }
        let learnt = try Calibration.learn(from: [run("a"), run("b", refusal: "few"), run("c", refusal: "few")])
        #expect(learnt.map(\.id.cell) == ["startup/noop/runc/warm"])
        // Two runs of three tell something.
        let two = try Calibration.learn(from: [run("a"), run("b", refusal: "few"), run("c")])
        #expect(two.map(\.runs) == [2, 3] && two.map(\.id.cell) == [other, "startup/noop/runc/warm"])
    }

    @Test func runsThatCannotBeTakenTogetherAreRefused() throws {
        let run = Made.run([Made.figure(20e6)], id: "a")
        func refused(_ runs: [ComparedRun]) throws -> TareError {
            try #require(#expect(throws: TareError.self) { try Calibration.learn(from: runs) })
        }
        #expect(try refused([]).code == .usage)
        #expect(try refused([run]).message == "noise is learnt from at least 2 runs, and there is 1")
        var alternating = run
        alternating.id = "b"
        alternating.sides = ["runc", "crun"]
        let sides = try refused([run, alternating])
        #expect(sides.code == .notComparable && sides.message == "the runs do not all alternate the same two sides")
        var otherSuite = run
        otherSuite.id = "b"
        otherSuite.suite = "other"
        #expect(try refused([run, otherSuite]).code == .notComparable)
    }

    @Test func aCalibrationComesWithTheBaselineThatHoldsIt() throws {
        let runs = try simulated(2, Layers(run: 0.02, block: 0.04, within: 0.06), seed: 4)
        let (calibration, baseline) = try Calibration.made(of: runs)
        #expect(calibration.runs == 2 && calibration.subjects.count == 1 && baseline.learnt.count == 1)
        #expect(baseline.figures.first?.runs == 2 && calibration.familySize == 1)
        #expect(calibration.subjects[0].samplesPerBlock == 4 && calibration.subjects[0].blocks == 40)
        #expect(Calibration(baseline).subjects.map(\.noise) == calibration.subjects.map(\.noise))
    }
}
