package import Analysis
import BenchmarkModel

// OpenMetrics text for GitLab's `artifacts:reports:metrics`. Families of gauges in alphabetical order, `# EOF` at the end.
//
//   tare_METRIC_UNIT{cell}          the head's figure: `tare_startup_median_seconds`. Units are seconds, bytes, ratio (a share
//                                   from 0 to 1, or a number of times), seconds_per_second; a count has none,
//                                   and that of a figure that a tool printed itself is written in letters, `events/s` as
//                                   `events_per_s`: it stands in the help as the suite writes it, and has no `# UNIT`
//   tare_effect_METRIC_ratio{cell}  head / base - 1; for what is near zero `tare_effect_METRIC_difference_UNIT`, head - base
//   tare_gate_checks{fate}          how many figures and bounds fail, are missing, are undecided or pass
//   tare_gate_exit_code             0, 3, 4 or 5
//
// Labels besides: `base`, the base's cell where one cell of each side is compared; `definition`, the version of the metric's
// definition from 2 on; `emulated`, where guests ran under software emulation. GitLab takes a name with its labels for one metric
// and compares the values as text with those of the target branch: so what may not be compared has another name, and values have
// three significant digits (the JSON holds all).
//
// GitLab reads lines as a shell would and takes all after a `#` for a comment, even within a label: there it is written as %23.

/// Writes what a gate says as OpenMetrics for GitLab. What it consists of stands at the head of this file.
package enum GitLabMetrics {
    package static func encode(_ result: GateResult) -> String {
        var families: [String: Family] = [:]
        for row in result.comparison.rows { families.add(row) }
        let fates: [(String, (GateStatement) -> Bool)] = [
            ("fails", { $0.kind == .failure }), ("missing", { $0.kind == .missing }),
            ("undecided", { $0.kind == .undecided }),
            ("passes", { $0.kind == .passing || $0.kind == .improvement }),
        ]
        for (fate, holds) in fates {
            families["tare_gate_checks", default: Family("figures and bounds that were judged")].add(
                [("fate", fate)], "\(result.statements.count(where: holds))")
        }
        families["tare_gate_exit_code"] = Family("exit code of the gate")
        families["tare_gate_exit_code"]?.add([], "\(result.outcome.exitCode)")
        let texts = families.sorted { $0.key < $1.key }.map { $1.text(named: $0) }
        return texts.joined() + "# EOF\n"
    }

    /// Samples of one name.
    fileprivate struct Family {
        var help: String
        var unit: String?
        var samples: [(labels: String, value: String)] = []

        init(_ help: String, unit: String? = nil) {
            self.help = help
            self.unit = unit
        }

        mutating func add(_ labels: [(name: String, value: String)], _ value: String) {
            let pairs = labels.map { "\($0.name)=\"\(GitLabMetrics.escaped($0.value, isLabel: true))\"" }
            samples.append((pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}", value))
        }

        func text(named name: String) -> String {
            var lines = ["# TYPE \(name) gauge"]
            if let unit { lines.append("# UNIT \(name) \(unit)") }
            lines.append("# HELP \(name) \(GitLabMetrics.escaped(help))")
            lines += samples.map { "\(name)\($0.labels) \($0.value)" }
            return lines.map { $0 + "\n" }.joined()
        }
    }

    fileprivate static func escaped(_ text: String, isLabel: Bool = false) -> String {
        let table: [Unicode.Scalar: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\r": "\\n"]
        let escaped = text.showingControls.replacingScalars(table)
        return isLabel ? escaped.replacingScalars(["#": "%23"]) : escaped
    }

    /// A part of a name: letters, digits and `_`.
    fileprivate static func name(_ id: String) -> String {
        String(String.UnicodeScalarView(id.lowercased().unicodeScalars.map { isOfName($0) ? $0 : "_" }))
    }

    /// A unit as a part of a name: `events/s` is `events_per_s`, `%` is `percent`.
    fileprivate static func name(ofUnit unit: String) -> String {
        let words: [Unicode.Scalar: String] = ["/": " per ", "%": " percent ", "\u{B5}": "u", "\u{3BC}": "u"]
        let parts = name(unit.replacingScalars(words)).split(separator: "_")
        return parts.isEmpty ? "other" : parts.joined(separator: "_")
    }

    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    /// Without an exponent, three significant digits.
    fileprivate static func number(_ value: Double) -> String? {
        value.isFinite ? FigureText.number(value) : nil
    }
}

extension Metric.Unit {
    /// The base unit of OpenMetrics, how many of it one is, and whether a `# UNIT` may be given.
    fileprivate var base: (name: String, size: Double, isUnit: Bool) {
        switch self {
        case .nanoseconds: ("seconds", 1e-9, true)
        case .bytes: ("bytes", 1, true)
        case .count: ("", 1, false)
        case .cpuShare: ("seconds_per_second", 1, false)
        case .share, .ratio: ("ratio", 1, true)
        case .other(let unit): (GitLabMetrics.name(ofUnit: unit), 1, false)
        }
    }

    /// What follows a help text, where the name cannot tell the unit.
    fileprivate var help: String {
        if case .other(let unit) = self { ", in \(unit)" } else { "" }
    }
}

extension [String: GitLabMetrics.Family] {
    /// The head's figure and the effect of a row, as far as there are any.
    fileprivate mutating func add(_ row: ComparedFigure) {
        guard let head = row.head else { return }
        let metric = row.metric
        let base = metric.unit.base
        let labels = row.labels(head)
        func suffixed(_ name: String, _ unit: String) -> String { unit.isEmpty ? name : "\(name)_\(unit)" }
        if let value = GitLabMetrics.number(head.estimate * base.size) {
            let name = suffixed("tare_\(GitLabMetrics.name(metric.id))", base.name)
            let family = GitLabMetrics.Family(
                "\(metric.title), \(metric.polarity.rawValue) is better\(metric.unit.help)",
                unit: base.isUnit ? base.name : nil)
            self[name, default: family].add(labels, value)
        }
        guard let effect = row.effect else { return }
        let stem = "tare_effect_\(GitLabMetrics.name(metric.id))"
        if let share = row.effectShare {
            guard let value = GitLabMetrics.number(share) else { return }
            let help = "effect on \(metric.title): head / base - 1"
            self["\(stem)_ratio", default: .init(help, unit: "ratio")].add(labels, value)
        } else if let value = GitLabMetrics.number(effect.value * base.size) {
            let help = "effect on \(metric.title): head - base\(metric.unit.help)"
            self[suffixed("\(stem)_difference", base.name), default: .init(help, unit: base.isUnit ? base.name : nil)]
                .add(labels, value)
        }
    }
}

extension ComparedFigure {
    fileprivate func labels(_ head: Figure) -> [(name: String, value: String)] {
        var labels = [(name: "cell", value: head.cell)]
        if let base, base.cell != head.cell { labels.append(("base", base.cell)) }
        if metric.definitionVersion > 1 { labels.append(("definition", "\(metric.definitionVersion)")) }
        if caveats.contains(Caveat.emulated.word) { labels.append(("emulated", "true")) }
        return labels
    }
}
