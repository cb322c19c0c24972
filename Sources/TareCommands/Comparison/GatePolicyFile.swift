import Analysis
import BenchmarkModel
import Yams

// A gate policy, as a repository keeps it: YAML, held to the JSON Schema that `tare gate --schema` prints.
//
//   effect        the change that counts, in percent of the base; default 10%
//   inconclusive  pass or fail: what becomes of the gate where something cannot be decided; default pass
//   cells         [pattern of a cell's key, ...] that matter; absent: all
//   metrics       [{ metric: pattern of an id, effect, cells, inconclusive }]: what is judged; the first that fits a figure holds for
//                 it. Absent: all headline metrics
//   bounds        [{ metric, cell: pattern, below or above: a value with a unit that fits the metric }], absolute, of the head
//
// Patterns have `*` for any number of characters, `/` included. Units are ns, us, ms, s, min; B, KiB, MiB, GiB; %; counts, ratios
// and the figures of tools have none.

/// Reads gate policies. What they hold stands at the head of this file.
enum GatePolicyFile {
    /// - Throws: ``TareError`` where the file cannot be read, ``SuiteErrors`` with the place of everything that is wrong in it.
    static func read(_ path: String) throws -> GatePolicyDocument {
        try parse(try SuiteReader.text(of: path, kind: .gatePolicy), file: path)
    }

    /// - Throws: ``SuiteErrors``.
    static func parse(_ text: String, file: String) throws -> GatePolicyDocument {
        let parser = SuiteParser(file: file, baseDirectory: "/", kind: .gatePolicy)
        guard let root = try SuiteReader.compose(text, parser), let document = parser.gatePolicy(root),
            parser.errors.isEmpty
        else { throw SuiteErrors(errors: SuiteReader.sorted(parser.errors)) }
        return document
    }

    /// The JSON Schema of gate policies.
    static func schema() -> String {
        SuiteSchema.json(
            .gatePolicy, title: "tare gate policy",
            description:
                "What 'tare gate' lets pass: which figures are judged, which change counts, and absolute bounds.")
    }
}

extension SuiteParser {
    fileprivate func gatePolicy(_ root: Node) -> GatePolicyDocument? {
        guard let keys = mapping(root, .gatePolicy) else { return nil }
        if keys.isEmpty { fail(root, "the gate policy says nothing", YAMLKind.gatePolicy.example) }
        var document = GatePolicyDocument(policy: GatePolicy(file: file))
        if let effect = effect(keys["effect"]) { document.policy.effect = effect }
        if let choice = inconclusive(keys["inconclusive"]) { document.policy.inconclusive = choice }
        for (pattern, location) in patterns(keys["cells"], "cells") {
            document.policy.cells.append(pattern)
            document.cells.append(location)
        }
        for node in items(keys["metrics"], "metrics") {
            guard let keys = mapping(node, .gateRule), let place = keys["metric"],
                let metric = pattern(place, "metric")
            else { continue }
            let cells = patterns(keys["cells"], "cells")
            document.policy.rules.append(
                GatePolicy.Rule(
                    metric: metric, cells: cells.map(\.pattern), effect: effect(keys["effect"]),
                    inconclusive: inconclusive(keys["inconclusive"])))
            document.rules.append(.init(metric: location(place), cells: cells.map(\.location)))
        }
        for node in items(keys["bounds"], "bounds") { bound(node, &document) }
        return document
    }

    private func bound(_ node: Node, _ document: inout GatePolicyDocument) {
        guard let keys = mapping(node, .gateBound) else { return }
        guard (keys["below"] == nil) != (keys["above"] == nil) else {
            return fail(
                node, "bound: expected one of 'below' and 'above'", "Give one of them, and two bounds for both.")
        }
        guard let place = keys["metric"], let metric = pattern(place, "metric"), let cellPlace = keys["cell"],
            let cell = pattern(cellPlace, "cell"), let valuePlace = keys["below"] ?? keys["above"],
            let value = GateValue(valuePlace, self)
        else { return }
        document.policy.bounds.append(
            GatePolicy.Bound(
                metric: metric, cell: cell, value: value.amount, isUpper: keys["below"] != nil, text: value.text))
        document.bounds.append(
            .init(
                metric: location(place), cell: location(cellPlace), value: location(valuePlace), kind: value.kind))
    }

    /// A share of the base, such as 0.1.
    private func effect(_ node: Node?) -> Double? {
        guard let node, let percent = quantity(node, "effect", units: [("%", 1)]) else { return nil }
        guard EffectShare.percents.contains(percent), percent > 0 else {
            fail(
                node, "effect: \(printable(node.string ?? "")) is out of range",
                "Write one above 0% and up to \(Int(EffectShare.percents.upperBound))%.")
            return nil
        }
        return percent / 100
    }

    private func inconclusive(_ node: Node?) -> GatePolicy.Inconclusive? {
        guard let node, let word = text(node, "inconclusive") else { return nil }
        if let choice = GatePolicy.Inconclusive(rawValue: word) { return choice }
        fail(node, "inconclusive: '\(printable(word))' is not known", "Write pass or fail.")
        return nil
    }

    private func pattern(_ node: Node, _ what: String) -> String? {
        guard let pattern = text(node, what) else { return nil }
        guard !pattern.isEmpty else {
            fail(node, "\(what): a pattern of nothing fits nothing", "Write '*' for all.")
            return nil
        }
        return pattern
    }

    private func patterns(_ node: Node?, _ what: String) -> [(pattern: String, location: TareError.Location)] {
        items(node, what).compactMap { node in pattern(node, what).map { ($0, location(node)) } }
    }
}

/// The value of a bound, with what its unit says it is of.
struct GateValue: Sendable, Equatable {
    enum Kind: String, Sendable {
        case time, memory, percent, plain

        /// The units in which a metric may be bounded.
        init?(symbol: String) {
            switch symbol {
            case "ns", "us", "ms", "s", "min": self = .time
            case "B", "KiB", "MiB", "GiB": self = .memory
            case "%": self = .percent
            case "": self = .plain
            default: return nil
            }
        }

        /// Whether a metric that is counted so may be bounded in it.
        func fits(_ unit: Metric.Unit) -> Bool {
            switch unit {
            case .nanoseconds: self == .time
            case .bytes: self == .memory
            case .count, .ratio, .other: self == .plain
            case .share, .cpuShare: self == .percent || self == .plain
            }
        }

        /// How a value of a metric is written.
        static func remedy(for unit: Metric.Unit) -> String {
            switch unit {
            case .nanoseconds: "Write a time, such as 400ms."
            case .bytes: "Write an amount of memory, such as 3MiB."
            case .count, .ratio: "Write a number without a unit."
            case .other(let unit): "Write a number of \(unit.printable) without the unit."
            case .share, .cpuShare: "Write a share, such as 5%."
            }
        }
    }

    static let pattern = "^[0-9]+(\\.[0-9]+)?\\s*(ns|us|ms|s|min|B|KiB|MiB|GiB|%)?$"
    private static let factors: [String: Double] = [
        "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 6e10, "B": 1, "KiB": 1_024, "MiB": 1_048_576,
        "GiB": 1_073_741_824, "%": 0.01, "": 1,
    ]

    /// In the unit of the metrics that it fits.
    var amount: Double
    var kind: Kind
    /// As it is written.
    var text: String

    fileprivate init?(_ node: Node, _ parser: SuiteParser) {
        guard let text = parser.text(node, "bound") else { return nil }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let symbol = String(text.dropFirst(digits.count).drop { $0 == " " })
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let number = Double(digits),
            let kind = Kind(symbol: symbol), let factor = GateValue.factors[symbol], (number * factor).isFinite
        else {
            parser.fail(
                node,
                "bound: expected a number from 0 on, with a unit where the metric has one, found "
                    + parser.describe(node), "Units are ns, us, ms, s, min; B, KiB, MiB, GiB; %.")
            return nil
        }
        amount = number * factor
        self.kind = kind
        self.text = text
    }
}

extension SuiteKeys {
    private static let percent = SuiteKey.Shape.pattern("^[0-9]+(\\.[0-9]+)?\\s*%$", example: "10%")
    private static let words = SuiteKey.Shape.choice(GatePolicy.Inconclusive.allCases.map(\.rawValue))
    private static let value = SuiteKey.Shape.either([.pattern(GateValue.pattern, example: "400ms"), .number])

    static let gatePolicy = SuiteKeys(
        name: "gate policy",
        keys: [
            SuiteKey(
                name: "effect", shape: percent,
                description: "The change that counts, in percent of the base, above 0% and up to 1000%. Default 10%."),
            SuiteKey(
                name: "inconclusive", shape: words,
                description: "What becomes of the gate where something cannot be decided. Default pass."),
            SuiteKey(
                name: "cells", shape: .strings,
                description: "Patterns of the keys of cells that matter, with * for any characters. Default: all."),
            SuiteKey(
                name: "metrics", shape: .list(.object(gateRule)),
                description: "What is judged; the first that fits a figure holds for it. Default: headline metrics."),
            SuiteKey(
                name: "bounds", shape: .list(.object(gateBound)), description: "Absolute bounds of the head's figures."),
        ], notEmpty: true)

    static let gateRule = SuiteKeys(
        name: "metrics",
        keys: [
            SuiteKey(
                name: "metric", shape: .string, required: true,
                description: "The metric's id, such as startup.median, or a pattern of ids."),
            SuiteKey(
                name: "effect", shape: percent, description: "The change that counts for it. Default: the policy's."),
            SuiteKey(name: "cells", shape: .strings, description: "Patterns of the cells in which. Default: all."),
            SuiteKey(
                name: "inconclusive", shape: words, description: "Where it cannot be decided. Default: the policy's."),
        ])

    static let gateBound = SuiteKeys(
        name: "bound",
        keys: [
            SuiteKey(
                name: "metric", shape: .string, required: true, description: "The metric's id, such as startup.p95."),
            SuiteKey(
                name: "cell", shape: .string, required: true,
                description: "A pattern of cells' keys, such as startup/nginx/runc/*."),
            SuiteKey(name: "below", shape: value, description: "The figure must be below this, such as 400ms."),
            SuiteKey(name: "above", shape: value, description: "The figure must be above this, such as 100."),
        ], oneOf: ["below", "above"])
}
