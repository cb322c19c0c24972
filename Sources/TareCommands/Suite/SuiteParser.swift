import BenchmarkModel
import LinuxSystem
import Yams

/// Collects errors with their places while a suite is read. Reading goes on after an error, so that all are told at once.
final class SuiteParser {
    let file: String
    let baseDirectory: String
    let kind: YAMLKind
    var errors: [TareError] = []
    var places: [String: TareError.Location] = [:]
    static let mostErrors = 20
    /// PATH_MAX of Linux: so many bytes with the closing NUL.
    static let pathLimit = 4_096
    /// So many are collected, of which the first in the order of the file are told: a file of nothing but mistakes must not
    /// cost more than one without.
    static let mostCollected = 200

    init(file: String, baseDirectory: String, kind: YAMLKind = .suite) {
        self.kind = kind
        self.file = file
        self.baseDirectory = baseDirectory
    }

    func location(_ node: Node) -> TareError.Location {
        TareError.Location(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    func fail(_ node: Node, _ message: @autoclosure () -> String, _ remedy: @autoclosure () -> String) {
        guard errors.count < SuiteParser.mostCollected else { return }
        errors.append(TareError(.usage, message(), remedy: remedy(), location: location(node)))
    }

    /// The values of a mapping whose keys are all known and given once; nil where it is none.
    func mapping(_ node: Node, _ keys: SuiteKeys) -> [String: Node]? {
        guard case .mapping(let mapping) = node else {
            fail(
                node, "\(keys.name): expected a mapping, found \(describe(node))",
                "Known keys: \(keys.names.joined(separator: ", ")).")
            return nil
        }
        var found: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string, case .scalar = key else {
                fail(key, "\(keys.name): a key must be a word", "Known keys: \(keys.names.joined(separator: ", ")).")
                continue
            }
            guard keys.names.contains(name) else {
                refuse(key, name, keys)
                continue
            }
            if found[name] != nil { fail(key, "\(keys.name): '\(name)' is given twice", "Remove one of them.") }
            found[name] = value
        }
        for key in keys.keys where key.required && found[key.name] == nil {
            fail(node, "\(keys.name): '\(key.name)' is missing", key.description)
        }
        if keys.exactlyOne, found.count != 1, mapping.count == found.count {
            fail(
                node, "\(keys.name): expected one key, found \(found.count)",
                "Give one of: \(keys.names.joined(separator: ", ")).")
        }
        return found
    }

    private func refuse(_ key: Node, _ name: String, _ keys: SuiteKeys) {
        guard errors.count < SuiteParser.mostCollected else { return }
        if keys.name == "platform", ["memory", "cpus", "deadline"].contains(name) {
            fail(
                key, "a platform cannot have its own '\(name)': a comparison of unequal allowances is refused",
                "Set '\(name)' on the workload or under 'defaults'; every platform gets the same.")
            return
        }
        if name == "network", PlatformRegistry.all.map(\.key.name).contains(keys.name) || keys.name == "platform" {
            fail(
                key, "a platform cannot have its own 'network': a comparison of unequal networks is refused",
                "Set 'network' on the workload or under 'defaults'; every platform gets the same.")
            return
        }
        let hint = SuiteParser.suggestion(for: name, among: keys.names)
        let known = keys.names.isEmpty ? "It has no keys." : "Known keys: \(keys.names.joined(separator: ", "))."
        fail(key, "\(keys.name): unknown key '\(printable(name))'", hint + known)
    }

    /// `Did you mean '...'? `, or nothing where no name is near.
    static func suggestion(for name: String, among names: [String]) -> String {
        let nearest = names.min { distance($0, name) < distance($1, name) }
        return nearest.flatMap { distance($0, name) <= 2 ? "Did you mean '\($0)'? " : nil } ?? ""
    }

    /// Levenshtein's distance, for suggestions.
    private static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.prefix(40)), Array(second.prefix(40)))
        var row = Array(0...second.count)
        for (line, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in second.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (character == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[second.count]
    }

    func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(printable(scalar.string))'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// A user's text as it may be printed: cut, and without control characters.
    func printable(_ text: String) -> String { text.printable }

    func items(_ node: Node?, _ what: String) -> [Node] {
        guard let node else { return [] }
        guard case .sequence(let sequence) = node else {
            fail(
                node, "\(what): expected a list, found \(describe(node))",
                "Write it as a list: [a, b], or one '- ' a line.")
            return []
        }
        if sequence.isEmpty { fail(node, "\(what): the list is empty", "Give at least one.") }
        return Array(sequence)
    }

    /// A text without control characters; line ends only where they are meant.
    func text(_ node: Node?, _ what: String, multiline: Bool = false) -> String? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node else {
            fail(node, "\(what): expected a text, found \(describe(node))", "Write a plain or quoted text.")
            return nil
        }
        for unit in scalar.string.unicodeScalars
        where unit.isControl && unit != "\t" && !(multiline && unit == "\n") {
            fail(node, "\(what): holds the control character U+\(String(unit.value, radix: 16))", "Remove it.")
            return nil
        }
        return scalar.string
    }

    /// A text that YAML itself reads as something else (`80`, `true`) is taken as it is written.
    func strings(_ node: Node?, _ what: String) -> [String] {
        items(node, what).compactMap { text($0, what, multiline: true) }
    }

    func name(_ node: Node?, _ what: String) -> String? {
        guard let node, let name = text(node, what) else { return nil }
        guard Names.isValid(name) else {
            fail(node, "\(what): '\(printable(name))' is no name", "A name is \(Names.rule).")
            return nil
        }
        return name
    }

    func integer(_ node: Node?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any,
            let number = Int(scalar.string)
        else {
            fail(
                node, "\(what): expected a whole number, found \(describe(node))",
                "Write a number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        guard range.contains(number) else {
            fail(
                node, "\(what): \(number) is out of range",
                "Write a number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    func boolean(_ node: Node?, _ what: String) -> Bool? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain, ["true", "false"].contains(scalar.string) else {
            fail(node, "\(what): expected true or false, found \(describe(node))", "Write true or false.")
            return nil
        }
        return scalar.string == "true"
    }

    /// A number with a unit.
    func quantity(_ node: Node?, _ what: String, units: [(String, Double)]) -> Double? {
        guard let node, let text = text(node, what) else { return nil }
        let names = units.map(\.0).joined(separator: ", ")
        for (unit, factor) in units.sorted(by: { $0.0.count > $1.0.count }) where text.hasSuffix(unit) {
            // As in the schema: digits, perhaps a point and digits, perhaps a space before the unit.
            let digits = HostFiles.trimmed(String(text.dropLast(unit.count)))
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, let number = Double(digits),
                parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
            else { break }
            return number * factor
        }
        fail(node, "\(what): expected a number with a unit, found \(describe(node))", "Units are \(names).")
        return nil
    }

    func absolutePath(_ node: Node?, _ what: String) -> String? {
        guard let node, let path = text(node, what) else { return nil }
        guard path.hasPrefix("/"), !path.pathParts.contains("..") else {
            fail(
                node, "\(what): '\(printable(path))' is no absolute path without '..'",
                "Write the path in the instance, from '/'.")
            return nil
        }
        guard path.utf8.count < SuiteParser.pathLimit else {
            fail(node, "\(what): a path of \(path.utf8.count) bytes is longer than any kernel takes", "Shorten it.")
            return nil
        }
        return path
    }

    /// A path on the host, relative to the suite's folder.
    func hostPath(_ node: Node?, _ what: String) -> String? {
        guard let node, let path = text(node, what) else { return nil }
        guard !path.isEmpty, !path.pathParts.contains("..") else {
            fail(
                node, "\(what): '\(printable(path))' holds '..' or is empty",
                "Write an absolute path, or one below the suite's folder.")
            return nil
        }
        return path.hasPrefix("/") ? path : "\(baseDirectory)/\(path)"
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may take it for a command: those of C1 (U+0080 to U+009F) begin one as escape sequences do.
    var isControl: Bool { value < 32 || (127..<160).contains(value) }
}

extension String {
    /// As it may be printed: cut, and without control characters.
    var printable: String {
        let cut = unicodeScalars.prefix(60).map { $0.isControl ? "?" : String($0) }.joined()
        return unicodeScalars.count > 60 ? cut + "..." : cut
    }
}
