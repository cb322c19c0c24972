import Analysis
import BenchmarkModel

extension Figure {
    /// With its n: `36.1 ms (n = 20)`, `at least 400 (n = 3)`, `36.1 ms (n = 100, 5 runs)`, `2 of 40`.
    fileprivate var text: String {
        if let counts { return "\(counts.events) of \(counts.trials)" }
        let value = (isLowerBound ? "at least " : "") + FigureText.value(estimate, metric.unit)
        return "\(value) (n = \(n)\(runs > 1 ? ", \(runs) runs" : ""))"
    }
}

extension ComparedFigure {
    /// The cell's key; both, where one of each side is compared.
    var place: String {
        guard let base, let head, base.cell != head.cell else { return cell }
        return "\(base.cell) -> \(head.cell)"
    }

    /// `regressed: +13.6 % [+9.20 to +18.2 %], from 36.1 ms (n = 20) to 41.0 ms (n = 20)`.
    var sentence: String {
        var text = "\(verdictText): "
        if let effect {
            text += "\(FigureText.effect(effect.value, on: effect.scale, metric.unit)) "
            text += "[\(FigureText.interval(effect, metric.unit))], "
        }
        switch (base, head) {
        case (let base?, let head?): text += "from \(base.text) to \(head.text)"
        case (let base?, nil): text += "only the base has it, \(base.text)"
        case (nil, let head?): text += "only the head has it, \(head.text)"
        case (nil, nil): text += "neither side has it"
        }
        var parts = [text] + reasons
        if verdict == .inconclusive, let limit { parts.append("this plan could have seen an effect of \(limit)") }
        return (parts + besides).joined(separator: "; ")
    }

    /// Why there is nothing to be judged.
    var missingSentence: String {
        let text =
            switch (base, head) {
            case (let base?, let head?): "it cannot be judged, from \(base.text) to \(head.text)"
            case (let base?, nil): "the head has no such figure; the base has \(base.text)"
            case (nil, let head?): "the base has no such figure; the head has \(head.text)"
            case (nil, nil): "neither side has such a figure"
            }
        return (["missing: \(text)"] + reasons + besides).joined(separator: "; ")
    }

    /// All of it, a fact a line.
    var details: [String] {
        let unit = metric.unit
        var lines = [
            "cell: \(place)",
            "metric: \(metric.title) (\(metric.id)), \(metric.polarity.rawValue) is better, "
                + "definition \(metric.definitionVersion)",
            "base: \(base?.text ?? "none")", "head: \(head?.text ?? "none")",
        ]
        if let effect {
            lines.append("effect: \(FigureText.effect(effect.value, on: effect.scale, unit))")
            lines.append(
                "interval: \(FigureText.interval(effect, unit)) (\(FigureText.confidence(effect.confidence)))")
        }
        lines.append("no effect: up to \(FigureText.effect(margin, on: scale, unit, isSigned: false))")
        lines.append("effect that counts: \(FigureText.effect(effectThatCounts, on: scale, unit, isSigned: false))")
        if let limit { lines.append("smallest effect that this plan could have seen: \(limit)") }
        if let adjustedPValue { lines.append("p: \(FigureText.number(adjustedPValue)) (after Holm)") }
        lines.append("verdict: \(verdictText)")
        return lines + reasons.map { "because: \($0)" } + besides
    }

    private var limit: String? {
        smallestDetectable.map { FigureText.effect($0, on: scale, metric.unit, isSigned: false) }
    }

    private var besides: [String] { caveats.isEmpty ? [] : ["beside it: \(caveats.joined(separator: ", "))"] }
}

extension GateResult.BoundCheck {
    var word: String {
        switch fate {
        case .passes: "kept"
        case .fails: "broken"
        case .failsInconclusive, .passesUndecided: Verdict.inconclusive.rawValue
        case .missing: "missing"
        }
    }

    /// `broken: 41.0 ms (n = 20) [40.2 to 41.9 ms] is not below 40ms`.
    ///
    /// - Parameter limit: the bound in words, such as `below 40ms`.
    func sentence(_ limit: String) -> String {
        var text = "\(word): "
        if let figure {
            text += figure.text
            if let range { text += " [\(range)]" }
            switch fate {
            case .passes: text += " is \(limit)"
            case .fails: text += " is not \(limit)"
            case .failsInconclusive, .passesUndecided: text += " is neither surely \(limit) nor surely not"
            case .missing: text += " cannot be held against the bound '\(limit)'"
            }
        } else {
            text += "there is no such figure to be \(limit)"
        }
        return ([text] + reasons + besides).joined(separator: "; ")
    }

    func details(_ limit: String) -> [String] {
        var lines = [
            "cell: \(cell)", "metric: \(figure.map { "\($0.metric.title) (\($0.metric.id))" } ?? bound.metric)",
        ]
        lines += ["bound: \(limit)", "head: \(figure?.text ?? "none")"]
        if let range { lines.append("interval: \(range)") }
        return lines + ["verdict: \(word)"] + reasons.map { "because: \($0)" } + besides
    }

    private var range: String? {
        guard let figure, let interval else { return nil }
        let (lower, upper, unit) = (interval.lowerBound, interval.upperBound, figure.metric.unit)
        guard lower.isFinite else { return upper.isFinite ? "up to \(FigureText.value(upper, unit))" : nil }
        guard upper.isFinite else { return "at least \(FigureText.value(lower, unit))" }
        return FigureText.interval(lower, upper, of: figure.estimate, unit)
    }

    private var besides: [String] {
        guard let figure, !figure.caveats.isEmpty else { return [] }
        return ["beside it: \(figure.caveats.joined(separator: ", "))"]
    }
}
