import Analysis
import BenchmarkModel
import Statistics

// The document `tare-calibration/1`. UTF-8, keys in alphabetical order. What is unknown is absent, never null, 0 or NaN.
//
//   schema        "tare-calibration/1"
//   suite, runs   the suite's name, the names of the runs
//   sides         [base, other], where two alternate in each block of these runs
//   target        { effect, power, level: shares; familySize: how many figures share the level }
//   figures       [{ cell, metric, scale: ratio|difference, estimate: in the metric's unit, runs, blocks: of a run,
//                 samples: of a run, totalVariance, errorVariance, betweenRunsVariance, pairedVariancePerBlock, withinBlocks,
//                 betweenBlocks: on the scale (logarithms for ratios), interleavedBlocks, samplesInOneRun, runsASide,
//                 leastInOneRun, seenInterleaved, seenInOneRun: effects on the scale }]
//     interleavedBlocks, samplesInOneRun, runsASide   absent where no such plan sees the effect
//   answers, notes   in words

extension CalibrationReport {
    /// The schema stands at the head of this file.
    ///
    /// - Throws: what the encoder throws, which no calibration should bring about.
    package func json() throws -> String {
        return try JSONDocument.text(CalibrationDocument(self))
    }
}

private struct CalibrationDocument: Encodable {
    struct Target: Encodable {
        var effect: Double
        var power: Double
        var level: Double
        var familySize: Int
    }

    struct FigurePart: Encodable {
        var cell: String
        var metric: String
        var scale: String
        var estimate: Double?
        var runs: Int
        var blocks: Double?
        var samples: Int
        var totalVariance: Double?
        var errorVariance: Double?
        var betweenRunsVariance: Double?
        var pairedVariancePerBlock: Double?
        var withinBlocks: Double?
        var betweenBlocks: Double?
        var interleavedBlocks: Int?
        var samplesInOneRun: Int?
        var runsASide: Int?
        var leastInOneRun: Double?
        var seenInterleaved: Double?
        var seenInOneRun: Double?

        init(_ plan: Calibration.Plan) {
            let noise = plan.subject.noise
            cell = plan.figure.cell
            metric = plan.figure.metric.id
            scale = plan.figure.scale == .ratio ? "ratio" : "difference"
            estimate = plan.figure.estimate.ifFinite
            runs = noise.runs
            blocks = noise.blocks.ifFinite
            samples = plan.samples(plan.subject.blocks)
            totalVariance = noise.totalVariance.ifFinite
            errorVariance = noise.errorVariance.ifFinite
            betweenRunsVariance = noise.betweenRuns.ifFinite
            pairedVariancePerBlock = noise.pairedVariancePerBlock?.ifFinite
            withinBlocks = noise.withinBlocks?.ifFinite
            betweenBlocks = noise.betweenBlocks?.ifFinite
            interleavedBlocks = plan.interleaved
            samplesInOneRun = plan.oneRun.map(plan.samples)
            runsASide = plan.runs
            leastInOneRun = plan.leastInOneRun.ifFinite
            seenInterleaved = plan.seenInterleaved.ifFinite
            seenInOneRun = plan.seenInOneRun.ifFinite
        }
    }

    var schema = "tare-calibration/1"
    var suite: String
    var runs: [String]
    var sides: [String]?
    var target: Target
    var figures: [FigurePart]
    var answers: [String]
    var notes: [String]

    init(_ report: CalibrationReport) {
        suite = report.suite
        runs = report.runs
        sides = report.calibration.sides.isEmpty ? nil : report.calibration.sides
        target = Target(
            effect: report.effect, power: report.power, level: report.level,
            familySize: report.calibration.familySize)
        figures = report.plans.map(FigurePart.init)
        answers = report.answers
        notes = report.notes
    }
}
