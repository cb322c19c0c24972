import Analysis
import BenchmarkModel
import Statistics

// Schema `tare-history/1`:
//
//     { schema, suite, level, series: [{
//         metric, title, unit, polarity, definitionVersion, scale, cell, workload, platform,
//         points: [{ run, startedAt, estimate, standardError, n, caveats }],
//         changePoints: [{ run, startedAt, before, after, effect, effectShare, direction, pValue, runsBefore, runsAfter }],
//         leftOut: [{ reason, count }], runsForChangePoints
//     }] }
//
// Points stand from the oldest to the newest. Figures and their standard errors are in the unit of the series. `scale` is `ratio` or
// `difference`; `effect` is the logarithm of a ratio or a difference in the unit, `effectShare` the ratio less 1. `direction` is
// `worse` or `better`. `run` of a change point is the first one after it. `level` is the chance of a single false alarm among all
// series, and p-values are adjusted for it. `runsForChangePoints` is there only where a series is too short. What is
// unknown is absent; keys are sorted, and new ones may be added.

extension HistoryReport {
    /// Writes the series as JSON; see the head of this file.
    ///
    /// - Throws: where the encoder refuses.
    package func json() throws -> String {
        return try JSONDocument.text(HistoryDocument(histories, suite: suite))
    }
}

private struct HistoryDocument: Encodable {
    struct PointPart: Encodable {
        var run: String
        var startedAt: String?
        var estimate: Double?
        var standardError: Double?
        var n: Int
        var caveats: [String]

        init(_ point: History.Point) {
            run = point.run
            startedAt = point.startedAt.flatMap(Timestamp.text)
            estimate = point.estimate.ifFinite
            standardError = point.standardError?.ifFinite
            n = point.n
            caveats = point.caveats
        }
    }
    struct ChangePart: Encodable {
        var run: String
        var startedAt: String?
        var before, after, effect, effectShare: Double?
        var direction: String
        var pValue: Double?
        var runsBefore, runsAfter: Int

        init(_ step: History.Step, of history: History) {
            run = step.run
            startedAt = step.startedAt.flatMap(Timestamp.text)
            before = step.before.ifFinite
            after = step.after.ifFinite
            effect = step.effect.ifFinite
            effectShare = history.share(of: step)?.ifFinite
            direction = step.isWorse ? "worse" : "better"
            pValue = step.pValue.ifFinite
            runsBefore = step.runsBefore
            runsAfter = step.runsAfter
        }
    }
    struct LeftOutPart: Encodable {
        var reason: String
        var count: Int
    }
    struct SeriesPart: Encodable {
        var metric, title, unit, polarity: String
        var definitionVersion: Int
        var scale, cell, workload, platform: String
        var points: [PointPart]
        var changePoints: [ChangePart]
        var leftOut: [LeftOutPart]
        var runsForChangePoints: Int?

        init(_ history: History) {
            metric = history.metric.id
            title = history.metric.title
            unit = history.metric.unit.rawValue
            polarity = history.metric.polarity.rawValue
            definitionVersion = history.metric.definitionVersion
            scale = history.scale == .ratio ? "ratio" : "difference"
            cell = history.cell
            workload = history.workload
            platform = history.platform
            points = history.points.map(PointPart.init)
            changePoints = history.steps.map { ChangePart($0, of: history) }
            leftOut = history.leftOut.map { LeftOutPart(reason: $0.reason, count: $0.count) }
            runsForChangePoints = history.fewestForSteps
        }
    }

    var schema = "tare-history/1"
    var suite: String
    var level = Comparison.level
    var series: [SeriesPart]

    init(_ histories: [History], suite: String) {
        self.suite = suite
        series = histories.map(SeriesPart.init)
    }
}
