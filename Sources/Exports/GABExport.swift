package import Analysis
import BenchmarkModel
import Foundation
import Statistics

// What github-action-benchmark reads for its tools `customSmallerIsBetter` and `customBiggerIsBetter`: an array, one file for
// each direction. Fields in alphabetical order, figures in the order of the run.
//
//   name    `CELL: TITLE`, such as `startup/nginx/runc/warm: median`. What may not be compared must not have the same name: from
//           version 2 of a metric's definition on ` (definition 2)` follows, and ` (emulated)` where guests were emulated
//   unit    always the same one for a metric, since the action compares values of the same name: ms, MiB, count, %, ms/s
//           (CPU time of an idle instance), times; that of a figure that a tool printed itself as the suite writes it, and then
//           the name has it too: `task/fio/runc/run: iops (op/s)`
//   value   in that unit
//   range   `± X`, half of the 95 % interval, in that unit; absent where there is none. The action reads a number here
//   extra   a fact a line: the interval itself, n, the caveats
//
// Only headline figures on which a verdict can rest: the action takes the first difference that is large enough for a
// regression, so it is given nothing that tare itself would judge nothing by.

/// Writes the headline figures of a run for github-action-benchmark. What the file consists of stands at its head.
package enum GABExport {
    /// A file holds figures of one direction.
    package enum Direction: Sendable {
        case smaller
        case bigger

        /// What the action calls it.
        package var tool: String {
            switch self {
            case .smaller: "customSmallerIsBetter"
            case .bigger: "customBiggerIsBetter"
            }
        }

        fileprivate var words: String { self == .smaller ? "lower is better" : "higher is better" }
        fileprivate var other: Direction { self == .smaller ? .bigger : .smaller }
        fileprivate var format: ExportFormat { self == .smaller ? .gab : .gabBigger }

        fileprivate func holds(_ finding: Finding) -> Bool {
            finding.isHeadline && finding.estimate.isFinite
                && (finding.metric.polarity == .lowerIsBetter) == (self == .smaller)
        }
    }

    private struct Entry: Encodable {
        var name: String
        var unit: String
        var value: Double
        var range: String?
        var extra: String
    }

    /// - Throws: `TareError` where the encoder refuses, which no run that was recorded should bring about.
    package static func encode(_ analysis: RunAnalysis, _ direction: Direction) throws -> String {
        let findings = analysis.findings.filter { direction.holds($0) && $0.refusal == nil }
        return try JSONText.encode(findings.map(entry), of: "the run \(analysis.run.id)")
    }

    /// What the file is for, what is not in it, and how to get that, in words.
    package static func leftOut(of analysis: RunAnalysis, _ direction: Direction) -> String {
        let mine = analysis.findings.filter(direction.holds)
        let refused = mine.count { $0.refusal != nil }
        let others = analysis.findings.count { direction.other.holds($0) && $0.refusal == nil }
        var left: [String] = []
        if others > 0 {
            left.append(
                "\(others) of which \(direction.other.words) (--format \(direction.other.format.rawValue), for "
                    + "\(direction.other.tool))")
        }
        if refused > 0 { left.append("\(refused) on which no verdict can rest") }
        left.append("all that is no headline")
        let count = mine.count - refused
        return "This file holds \(count) figure\(count == 1 ? "" : "s") of which \(direction.words), for the tool "
            + "\(direction.tool) of github-action-benchmark. Not in it: \(left.enumeration). With --format json all is in "
            + "one file."
    }

    private static func entry(_ finding: Finding) -> Entry {
        let metric = finding.metric
        let reading = reading(metric.unit)
        func scaled(_ value: Double) -> Double { rounded(value / reading.size) }
        var name = "\(finding.cell): \(metric.title)"
        if metric.definitionVersion > 1 { name += " (definition \(metric.definitionVersion))" }
        if case .other(let unit) = metric.unit { name += " (\(unit))" }
        if finding.caveats.contains(.emulated) { name += " (\(Caveat.emulated.word))" }
        var facts = ["n = \(finding.n)"]
        var range: String?
        if let ends = finding.interval?.ends {
            let half = scaled((ends[1] - ends[0]) / 2)
            range = "± \(plain(half))"
            facts.insert(
                "95 % interval: \(plain(scaled(ends[0]))) to \(plain(scaled(ends[1]))) \(reading.symbol)", at: 0)
        }
        if finding.isLowerBound { facts.append("at least") }
        facts += finding.caveats.words
        return Entry(
            name: name.showingControls, unit: reading.symbol, value: scaled(finding.estimate), range: range,
            extra: facts.joined(separator: "\n").showingControls)
    }

    private static func reading(_ unit: Metric.Unit) -> FigureText.Reading {
        switch unit {
        case .nanoseconds: FigureText.Reading("ms", 1e6)
        case .bytes: FigureText.Reading("MiB", 1_048_576)
        case .count: FigureText.Reading("count", 1)
        case .cpuShare: FigureText.Reading("ms/s", 1e-3)
        case .share: FigureText.Reading("%", 0.01)
        case .ratio: FigureText.Reading("times", 1)
        case .other(let unit): FigureText.Reading(unit.showingControls, 1)
        }
    }

    /// With six significant digits.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0 else { return 0 }
        return Double(String(format: "%.6g", value)) ?? value
    }

    /// Without an exponent.
    private static func plain(_ value: Double) -> String {
        let text = String(format: "%.6f", value)
        let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(trimmed.reversed())
    }
}
