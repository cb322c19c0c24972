import Analysis
import BenchmarkModel
import Statistics

/// One side; see the head of `ComparisonJSON.swift`.
struct SideDocument: Encodable {
    struct RunPart: Encodable {
        var id: String
        var startedAt: String?
        var complete: Bool
        var suite: String
        var suiteDigest: String?
        var tareVersion: String
        var cells: [String]

        init(_ run: ComparedRun) {
            id = run.id
            startedAt = run.startedAt.flatMap(Timestamp.text)
            complete = run.isComplete
            suite = run.suite
            suiteDigest = run.suiteDigest.isEmpty ? nil : run.suiteDigest
            tareVersion = run.tareVersion
            cells = run.cells
        }
    }

    var name: String
    var runs: [RunPart]
    var learnt: [NoiseDocument]

    init(_ side: Side) {
        name = side.name
        runs = side.runs.map(RunPart.init)
        learnt = side.learnt.map(NoiseDocument.init)
    }
}

/// What is known of a figure's noise; see the head of `ComparisonJSON.swift`.
struct NoiseDocument: Encodable {
    var cell: String
    var metric: String
    var runs: Int
    var totalVariance: Double?
    var errorVariance: Double?
    var errorDegreesOfFreedom: Double?
    var blocks: Double?
    var betweenRuns: Double?
    var pairedVariancePerBlock: Double?
    var withinBlocks: Double?
    var betweenBlocks: Double?

    init(_ noise: LearntNoise) {
        cell = noise.id.cell
        metric = noise.id.metric
        runs = noise.runs
        totalVariance = noise.totalVariance.ifFinite
        errorVariance = noise.errorVariance.ifFinite
        errorDegreesOfFreedom = noise.errorDegreesOfFreedom.ifFinite
        blocks = noise.blocks.ifFinite
        betweenRuns = noise.betweenRuns.ifFinite
        pairedVariancePerBlock = noise.pairedVariancePerBlock?.ifFinite
        withinBlocks = noise.withinBlocks?.ifFinite
        betweenBlocks = noise.betweenBlocks?.ifFinite
    }
}

/// A figure that both sides should have; see the head of `ComparisonJSON.swift`.
struct RowDocument: Encodable {
    struct EffectPart: Encodable {
        var value: Double?
        var interval: [Double]?
        var share: Double?
        var shareInterval: [Double]?
        var confidence: Double?

        init(_ effect: Effect) {
            func share(_ value: Double) -> Double? { effect.scale.share(ofEffect: value)?.ifFinite }
            value = effect.value.ifFinite
            interval = RowDocument.ends(effect.lower.ifFinite, effect.upper.ifFinite)
            self.share = share(effect.value)
            shareInterval = RowDocument.ends(share(effect.lower), share(effect.upper))
            confidence = effect.confidence.ifFinite
        }
    }

    var metric, title, unit, polarity: String
    var definitionVersion: Int
    var cell, workload, platform, label: String
    var scale: String
    var resolution: Double?
    var base: FigureDocument?
    var head: FigureDocument?
    var effect: EffectPart?
    var margin: Double?
    var marginShare: Double?
    var effectThatCounts: Double?
    var effectThatCountsShare: Double?
    var isWithinEffectThatCounts: Bool
    var pValue: Double?
    var adjustedPValue: Double?
    var verdict: String
    var reasons: [String]
    var smallestDetectable: Double?
    var smallestDetectableShare: Double?
    var caveats: [String]

    init(_ row: ComparedFigure) {
        metric = row.metric.id
        title = row.metric.title
        unit = row.metric.unit.rawValue
        polarity = row.metric.polarity.rawValue
        definitionVersion = row.metric.definitionVersion
        cell = row.cell
        workload = row.workload
        platform = row.platform
        label = row.label
        switch row.scale {
        case .ratio: scale = "ratio"
        case .difference(let least):
            scale = "difference"
            resolution = least.ifFinite
        }
        base = row.base.map(FigureDocument.init)
        head = row.head.map(FigureDocument.init)
        effect = row.effect.map(EffectPart.init)
        margin = row.margin.ifFinite
        marginShare = row.scale.share(ofEffect: row.margin)?.ifFinite
        effectThatCounts = row.effectThatCounts.ifFinite
        effectThatCountsShare = row.scale.share(ofEffect: row.effectThatCounts)?.ifFinite
        isWithinEffectThatCounts = row.isWithinEffectThatCounts
        pValue = row.pValue?.ifFinite
        adjustedPValue = row.adjustedPValue?.ifFinite
        verdict = row.verdict.rawValue
        reasons = row.reasons
        smallestDetectable = row.smallestDetectable?.ifFinite
        smallestDetectableShare = row.smallestDetectable.flatMap(row.scale.share)?.ifFinite
        caveats = row.caveats
    }

    static func ends(_ lower: Double?, _ upper: Double?) -> [Double]? {
        guard let lower, let upper else { return nil }
        return [lower, upper]
    }
}

/// A figure of one side; see the head of `ComparisonJSON.swift`.
struct FigureDocument: Encodable {
    var cell: String
    var estimate: Double?
    var standardError: Double?
    var degreesOfFreedom: Double?
    var blocks: Int
    var n: Int
    var runs: Int
    var events: Int?
    var trials: Int?
    var isAtLeast: Bool
    var isHeadline: Bool
    var caveats: [String]
    var refusal: String?

    init(_ figure: Figure) {
        cell = figure.cell
        estimate = figure.estimate.ifFinite
        standardError = figure.standardError?.ifFinite
        degreesOfFreedom = figure.degreesOfFreedom.ifFinite
        blocks = figure.blocks
        n = figure.n
        runs = figure.runs
        events = figure.counts?.events
        trials = figure.counts?.trials
        isAtLeast = figure.isLowerBound
        isHeadline = figure.isHeadline
        caveats = figure.caveats
        refusal = figure.refusal
    }
}
