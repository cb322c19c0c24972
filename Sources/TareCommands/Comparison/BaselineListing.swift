import Analysis
import BenchmarkModel
import Exports
import Foundation
import Reports

extension Baseline {
    /// How much there is of what, in words.
    var size: String {
        func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
        return "\(counted(figures.count, "figure")) of \(counted(cells.count, "cell")) of the suite '\(suite)'"
    }
}

/// A baseline for people.
struct BaselineListing {
    private let baseline: Baseline
    private let noise: [Figure.ID: LearntNoise]

    init(_ baseline: Baseline) {
        self.baseline = baseline
        noise = baseline.learnt.byID
    }

    /// What it is of.
    var sentence: String {
        let facts = baseline.facts.facts.filter(\.mustAgree).map { "\($0.name) \($0.value)" }.joined(separator: "; ")
        return "\(baseline.size), measured by "
            + "tare \(baseline.tareVersion) in \(baseline.sources.map(\.id).joined(separator: ", ")). "
            + (facts.isEmpty ? "" : "Runs must agree with it in: \(facts).")
    }

    func table(width: Int, color: Bool) -> String {
        TerminalTable(
            columns: [
                .init("cell"), .init("metric"), .init("figure", numeric: true), .init("error", numeric: true, rank: 1),
                .init("between runs", numeric: true, rank: 2), .init("beside it", rank: 3),
            ],
            rows: baseline.figures.sorted { $0.id < $1.id }.map { figure in
                [
                    figure.cell, figure.metric.title, figure.text,
                    figure.standardError.map { BaselineListing.text($0, of: figure) } ?? "–",
                    noise[figure.id].map { BaselineListing.text($0.betweenRuns.squareRoot(), of: figure) } ?? "–",
                    (figure.caveats + (figure.refusal.map { [$0] } ?? [])).joined(separator: "; "),
                ]
            }
        ).render(width: width, color: color)
    }

    /// A standard error on the figure's scale: in percent of it where that is a ratio.
    private static func text(_ error: Double, of figure: Figure) -> String {
        switch figure.scale {
        case .ratio: return String(format: "%.3g %%", error * 100)
        case .difference:
            var copy = figure
            copy.estimate = error
            copy.counts = nil
            copy.isLowerBound = false
            // The figure in words begins with the value and its unit.
            return String(copy.text.prefix { $0 != "(" }).trimmingCharacters(in: .whitespaces)
        }
    }

    private struct Row: Encodable {
        var cell, metric, unit: String
        var estimate: Double
        var standardError: Double?
        var scale: ScaleWord
        var n, runs: Int
        var betweenRunsStandardDeviation: Double?
        var refusal: String?
        var caveats: [String]
    }

    /// - Throws: where the encoder refuses.
    func json() throws -> String {
        let rows = baseline.figures.map { figure in
            Row(
                cell: figure.cell, metric: figure.metric.id, unit: figure.metric.unit.rawValue,
                estimate: figure.estimate, standardError: figure.standardError, scale: ScaleWord(figure.scale),
                n: figure.n, runs: figure.runs,
                betweenRunsStandardDeviation: noise[figure.id]?.betweenRuns.squareRoot(), refusal: figure.refusal,
                caveats: figure.caveats)
        }
        return try JSONDocument.text(rows)
    }
}
