import BenchmarkModel
import Statistics

@testable import Analysis

/// Results of a gate that nobody measured, with every fate and with text that each form has to escape.
enum GateFixture {
    /// What every form takes for markup, and what no form may hold.
    static let odd = "<&\">]]> 5 % ::error::x;y]z, #1\n\u{1B}[2K"

    static let median = Metric("startup.median", "median", .nanoseconds, .lowerIsBetter, definitionVersion: 3)
    static let peak = Metric("startup.peak", "peak memory", .bytes, .lowerIsBetter)
    static let failures = Metric("startup.failures", "share failed", .share, .lowerIsBetter)
    static let ledger = Metric("footprint.ledger", "ledger", .bytes, .lowerIsBetter)
    static let instances = Metric("density.instances", "N", .count, .higherIsBetter)

    static func figure(
        _ metric: Metric, _ cell: String, _ estimate: Double, n: Int = 20, counts: Figure.Counts? = nil,
        caveats: [String] = []
    ) -> Figure {
        let parts = cell.split(separator: "/").map(String.init)
        return Figure(
            metric: metric, scale: counts == nil ? .ratio : .difference(resolution: 0.01), isHeadline: true, cell: cell,
            workload: parts[1], platform: parts[2], estimate: estimate, standardError: 0.02, degreesOfFreedom: 19,
            blocks: 20, n: n, counts: counts, caveats: caveats)
    }

    /// Effect and interval as shares of the base, or as differences.
    static func row(
        _ verdict: Verdict, _ base: Figure?, _ head: Figure?, effect: (Double, Double, Double)? = nil,
        smallest: Double? = nil, reasons: [String] = []
    ) throws -> ComparedFigure {
        guard let one = head ?? base else { throw TareError(.failed, "a row has a figure") }
        func onScale(_ value: Double) -> Double {
            one.scale == .ratio ? Logarithm.of(1 + value) : value
        }
        return ComparedFigure(
            metric: one.metric, scale: one.scale, cell: base?.cell ?? one.cell, workload: one.workload,
            platform: one.platform, label: "\(one.workload) on \(one.platform)", base: base,
            head: head,
            effect: effect.map {
                Effect(
                    scale: one.scale, value: onScale($0.0), lower: onScale($0.1), upper: onScale($0.2),
                    confidence: 0.998)
            }, margin: one.scale.margin, effectThatCounts: onScale(0.1),
            isWithinEffectThatCounts: verdict == .equivalent,
            pValue: effect.map { _ in 0.001 }, adjustedPValue: effect.map { _ in 0.005 }, verdict: verdict,
            reasons: reasons, smallestDetectable: smallest.map(onScale), caveats: (head ?? one).caveats)
    }

    static func side(_ name: String, _ figures: [Figure?], startedAt: Double? = 1_769_850_000) -> Side {
        let figures = figures.compactMap { $0 }
        let run = ComparedRun(
            id: name, startedAt: startedAt, isComplete: true, suite: "web", suiteDigest: "", tareVersion: "0.1.0",
            facts: HostFacts(), platforms: [], figures: figures, cells: figures.map(\.cell))
        return Side(name: name, runs: [run])
    }

    static func comparison(_ rows: [ComparedFigure]) -> Comparison {
        Comparison(
            base: side("tare-baseline.yaml", rows.map(\.base), startedAt: nil),
            head: side("20260131-090000-0001", rows.map(\.head)), design: .separate, effect: 0.1, rows: rows,
            familySize: rows.count)
    }

    static func result(
        _ checks: [(ComparedFigure, GateResult.Fate)], bounds: [GateResult.BoundCheck] = [],
        outcome: GateResult.Outcome, sentence: String
    ) -> GateResult {
        GateResult(
            comparison: comparison(checks.map(\.0)), policy: GatePolicy(bounds: bounds.map(\.bound)),
            checks: checks.map { GateResult.Check(row: $0.0, fate: $0.1) }, bounds: bounds, outcome: outcome,
            sentence: sentence)
    }

    static func bound(
        _ text: String, _ value: Double, _ figure: Figure?, cell: String, interval: ClosedRange<Double>? = nil,
        _ verdict: Verdict, reasons: [String] = [], _ fate: GateResult.Fate
    ) -> GateResult.BoundCheck {
        GateResult.BoundCheck(
            bound: GatePolicy.Bound(metric: "startup.median", cell: cell, value: value, isUpper: true, text: text),
            cell: cell, figure: figure, interval: interval, verdict: verdict, reasons: reasons, fate: fate)
    }

    /// Six checks and four bounds: three fail, one of them as inconclusive, two are missing, two undecided, one improved and two
    /// pass.
    static func everyFate() throws -> GateResult {
        let (warm, slow) = ("startup/nginx/runc/warm", "startup/nginx/q35/warm")
        let regressed = try row(
            .regressed, figure(median, warm, 40e6), figure(median, warm, 44e6, caveats: ["sees 2 CPUs"]),
            effect: (0.1, 0.05, 0.152))
        let uncertain = try row(
            .inconclusive, figure(median, slow, 4e9), figure(median, slow, 4.2e9, caveats: ["emulated"]),
            effect: (0.05, -0.1, 0.225), smallest: 0.3, reasons: [odd])
        let undecided = try row(
            .inconclusive, figure(peak, warm, 2_097_152), figure(peak, warm, 2_202_010),
            effect: (0.05, -0.02, 0.125), smallest: 0.16)
        let improved = try row(
            .improved, figure(instances, "density/nginx/runc/1GiB", 100, n: 3),
            figure(instances, "density/nginx/runc/1GiB", 120, n: 3), effect: (0.2, 0.15, 0.252))
        let same = try row(
            .equivalent, figure(failures, warm, 0, n: 40, counts: .init(events: 0, trials: 40)),
            figure(failures, warm, 0.025, n: 40, counts: .init(events: 1, trials: 40)), effect: (0.025, -0.01, 0.09))
        let gone = try row(.oneSided, figure(ledger, "footprint/nginx/runc/idle", 1_048_576, n: 3), nil)
        let head = figure(median, warm, 44e6)
        return result(
            [
                (regressed, .fails), (uncertain, .failsInconclusive), (undecided, .passesUndecided),
                (improved, .passes), (same, .passes), (gone, .missing),
            ],
            bounds: [
                bound("42ms", 42e6, head, cell: warm, interval: 43e6...45e6, .regressed, .fails),
                bound("44ms", 44e6, head, cell: warm, interval: 43e6...45e6, .inconclusive, .passesUndecided),
                bound("1s", 1e9, head, cell: warm, interval: 43e6...45e6, .equivalent, .passes),
                bound("1s", 1e9, nil, cell: "startup/gone/runc/warm", .oneSided, .missing),
            ], outcome: .regression, sentence: "Regression: 2 of 6 figures and 1 of 4 bounds fail the gate.")
    }
}
