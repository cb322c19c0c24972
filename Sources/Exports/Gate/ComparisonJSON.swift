package import Analysis
import BenchmarkModel
import Statistics

// The document `tare-comparison/1`. UTF-8, keys in alphabetical order. What is unknown is absent, never null, 0 or NaN.
// A change that could break a reader raises the number; new keys may come without one.
//
//   schema          "tare-comparison/1"
//   tareVersion     of the tare that compared
//   base, head      Side
//     Side          { name, runs: [{ id, startedAt: ISO 8601 UTC, complete, suite, suiteDigest: SHA-256 in hexadecimal,
//                     tareVersion, cells: [key] }], learnt: [Noise] }
//     Noise         what several runs showed of a figure's noise: { cell, metric, runs, totalVariance, errorVariance,
//                     errorDegreesOfFreedom, blocks, betweenRuns, pairedVariancePerBlock, withinBlocks, betweenBlocks };
//                     variances are on the figure's scale
//   design          interleaved|separate|many runs: how the samples of the two sides lie in time
//   effect          the effect that the user named, as a share of the base
//   level, power    of a single false alarm in the whole family; of finding a row's `smallestDetectable`
//   familySize      how many figures share the level
//   insisted        on what the two sides differ and were compared all the same: [{ subject: host|definition|suite|platform,
//                   platform, name, base, head }]
//   notes           what must be known of the comparison as a whole, in sentences
//   verdicts        how many rows have which: { regressed, improved, equivalent, inconclusive, "on one side only" }
//   rows            [Row], by what matters
//     Row           { metric: EXPERIMENT.NAME, title, unit: nanoseconds|bytes|count|seconds a second|share|ratio,
//                     polarity: lower|higher (is better), definitionVersion, cell: of the base, workload, platform, label,
//                     scale: ratio|difference, resolution, base: Figure, head: Figure, effect: Effect, margin,
//                     marginShare, effectThatCounts, effectThatCountsShare, isWithinEffectThatCounts, pValue,
//                     adjustedPValue: after Holm, verdict: regressed|improved|equivalent|inconclusive|on one side only,
//                     reasons, smallestDetectable, smallestDetectableShare, caveats }
//       scale       of effects, margins and standard errors: `ratio` is the natural logarithm of head / base, `difference`
//                   head - base in the unit of the metric. Keys that end with `Share` hold the same as a share of the base,
//                   0.1 for 10 % more; they are absent on the scale `difference`
//       resolution  differences up to it are none; absent on the scale `ratio`
//       margin      effects up to it are none
//     Figure        { cell, estimate: in the unit, standardError: on the scale, degreesOfFreedom, blocks: how many the error
//                     rests on, n: how many measurements, runs: of how many runs it is the mean, events, trials: where it is
//                     a share of them, isAtLeast, isHeadline, caveats, refusal: why no verdict can rest on it }
//     Effect        { value, interval: [lower, upper], share, shareInterval, confidence: how often such an interval holds the
//                     true effect }

/// Writes a comparison as JSON. The schema stands at the head of this file.
package enum ComparisonJSON {
    /// The name and version of the schema.
    package static let schema = "tare-comparison/1"

    /// - Throws: `TareError` where the encoder refuses, which no comparison should bring about.
    package static func encode(_ comparison: Comparison) throws -> String {
        try JSONText.encode(ComparisonDocument(comparison), of: "the comparison")
    }
}

/// Documents as they are written to files.
enum JSONText {
    /// - Parameter what: what is written, in words that begin an error.
    /// - Throws: `TareError` where the encoder refuses.
    static func encode(_ document: some Encodable, of what: String) throws -> String {
        do {
            return try JSONDocument.text(document)
        } catch {
            throw TareError(
                .failed, "\(what) cannot be written as JSON", remedy: "Please report this.", cause: "\(error)")
        }
    }
}

/// The document as a whole; see the head of this file.
struct ComparisonDocument: Encodable {
    struct DifferencePart: Encodable {
        var subject: String
        var platform: String?
        var name: String
        var base: String
        var head: String
    }

    var schema = ComparisonJSON.schema
    var tareVersion = TareVersion.current
    var base: SideDocument
    var head: SideDocument
    var design: String
    var effect: Double?
    var level = Comparison.level
    var power = Comparison.power
    var familySize: Int
    var insisted: [DifferencePart]
    var notes: [String]
    var verdicts: [String: Int]
    var rows: [RowDocument]

    init(_ comparison: Comparison) {
        base = SideDocument(comparison.base)
        head = SideDocument(comparison.head)
        design = comparison.design.rawValue
        effect = comparison.effect.ifFinite
        familySize = comparison.familySize
        insisted = comparison.insisted.map(DifferencePart.init)
        notes = comparison.notes
        verdicts = Dictionary(
            uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, comparison.rows($0).count) })
        rows = comparison.rows.map(RowDocument.init)
    }
}

extension ComparisonDocument.DifferencePart {
    init(_ difference: Comparability.Difference) {
        switch difference.subject {
        case .host: subject = "host"
        case .definition: subject = "definition"
        case .suite: subject = "suite"
        case .platform(let name):
            subject = "platform"
            platform = name
        }
        name = difference.name
        base = difference.value
        head = difference.other
    }
}
