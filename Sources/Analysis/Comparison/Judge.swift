import BenchmarkModel
import Statistics

/// Two figures before they are judged.
struct Draft {
    var base: Figure?
    var head: Figure?
    /// nil where there can be none, or where shares are compared.
    var contrast: Contrast?
    var caveats: [String] = []
    /// What stands for the platform, and for the cell, where two of a run are compared.
    var platform: String?
    var label: String?
    /// Why one side does not have it, in words.
    var absence: String?

    /// `startup/noop/runc/warm` as `noop on runc (warm)`.
    static func label(ofCell key: String) -> String {
        let parts = CellKey(key)
        return parts.isWhole ? "\(parts.workload) on \(parts.platform) (\(parts.parameters))" : key
    }
}

/// Gives verdicts.
struct Judge {
    private let question: Comparison.Question

    init(_ question: Comparison.Question) {
        self.question = question
    }

    /// The rows of all drafts, by what matters.
    func rows(of drafts: [Draft]) -> [ComparedFigure] {
        var rows = drafts.compactMap { row($0) }
        let tested = rows.indices.filter { rows[$0].row.pValue != nil }
        let levels = Judge.levels(of: tested.map { rows[$0].row.pValue ?? 1 })
        let adjusted = Holm.adjusted(tested.map { rows[$0].row.pValue ?? 1 })
        let first = Comparison.level / Double(max(1, tested.count))
        for index in rows.indices where rows[index].row.base != nil && rows[index].row.head != nil {
            let place = tested.firstIndex(of: index)
            conclude(
                &rows[index].row, rows[index].contrast, level: place.map { levels[$0] } ?? first, firstLevel: first,
                adjusted: place.map { adjusted[$0] })
        }
        return rows.map(\.row).sorted(by: Judge.matters)
    }

    /// At which level each of several hypotheses is decided: Holm's steps. From the first that is kept on, the level of its step
    /// holds for all the others.
    static func levels(of pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var levels = pValues
        var step = 0
        var isKept = false
        for index in order {
            let level = Comparison.level / Double(pValues.count - step)
            levels[index] = level
            if pValues[index] >= level { isKept = true }
            if !isKept { step += 1 }
        }
        return levels
    }

    private func row(_ draft: Draft) -> (row: ComparedFigure, contrast: Contrast?)? {
        guard let one = draft.base ?? draft.head else { return nil }
        var row = ComparedFigure(
            metric: one.metric, scale: one.scale, cell: one.cell, workload: one.workload,
            platform: draft.platform ?? one.platform, label: draft.label ?? Draft.label(ofCell: one.cell),
            base: draft.base, head: draft.head, effect: nil, margin: one.scale.margin,
            effectThatCounts: one.scale.effect(
                ofShare: draft.base.flatMap(question.effectOf) ?? draft.head.flatMap(question.effectOf)
                    ?? question.effect,
                base: draft.base?.estimate ?? one.estimate),
            isWithinEffectThatCounts: false, pValue: nil, adjustedPValue: nil, verdict: .inconclusive, reasons: [],
            smallestDetectable: nil,
            caveats: ((draft.base?.caveats ?? []) + (draft.head?.caveats ?? []) + draft.caveats).uniqued())
        guard let base = draft.base, let head = draft.head else {
            row.verdict = .oneSided
            row.reasons = [draft.absence ?? "only the \(draft.base == nil ? "head" : "base") has it"]
            return (row, nil)
        }
        for (side, figure) in [("base", base), ("head", head)] {
            if let refusal = figure.refusal { row.reasons.append("\(side): \(refusal)") }
        }
        row.reasons += base.metric.differences(from: head.metric)
        if let weakness = draft.contrast?.weakness { row.reasons.append(weakness) }
        if row.reasons.isEmpty {
            if let one = base.counts, let other = head.counts {
                row.pValue = FisherExact.pValue(other.events, of: other.trials, against: one.events, of: one.trials)
            } else {
                row.pValue = draft.contrast?.pValue(margin: row.margin)
            }
            if row.pValue == nil { row.reasons.append("its error cannot be told") }
        }
        return (row, draft.contrast)
    }

    private func conclude(
        _ row: inout ComparedFigure, _ contrast: Contrast?, level: Double, firstLevel: Double, adjusted: Double?
    ) {
        guard let base = row.base, let head = row.head else { return }
        let narrow: (lower: Double, upper: Double)
        if let one = base.counts, let other = head.counts {
            func interval(_ confidence: Double) -> (lower: Double, upper: Double)? {
                Proportion.difference(
                    other.events, of: other.trials, against: one.events, of: one.trials, confidence: confidence)
            }
            guard let wide = interval(1 - level), let ninety = interval(0.9) else { return }
            row.effect = Effect(
                scale: row.scale, value: head.estimate - base.estimate, lower: wide.lower, upper: wide.upper,
                confidence: 1 - level)
            narrow = ninety
        } else if let contrast {
            let wide = contrast.interval(level: level)
            row.effect = Effect(
                scale: row.scale, value: contrast.value, lower: wide.lower, upper: wide.upper, confidence: 1 - level)
            narrow = contrast.interval(level: 0.1)
        } else {
            return
        }
        guard let adjusted else { return }
        row.adjustedPValue = adjusted
        if let counts = base.counts, let trials = head.counts?.trials {
            row.smallestDetectable = Judge.smallestDetectableShare(counts, trials: trials, level: firstLevel)
        } else {
            row.smallestDetectable = contrast?.smallestDetectable(
                margin: row.margin, level: firstLevel, power: Comparison.power)
        }
        row.isWithinEffectThatCounts =
            narrow.lower >= -row.effectThatCounts && narrow.upper <= row.effectThatCounts
        if adjusted < Comparison.level, let effect = row.effect, effect.value != 0 {
            row.verdict = (effect.value > 0) == row.isWorseWhenLarger ? .regressed : .improved
        } else {
            row.verdict = row.isWithinEffectThatCounts ? .equivalent : .inconclusive
            // Newcombe's interval and Fisher's test do not part in the same place: where the test does not, neither does what is shown.
            if row.base?.counts != nil {
                let (lower, upper) = (row.effect?.lower ?? 0, row.effect?.upper ?? 0)
                row.effect?.lower = min(0, lower)
                row.effect?.upper = max(0, upper)
            }
        }
        boundedConclusion(&row, base, head)
    }

    /// Of a figure that is only known to be at least so much, only one direction can be concluded: what is above it may be more
    /// still.
    private func boundedConclusion(_ row: inout ComparedFigure, _ base: Figure, _ head: Figure) {
        guard base.isLowerBound || head.isLowerBound, let effect = row.effect else { return }
        let isDecided = row.verdict == .regressed || row.verdict == .improved
        let isCertain = isDecided && (base.isLowerBound ? effect.value < 0 : effect.value > 0)
        guard !isCertain || (base.isLowerBound && head.isLowerBound) else { return }
        row.verdict = .inconclusive
        row.isWithinEffectThatCounts = false
        row.reasons.append("\(base.isLowerBound ? "base" : "head"): it is only known to be at least so much")
    }

    /// How many more of the head's trials must fail before Fisher's test says so, as a share.
    private static func smallestDetectableShare(_ base: Figure.Counts, trials: Int, level: Double) -> Double? {
        guard trials > 0, base.trials > 0 else { return nil }
        let share = Double(base.events) / Double(base.trials)
        var low = Int((share * Double(trials)).rounded(.up))
        var high = trials + 1
        while low < high {
            let middle = (low + high) / 2
            let pValue =
                middle > trials
                ? 0 : FisherExact.pValue(middle, of: trials, against: base.events, of: base.trials) ?? 1
            if pValue < level { high = middle } else { low = middle + 1 }
        }
        return low > trials ? nil : Double(low) / Double(trials) - share
    }

    /// Regressed first, then improved, inconclusive, equivalent and one-sided; the largest effect first, by what counts.
    private static func matters(_ one: ComparedFigure, _ other: ComparedFigure) -> Bool {
        let order: [Verdict] = [.regressed, .improved, .inconclusive, .equivalent, .oneSided]
        let ranks = [one, other].map { order.firstIndex(of: $0.verdict) ?? order.count }
        if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
        let sizes = [one, other].map { row -> Double in
            guard let effect = row.effect, row.effectThatCounts > 0 else { return 0 }
            return abs(effect.value) / row.effectThatCounts
        }
        if sizes[0] != sizes[1] { return sizes[0] > sizes[1] }
        return (one.cell, one.metric.id) < (other.cell, other.metric.id)
    }
}

extension Metric {
    /// Why figures of this metric cannot be set against those of another of the same name, in words. The unit and the direction
    /// of what a tool prints itself are a suite's to say, and a suite may be changed.
    fileprivate func differences(from head: Metric) -> [String] {
        var found: [String] = []
        if definitionVersion != head.definitionVersion {
            found.append(
                "its definition is version \(definitionVersion) in the base and \(head.definitionVersion) in the head")
        }
        if unit != head.unit {
            found.append("it is counted in \(unit.rawValue) in the base and in \(head.unit.rawValue) in the head")
        }
        if polarity != head.polarity {
            found.append("\(polarity.rawValue) is better in the base and \(head.polarity.rawValue) in the head")
        }
        return found
    }
}
