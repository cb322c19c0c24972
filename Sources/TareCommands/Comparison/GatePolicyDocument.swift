import Analysis
import BenchmarkModel

/// A gate policy with the places of its parts, so that what only a run shows to be wrong is told with its place too.
struct GatePolicyDocument: Sendable {
    struct RulePlaces: Sendable {
        var metric: TareError.Location
        /// One for each pattern of the rule.
        var cells: [TareError.Location]
    }

    struct BoundPlaces: Sendable {
        var metric, cell, value: TareError.Location
        /// What the value is of.
        var kind: GateValue.Kind
    }

    var policy: GatePolicy
    /// In the order of the policy, each.
    var cells: [TareError.Location] = []
    var rules: [RulePlaces] = []
    var bounds: [BoundPlaces] = []

    /// What holds where no file is given.
    static let standard = GatePolicyDocument(policy: GatePolicy())

    /// The default in a sentence.
    static let standardSentence =
        "No policy is given: headline metrics of all cells are judged, a change of "
        + "\(EffectShare.text(Comparison.defaultEffect)) counts, and what is inconclusive passes (--policy FILE says "
        + "otherwise)."

    /// Refuses a policy that speaks of what neither side has, or bounds a figure in a unit that is not its own: a rule that judges
    /// nothing would let everything pass.
    ///
    /// - Throws: ``SuiteErrors`` with the place of each.
    func check(_ runs: [ComparedRun]) throws {
        let figures = runs.flatMap(\.figures)
        let metrics = Set(figures.map(\.metric.id)).sorted()
        let keys = Set(runs.flatMap(\.cells) + figures.map(\.cell)).sorted()
        var errors: [TareError] = []
        func look(_ what: String, _ pattern: String, _ known: [String], _ location: TareError.Location) {
            guard !known.contains(where: { Pattern.matches(pattern, $0) }) else { return }
            let some = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", ..." : "")
            errors.append(
                TareError(
                    .usage, "no \(what) of either side fits '\(pattern.printable)'",
                    remedy: SuiteParser.suggestion(for: pattern, among: known) + "There are: \(some).",
                    location: location))
        }
        for (pattern, location) in zip(policy.cells, cells) { look("cell", pattern, keys, location) }
        for (rule, places) in zip(policy.rules, rules) {
            look("metric", rule.metric, metrics, places.metric)
            for (pattern, location) in zip(rule.cells, places.cells) { look("cell", pattern, keys, location) }
        }
        for (bound, places) in zip(policy.bounds, bounds) {
            look("metric", bound.metric, metrics, places.metric)
            look("cell", bound.cell, keys, places.cell)
            let fitting = figures.map(\.metric).filter { Pattern.matches(bound.metric, $0.id) }
            guard let wrong = fitting.first(where: { !places.kind.fits($0.unit) }) else { continue }
            errors.append(
                TareError(
                    .usage,
                    "'\(bound.text.printable)' does not fit \(wrong.id), which is counted in \(wrong.unit.rawValue.printable)",
                    remedy: GateValue.Kind.remedy(for: wrong.unit), location: places.value))
        }
        guard errors.isEmpty else { throw SuiteErrors(errors: SuiteReader.sorted(errors)) }
    }
}
