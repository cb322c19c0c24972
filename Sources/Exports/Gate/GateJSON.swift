package import Analysis
import BenchmarkModel
import Statistics

// The document `tare-gate/1`. UTF-8, keys in alphabetical order. What is unknown is absent, never null, 0 or NaN.
// A change that could break a reader raises the number; new keys may come without one.
//
//   schema          "tare-gate/1"
//   tareVersion     of the tare that judged
//   outcome         regression|not comparable|inconclusive|pass
//   exitCode        3, 5, 4 or 0
//   sentence        the outcome in a sentence
//   policy          { file: absent for the default, effect: the one that counts, as a share, inconclusive: pass|fail,
//                     cells: [pattern], rules: [{ metric: pattern, cells: [pattern], effect, inconclusive }],
//                     bounds: [{ metric, cell: pattern, must: below|above, value: in the metric's unit, text }] }
//   fates           how many checks and bounds have which: { passes, "passes undecided", "fails: inconclusive", fails,
//                   missing }
//   checks          every figure that was judged, in the order of the rows: [{ metric, cell, label, verdict, fate }]; the row
//                   of `comparison` with the same metric, cell and label has the rest
//   bounds          every bound in every cell that it holds for: [{ metric, cell, must, value, text, figure: Figure, unit,
//                     interval: [lower, upper], of the figure in its unit, verdict, reasons, fate }]
//   comparison      as in `tare-comparison/1`; Figure, too, is told there

/// Writes what a gate says as JSON. The schema stands at the head of this file.
package enum GateJSON {
    /// The name and version of the schema.
    package static let schema = "tare-gate/1"

    /// - Throws: `TareError` where the encoder refuses, which no result should bring about.
    package static func encode(_ result: GateResult) throws -> String {
        try JSONText.encode(GateDocument(result), of: "the result of the gate")
    }
}

/// The document as a whole; see the head of this file.
struct GateDocument: Encodable {
    struct RulePart: Encodable { var metric: String, cells: [String], effect: Double?, inconclusive: String? }
    struct BoundPart: Encodable { var metric, cell, must: String, value: Double?, text: String }
    struct CheckPart: Encodable { var metric, cell, label, verdict, fate: String }
    struct PolicyPart: Encodable {
        var file: String?
        var effect: Double?
        var inconclusive: String
        var cells: [String]
        var rules: [RulePart]
        var bounds: [BoundPart]
    }
    struct BoundCheckPart: Encodable {
        var metric, cell, must: String
        var value: Double?
        var text: String
        var figure: FigureDocument?
        var unit: String?
        var interval: [Double]?
        var verdict: String
        var reasons: [String]
        var fate: String
    }

    var schema = GateJSON.schema
    var tareVersion = TareVersion.current
    var outcome: String
    var exitCode: Int32
    var sentence: String
    var policy: PolicyPart
    var fates: [String: Int]
    var checks: [CheckPart]
    var bounds: [BoundCheckPart]
    var comparison: ComparisonDocument

    init(_ result: GateResult) {
        outcome = result.outcome.rawValue
        exitCode = result.outcome.exitCode
        sentence = result.sentence
        policy = PolicyPart(result.policy)
        let all: [GateResult.Fate] = [.passes, .passesUndecided, .failsInconclusive, .fails, .missing]
        let found = result.checks.map(\.fate) + result.bounds.map(\.fate)
        fates = Dictionary(
            uniqueKeysWithValues: all.map { fate in (fate.rawValue, found.count { $0 == fate }) })
        checks = result.checks.map { check in
            CheckPart(
                metric: check.row.metric.id, cell: check.row.cell, label: check.row.label,
                verdict: check.row.verdict.rawValue, fate: check.fate.rawValue)
        }
        bounds = result.bounds.map(BoundCheckPart.init)
        comparison = ComparisonDocument(result.comparison)
    }
}

extension GateDocument.PolicyPart {
    init(_ policy: GatePolicy) {
        file = policy.file
        effect = policy.effect.ifFinite
        inconclusive = policy.inconclusive.rawValue
        cells = policy.cells
        rules = policy.rules.map { rule in
            GateDocument.RulePart(
                metric: rule.metric, cells: rule.cells, effect: rule.effect?.ifFinite,
                inconclusive: rule.inconclusive?.rawValue)
        }
        bounds = policy.bounds.map { bound in
            GateDocument.BoundPart(
                metric: bound.metric, cell: bound.cell, must: bound.must, value: bound.value.ifFinite,
                text: bound.text)
        }
    }
}

extension GateDocument.BoundCheckPart {
    init(_ check: GateResult.BoundCheck) {
        metric = check.figure?.metric.id ?? check.bound.metric
        cell = check.cell
        must = check.bound.must
        value = check.bound.value.ifFinite
        text = check.bound.text
        figure = check.figure.map(FigureDocument.init)
        unit = check.figure?.metric.unit.rawValue
        interval = check.interval.flatMap { RowDocument.ends($0.lowerBound.ifFinite, $0.upperBound.ifFinite) }
        verdict = check.verdict.rawValue
        reasons = check.reasons
        fate = check.fate.rawValue
    }
}
