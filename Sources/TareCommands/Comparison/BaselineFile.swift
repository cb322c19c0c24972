import Analysis
import BenchmarkModel
import Exports

// A baseline, as `tare baseline update` writes it and git keeps it: YAML, sorted, one fact a line, so that a change of it can be
// read like a change of code. Numbers have six significant digits; what is unknown, false or empty is absent.
//
//   format      tare-baseline/1; a change that could break a reader raises the number
//   suite       { name, sha256: of the suite file }
//   tare        the version that measured
//   runs        [{ id, started: ISO 8601 UTC }], those that it was made of
//   host        { FACT: { value, must-agree } }, the definitions that the figures follow included
//   platforms   { NAME: { emulated, details: { FACT: { value, must-agree } } } }
//   count       { figures, noise }: how many there are, so that a file that was cut short is no smaller baseline
//   cells       [key of every planned cell]
//   figures     [{ cell, metric, title, unit, better: lower|higher, definition: its version, scale: ratio|difference,
//                  resolution: of a difference, headline, estimate, error, freedom, blocks, n, runs, events, trials, at-least,
//                  caveats, refusal, and workload and platform where the cell's key does not say them }]
//     error       the standard error of the estimate's logarithm, or of the estimate where the scale is a difference
//     freedom     its degrees of freedom
//     blocks      how many blocks, ladders or ramps it rests on; n: how many measurements; runs: of how many runs it is the mean
//     events      of so many trials, where it is a share
//     refusal     why no verdict can rest on it
//   noise       [{ cell, metric, runs, total, error, freedom, blocks, paired, within, between }], what calibration has learnt, all
//               variances on the figure's scale
//     total       of the runs' figures; error: the part that the error within a run explains; freedom: its degrees of freedom
//     blocks      of a run, on average
//     paired      of the difference of two sides that alternate within a block, for a single block
//     within, between   of single values: within blocks, and between blocks

/// Writes and reads baselines. What they hold stands at the head of this file.
enum BaselineFile {
    static let format = "tare-baseline/\(Baseline.format)"

    private static let head =
        "# Written by 'tare baseline update'; read by 'tare gate'. Review changes of it as those of code.\n"

    /// The file of a baseline.
    static func text(_ baseline: Baseline) -> String {
        var lines = [
            "format: \(format)",
            "suite: "
                + YAMLText.mapping([
                    ("name", YAMLText.text(baseline.suite)), ("sha256", YAMLText.text(baseline.suiteDigest)),
                ]),
            "tare: \(YAMLText.text(baseline.tareVersion))",
        ]
        lines += list("runs", baseline.sources.sorted { $0.id < $1.id }.map(source))
        lines += facts("host", baseline.facts.facts, indent: "")
        lines += platforms(baseline.platforms)
        let figures = baseline.figures.sorted { $0.id < $1.id }
        let noise = baseline.learnt.sorted { $0.id < $1.id }
        lines.append("count: {figures: \(figures.count), noise: \(noise.count)}")
        lines += list("cells", baseline.cells.sorted().map(YAMLText.text))
        lines += list("figures", figures.map(figure))
        lines += list("noise", noise.map(learnt))
        return head + lines.joined(separator: "\n") + "\n"
    }

    private static func list(_ name: String, _ items: [String]) -> [String] {
        items.isEmpty ? ["\(name): []"] : ["\(name):"] + items.map { "  - \($0)" }
    }

    private static func source(_ source: Baseline.Source) -> String {
        var entries = [("id", YAMLText.text(source.id))]
        if let started = source.startedAt.flatMap(Timestamp.text) {
            entries.append(("started", YAMLText.text(started)))
        }
        return YAMLText.mapping(entries)
    }

    private static func facts(_ name: String, _ facts: [Fact], indent: String) -> [String] {
        var seen: Set<String> = []
        let sorted = facts.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
        guard !sorted.isEmpty else { return ["\(indent)\(name): {}"] }
        return ["\(indent)\(name):"]
            + sorted.map { fact in
                var entries = [("value", YAMLText.text(fact.value))]
                if fact.mustAgree { entries.append(("must-agree", "true")) }
                return "\(indent)  \(YAMLText.text(fact.name)): \(YAMLText.mapping(entries))"
            }
    }

    private static func platforms(_ records: [PlatformRecord]) -> [String] {
        guard !records.isEmpty else { return ["platforms: {}"] }
        return ["platforms:"]
            + records.sorted { $0.platform < $1.platform }.flatMap { record in
                ["  \(YAMLText.text(record.platform)):", "    emulated: \(record.emulated)"]
                    + facts("details", record.details, indent: "    ")
            }
    }

    private static func figure(_ figure: Figure) -> String {
        let number = YAMLText.number
        var entries = [("cell", YAMLText.text(figure.cell))]
        let place = CellKey(figure.cell)
        if figure.workload != place.workload { entries.append(("workload", YAMLText.text(figure.workload))) }
        if figure.platform != place.platform { entries.append(("platform", YAMLText.text(figure.platform))) }
        entries += [
            ("metric", YAMLText.text(figure.metric.id)), ("title", YAMLText.text(figure.metric.title)),
            ("unit", YAMLText.text(figure.metric.unit.rawValue)),
            ("better", YAMLText.text(figure.metric.polarity.rawValue)),
            ("definition", "\(figure.metric.definitionVersion)"), ("scale", ScaleWord(figure.scale).rawValue),
        ]
        if let resolution = figure.scale.resolution { entries.append(("resolution", number(resolution))) }
        if figure.isHeadline { entries.append(("headline", "true")) }
        entries.append(("estimate", number(figure.estimate)))
        if let error = figure.standardError, error.isFinite {
            entries += [("error", number(error)), ("freedom", number(figure.degreesOfFreedom))]
        }
        entries += [("blocks", "\(figure.blocks)"), ("n", "\(figure.n)"), ("runs", "\(figure.runs)")]
        if let counts = figure.counts {
            entries += [("events", "\(counts.events)"), ("trials", "\(counts.trials)")]
        }
        if figure.isLowerBound { entries.append(("at-least", "true")) }
        if !figure.caveats.isEmpty {
            entries.append(("caveats", "[\(figure.caveats.map(YAMLText.text).joined(separator: ", "))]"))
        }
        if let refusal = figure.refusal { entries.append(("refusal", YAMLText.text(refusal))) }
        return YAMLText.mapping(entries)
    }

    private static func learnt(_ noise: LearntNoise) -> String {
        let number = YAMLText.number
        var entries = [
            ("cell", YAMLText.text(noise.id.cell)), ("metric", YAMLText.text(noise.id.metric)),
            ("runs", "\(noise.runs)"), ("total", number(noise.totalVariance)), ("error", number(noise.errorVariance)),
            ("freedom", number(noise.errorDegreesOfFreedom)), ("blocks", number(noise.blocks)),
        ]
        let further = [
            ("paired", noise.pairedVariancePerBlock), ("within", noise.withinBlocks), ("between", noise.betweenBlocks),
        ]
        entries += further.compactMap { name, value in value.map { (name, number($0)) } }
        return YAMLText.mapping(entries)
    }
}
