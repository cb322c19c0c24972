import BenchmarkModel
import Statistics

extension GatePolicy {
    /// What is asked under the policy.
    func question(despite: [String]) -> Comparison.Question {
        Comparison.Question(
            effect: effect, effectOf: { rule(for: $0)?.effect }, isInFamily: { rule(for: $0) != nil }, despite: despite)
    }
}

extension GateResult {
    /// Judges a run, or several, against a baseline.
    ///
    /// - Throws: ``TareError`` with code `notComparable` where the two are not, and with code `usage` where the policy speaks of
    ///   what neither has.
    package init(of head: Side, against base: Side, policy: GatePolicy, despite: [String] = []) throws {
        let comparison = try Comparison(base: base, head: head, question: policy.question(despite: despite))
        try self.init(comparison, policy)
    }

    /// Judges the two sides of an A/B run.
    ///
    /// - Throws: ``TareError`` with code `usage` where the run is none, or the policy speaks of what it does not have.
    package init(interleaved run: ComparedRun, policy: GatePolicy, despite: [String] = []) throws {
        guard run.sides.count == 2 else {
            throw TareError(
                .usage, "the run \(run.id) is no A/B run: there is nothing to judge it against",
                remedy: "Give a baseline with --baseline, or measure with 'tare run SUITE --ab A,B'.")
        }
        let comparison = try Comparison(
            within: run, base: run.sides[0], head: run.sides[1], question: policy.question(despite: despite))
        try self.init(comparison, policy)
    }

    private init(_ comparison: Comparison, _ policy: GatePolicy) throws {
        try policy.checkPatterns(comparison.base, comparison.head)
        let checks = comparison.rows.map { Check(row: $0, fate: GateResult.fate(of: $0, policy)) }
        let bounds = try GateResult.bounds(policy, comparison)
        let fates = checks.map(\.fate) + bounds.map(\.fate)
        let empty = GateResult.emptyCells(comparison, policy, checks)
        // New figures have nothing to be judged against: they alone are no pass.
        let isAllNew = checks.allSatisfy { $0.row.verdict == .oneSided }
        let outcome: Outcome
        if fates.contains(.fails) {
            outcome = .regression
        } else if fates.contains(.missing) || !empty.isEmpty || (isAllNew && bounds.isEmpty) {
            outcome = .notComparable
        } else {
            outcome = fates.contains(.failsInconclusive) ? .inconclusive : .pass
        }
        self.init(
            comparison: comparison, policy: policy, checks: checks, bounds: bounds, outcome: outcome,
            sentence: GateResult.sentence(outcome, checks, bounds, empty: empty))
    }

    /// The cells that had to be judged and of which the head has nothing but, perhaps, a share of failures: no samples, no pass.
    /// Those that a check already misses are not told again.
    private static func emptyCells(
        _ comparison: Comparison, _ policy: GatePolicy, _ checks: [Check]
    ) -> [String] {
        let told = Set(checks.filter { $0.fate == .missing || $0.fate == .fails }.map(\.row.cell))
        let runs = comparison.head.runs
        let measured = Set(
            runs.flatMap { $0.figures.filter { $0.counts == nil && $0.n > 0 }.map(\.cell) })
        let run = comparison.design == .interleaved ? runs.first : nil
        let kind = run.flatMap { $0.kind(of: $0.sides) }
        return runs.flatMap(\.cells).uniqued().filter { cell in
            let name = kind.flatMap { CellKey(cell)[$0] }
            let isOfASide = name.map { run?.sides.contains($0) ?? true } ?? true
            guard isOfASide, !told.contains(cell), policy.concerns(cell) else { return false }
            return !measured.contains(cell)
        }
    }

    private static func fate(of row: ComparedFigure, _ policy: GatePolicy) -> Fate {
        switch row.verdict {
        case .regressed: return row.isWithinEffectThatCounts ? .passes : .fails
        case .improved, .equivalent: return .passes
        case .inconclusive:
            // Of what there were many there is none any more, which has no logarithm and no error.
            if !row.isWorseWhenLarger, let base = row.base, let head = row.head, base.estimate > 0, head.estimate == 0 {
                return .missing
            }
            let rule = row.base.flatMap(policy.rule) ?? row.head.flatMap(policy.rule)
            let choice = rule?.inconclusive ?? policy.inconclusive
            return choice == .fail ? .failsInconclusive : .passesUndecided
        // What is new has nothing to be judged against; what is gone is no pass.
        case .oneSided: return row.head == nil ? .missing : .passes
        }
    }

    private static func sentence(
        _ outcome: Outcome, _ checks: [Check], _ bounds: [BoundCheck], empty: [String]
    ) -> String {
        func count(_ fate: Fate) -> Int { checks.count { $0.fate == fate } + bounds.count { $0.fate == fate } }
        func figures(_ count: Int) -> String { "\(count) figure\(count == 1 ? "" : "s")" }
        let all = checks.count + bounds.count
        let verdicts = [Verdict.regressed, .improved, .equivalent, .inconclusive, .oneSided].compactMap {
            verdict -> String? in
            let count = checks.count { $0.row.verdict == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }
        var parts = verdicts
        if !bounds.isEmpty {
            let kept = bounds.count { $0.verdict == .equivalent }
            parts.append("\(kept) of \(bounds.count) bound\(bounds.count == 1 ? "" : "s") kept")
        }
        let summary = "of \(figures(all)) judged: \(parts.enumeration)"
        switch outcome {
        case .regression: return "Regression: \(figures(count(.fails))) got worse or went beyond a bound; \(summary)."
        case .notComparable:
            if !empty.isEmpty {
                return "Not comparable: no measurement of \(empty.enumeration) is good, so nothing passes; \(summary)."
            }
            return count(.missing) == 0
                ? "Not comparable: there is nothing to judge by, so nothing passes; \(summary)."
                : "Not comparable: \(figures(count(.missing))) that had to be judged cannot be found in the head; \(summary)."
        case .inconclusive:
            return
                "Inconclusive: the policy counts it, and \(figures(count(.failsInconclusive))) could not be decided; \(summary)."
        case .pass:
            let isUndecided = count(.passesUndecided) == all - checks.count { $0.row.verdict == .oneSided }
            return isUndecided
                ? "Nothing could be decided, and the policy lets that pass; \(summary)." : "Pass; \(summary)."
        }
    }
}

extension GatePolicy {
    /// Whether something of a cell is to be judged.
    fileprivate func concerns(_ cell: String) -> Bool {
        guard cells.isEmpty || cells.contains(where: { Pattern.matches($0, cell) }) else { return false }
        let experiment = CellKey(cell).experiment
        return rules.isEmpty
            || rules.contains { rule in
                let start = rule.metric.prefix { $0 != "." && $0 != "*" }
                return experiment.hasPrefix(start)
                    && (rule.cells.isEmpty || rule.cells.contains { Pattern.matches($0, cell) })
            }
    }

    /// - Throws: ``TareError`` with code `usage`, `concerns` the pattern, where one fits nothing on either side.
    fileprivate func checkPatterns(_ base: Side, _ head: Side) throws {
        let figures = (base.runs + head.runs).flatMap(\.figures)
        for rule in rules where !rule.cells.isEmpty {
            let isOfUse = figures.contains { figure in
                Pattern.matches(rule.metric, figure.metric.id)
                    && rule.cells.contains { Pattern.matches($0, figure.cell) }
            }
            guard !isOfUse, figures.contains(where: { Pattern.matches(rule.metric, $0.metric.id) }) else { continue }
            throw TareError(
                .usage, "the policy's metric '\(rule.metric)' is in none of the cells \(rule.cells.enumeration)",
                remedy: "Give it cells of its own experiment, or leave the rule out.", concerns: rule.metric)
        }
        let cells = Set((base.runs + head.runs).flatMap(\.cells) + figures.map(\.cell))
        let metrics = Set(figures.map(\.metric.id))
        for pattern in self.cells + rules.flatMap(\.cells) + bounds.map(\.cell)
        where !cells.contains(where: { Pattern.matches(pattern, $0) }) {
            throw TareError(
                .usage, "the policy's cell '\(pattern)' is in neither side",
                remedy: "The cells are \(cells.sorted().prefix(8).joined(separator: ", ")).", concerns: pattern)
        }
        for pattern in rules.map(\.metric) + bounds.map(\.metric)
        where !metrics.contains(where: { Pattern.matches(pattern, $0) }) {
            throw TareError(
                .usage, "the policy's metric '\(pattern)' is in neither side",
                remedy: "The metrics are \(metrics.sorted().joined(separator: ", ")).", concerns: pattern)
        }
    }
}
