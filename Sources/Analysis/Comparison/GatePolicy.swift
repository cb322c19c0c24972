import BenchmarkModel

/// What a gate lets pass: read from a file, or the default.
package struct GatePolicy: Sendable, Equatable {
    /// What becomes of a gate where something is inconclusive.
    package enum Inconclusive: String, Sendable, CaseIterable {
        case pass
        case fail
    }

    /// Which figures are judged, and how.
    package struct Rule: Sendable, Equatable {
        /// A pattern of metric ids, such as `startup.median` or `startup.*`.
        package var metric: String
        /// Patterns of cell keys; all where it is empty.
        package var cells: [String]
        /// As a share of the base; that of the policy where it is nil.
        package var effect: Double?
        /// That of the policy where it is nil.
        package var inconclusive: Inconclusive?

        package init(metric: String, cells: [String] = [], effect: Double? = nil, inconclusive: Inconclusive? = nil) {
            self.metric = metric
            self.cells = cells
            self.effect = effect
            self.inconclusive = inconclusive
        }
    }

    /// A figure of the head that must not be above or below a value.
    package struct Bound: Sendable, Equatable {
        package var metric: String
        /// A pattern of cell keys that must match at least one cell.
        package var cell: String
        /// In the metric's unit.
        package var value: Double
        /// Whether figures must be below the value; else above.
        package var isUpper: Bool
        /// As it is written: `400ms`.
        package var text: String
        /// On which side of the value figures must be, in a word.
        package var must: String { isUpper ? "below" : "above" }

        package init(metric: String, cell: String, value: Double, isUpper: Bool, text: String) {
            self.metric = metric
            self.cell = cell
            self.value = value
            self.isUpper = isUpper
            self.text = text
        }
    }

    /// The effect that counts, as a share of the base.
    package var effect: Double
    package var inconclusive: Inconclusive
    /// The first that fits a figure holds for it. Empty: all headline metrics.
    package var rules: [Rule]
    /// Patterns of cell keys that matter; all where it is empty.
    package var cells: [String]
    package var bounds: [Bound]
    /// The file; nil for the default.
    package var file: String?

    package init(
        effect: Double = Comparison.defaultEffect, inconclusive: Inconclusive = .pass, rules: [Rule] = [],
        cells: [String] = [], bounds: [Bound] = [], file: String? = nil
    ) {
        self.effect = effect
        self.inconclusive = inconclusive
        self.rules = rules
        self.cells = cells
        self.bounds = bounds
        self.file = file
    }

    /// The rule that holds for a figure; nil where it is not judged.
    package func rule(for figure: Figure) -> Rule? {
        guard cells.isEmpty || cells.contains(where: { Pattern.matches($0, figure.cell) }) else { return nil }
        if rules.isEmpty { return figure.isHeadline ? Rule(metric: figure.metric.id) : nil }
        return rules.first { rule in
            Pattern.matches(rule.metric, figure.metric.id)
                && (rule.cells.isEmpty || rule.cells.contains { Pattern.matches($0, figure.cell) })
        }
    }
}

/// Patterns with `*` for any number of characters, `/` included.
package enum Pattern {
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == text }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
