import Analysis
import BenchmarkModel

extension History {
    /// What is measured and where: `median, noop on runc (warm)`.
    var name: String { "\(metric.title), \(label)" }

    /// The words that stand beside the points; with how many points where it is not all.
    var caveats: [String] {
        points.flatMap(\.caveats).uniqued().map { word in
            let count = points.count { $0.caveats.contains(word) }
            return count == points.count ? word : "\(word): \(count) of \(points.count) runs"
        }
    }

    func text(_ value: Double) -> String { Format.figure(value, metric.unit) }

    /// The change in its unit, and which way it goes: `+15.4 %, worse`.
    func effectText(_ step: Step) -> String {
        "\(Format.change(step.effect, scale, metric.unit)), \(step.isWorse ? "worse" : "better")"
    }

    /// `31.1 ms -> 35.9 ms, +15.4 %, worse [7 runs before, 5 after], p = 0.00400`.
    func words(_ step: Step) -> String {
        "\(text(step.before)) -> \(text(step.after)), \(effectText(step)) [\(Format.count(step.runsBefore, "run")) before, "
            + "\(step.runsAfter) after], p = \(Format.number(step.pValue))"
    }

    /// The series in figures: `12 runs: first 31.2 ms, last 36.0 ms, min 30.9 ms, max 36.2 ms.`
    var rangeText: String {
        guard let first = points.first, let last = points.last else { return "No run." }
        let values = points.map(\.estimate)
        guard points.count > 1, let least = values.min(), let most = values.max() else {
            return "1 run: \(text(first.estimate))."
        }
        return "\(points.count) runs: first \(text(first.estimate)), last \(text(last.estimate)), min \(text(least)), "
            + "max \(text(most))."
    }

    /// `3 runs left out: kernel differs (2), definition of startup differs (1).`; nil where none is.
    var leftOutText: String? {
        let count = leftOut.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        let reasons = leftOut.map { "\($0.reason) (\($0.count))" }.joined(separator: ", ")
        return "\(Format.count(count, "run")) left out: \(reasons)."
    }

    /// Why there can be no change point; nil where there can.
    var tooFewText: String? {
        fewestForSteps.map { "Too few runs for change points: among the series shown, they take \($0) or more." }
    }
}

extension [History] {
    /// Those with change points first, else in their order.
    var changedFirst: [History] { filter { !$0.steps.isEmpty } + filter(\.steps.isEmpty) }

    /// Each change in a sentence, or that there is none.
    var sentences: [[Inline]] {
        let changes = flatMap { history in
            history.steps.map { step -> [Inline] in
                [.strong(history.name)] + history.caveats.flatMap { [.text(" "), .mark($0)] } + [
                    .text(" changed with run "), .code(step.run), .text(": \(history.words(step))."),
                ]
            }
        }
        return changes.isEmpty
            ? [[.text("There is no change point in \(Format.count(count, "series", "series")).")]] : changes
    }

    /// How change points are found, in a sentence.
    var methodText: String {
        "Change points: E-divisive with a permutation test, at \(whole(Comparison.level)) for "
            + (count == 1 ? "the series" : "all \(count) series together (Holm)")
            + "; changes of up to \(whole(Scale.sameShare)), or below what can be told apart, are none."
    }

    /// A share of whole percent.
    private func whole(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension Format {
    /// `1 series`, `3 series`: for nouns whose plural is not made with an s.
    static func count(_ count: Int, _ noun: String, _ plural: String) -> String {
        "\(count) \(count == 1 ? noun : plural)"
    }
}
