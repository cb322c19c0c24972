import BenchmarkModel
import Statistics

extension GateResult {
    /// A bound is broken, or kept, where the interval of the figure lies on one side of it: 99 % shared by all bounds to call it
    /// broken, 90 % to call it kept.
    static func bounds(_ policy: GatePolicy, _ comparison: Comparison) throws -> [BoundCheck] {
        let runs = comparison.head.runs
        let learnt = (comparison.base.learnt + comparison.head.learnt).byID
        var drafts: [(bound: GatePolicy.Bound, cell: String, figure: Figure?)] = []
        for bound in policy.bounds {
            let cells = runs.flatMap(\.cells).uniqued().filter { Pattern.matches(bound.cell, $0) }
            let mine = cells.filter { comparison.isOfHead($0) }
            var found = 0
            for cell in mine {
                let figures = runs.flatMap { run in
                    run.figures.filter { $0.cell == cell && Pattern.matches(bound.metric, $0.metric.id) }
                        .map { (run: run.id, figure: $0) }
                }
                for metric in figures.map(\.figure.metric.id).uniqued() {
                    found += 1
                    drafts.append((bound, cell, headFigure(figures.filter { $0.figure.metric.id == metric })))
                }
                // A cell of the experiment that gave no such figure is no pass.
                let experiment = bound.metric.split(separator: ".").first.map(String.init) ?? ""
                let start = experiment.prefix { $0 != "*" }
                if figures.isEmpty, CellKey(cell).experiment.hasPrefix(start),
                    start.count < experiment.count || cell.hasPrefix(experiment + "/")
                {
                    found += 1
                    drafts.append((bound, cell, nil))
                }
            }
            if found == 0 { drafts.append((bound, bound.cell, nil)) }
        }
        let level = Comparison.level / Double(max(1, drafts.count))
        return drafts.map { draft in
            check(
                draft.bound, draft.cell, draft.figure,
                // Five runs show by themselves what they vary by.
                learnt: draft.figure.flatMap { $0.runs < Comparison.manyRuns ? learnt[$0.id] : nil }, policy,
                level: level)
        }
    }

    /// The mean of the head's runs; from five runs on its error is that of their own spread.
    private static func headFigure(_ figures: [(run: String, figure: Figure)]) -> Figure? {
        guard var mean = Figure.combined(figures), mean.refusal == nil else { return Figure.combined(figures) }
        let placed = figures.filter { $0.figure.refusal == nil }.compactMap { mean.scale.value($0.figure.estimate) }
        guard placed.count >= Comparison.manyRuns, let handful = Handful(placed, .difference(resolution: 0)),
            let error = handful.standardError
        else { return mean }
        mean.standardError = max(error, mean.standardError ?? 0)
        mean.degreesOfFreedom = Double(placed.count - 1)
        return mean
    }

    private static func check(
        _ bound: GatePolicy.Bound, _ cell: String, _ figure: Figure?, learnt: LearntNoise?, _ policy: GatePolicy,
        level: Double
    ) -> BoundCheck {
        var result = BoundCheck(
            bound: bound, cell: cell, figure: figure, interval: nil, verdict: .inconclusive, reasons: [],
            fate: policy.inconclusive == .fail ? .failsInconclusive : .passesUndecided)
        guard let figure else {
            result.verdict = .oneSided
            result.reasons = ["no measurement of the head gave the figure"]
            result.fate = .missing
            return result
        }
        if let refusal = figure.refusal {
            result.reasons = [refusal]
            return result
        }
        if figure.isLowerBound {
            // At least so much: that can suffice for either.
            result.verdict = figure.estimate >= bound.value ? (bound.isUpper ? .regressed : .equivalent) : .inconclusive
            result.reasons = ["it is only known to be at least so much"]
            if result.verdict != .inconclusive { result.fate = bound.isUpper ? .fails : .passes }
            return result
        }
        guard let wide = figure.interval(level: level, learnt: learnt),
            let narrow = figure.interval(level: 0.1, learnt: learnt)
        else {
            result.reasons = ["its error cannot be told"]
            return result
        }
        result.interval = narrow
        if learnt == nil, figure.counts == nil, figure.runs < Comparison.manyRuns {
            result.reasons.append("the variance between runs of this host was not learnt: it is not in the interval")
        }
        let isBroken = bound.isUpper ? wide.lowerBound > bound.value : wide.upperBound < bound.value
        let isKept = bound.isUpper ? narrow.upperBound < bound.value : narrow.lowerBound > bound.value
        if isBroken {
            result.verdict = .regressed
            result.fate = .fails
        } else if isKept {
            result.verdict = .equivalent
            result.fate = .passes
        }
        return result
    }
}

extension Comparison {
    /// Whether a cell is of the head's side: any but those of an A/B run's base.
    fileprivate func isOfHead(_ cell: String) -> Bool {
        guard design == .interleaved, let run = head.runs.first, let side = run.sides.last else { return true }
        return run.kind(of: run.sides).map { CellKey(cell)[$0] == side } ?? false
    }
}

extension Figure {
    /// The two-sided interval of the figure itself, in its unit; nil where its error is not known.
    package func interval(level: Double, learnt: LearntNoise? = nil) -> ClosedRange<Double>? {
        if let counts {
            guard let wilson = Proportion.wilson(counts.events, of: counts.trials, confidence: 1 - level) else {
                return nil
            }
            return wilson.lower...max(wilson.lower, wilson.upper)
        }
        guard let value = scale.value(estimate), let contrast = Contrast.sum(value, [self], learnt) else { return nil }
        let interval = contrast.interval(level: level)
        let ends = [scale.estimate(interval.lower), scale.estimate(interval.upper)]
        guard ends[0].isFinite, ends[1].isFinite, ends[0] <= ends[1] else { return nil }
        return ends[0]...ends[1]
    }
}
