import BenchmarkModel
import Containers
import Harness
import Yams

struct NamespacesRegistration: PlatformRegistration {
    private static let settings = SuiteKeys(
        name: "namespaces",
        keys: [
            SuiteKey(
                name: "parts", shape: .choices(["mount", "pid", "net", "uts", "ipc", "cgroup"]),
                description: "Only these parts of the isolation, to learn what each costs; [] for none. Default: all.")
        ])

    let key = SuiteKey(
        name: "namespaces", shape: .object(settings), description: "Bare kernel isolation: the second floor.")
    let bare: PlatformKind? = .namespaces

    func parse(_ node: Node, _ parser: SuiteParser) -> PlatformKind? {
        guard let keys = parser.mapping(node, NamespacesRegistration.settings) else { return nil }
        guard let list = keys["parts"] else { return .namespaces }
        guard case .sequence(let sequence) = list else {
            parser.fail(
                list, "parts: expected a list, found \(parser.describe(list))",
                "Write it as a list: [mount, pid], or [] for none.")
            return nil
        }
        var parts: [IsolationPart] = []
        for item in sequence {
            guard let word = parser.text(item, "parts") else { continue }
            guard let part = IsolationPart(rawValue: word) else {
                parser.fail(
                    item, "parts: '\(parser.printable(word))' is unknown", "Write mount, pid, net, uts, ipc or cgroup.")
                continue
            }
            if parts.contains(part) { parser.fail(item, "parts: '\(word)' is given twice", "Remove one of them.") }
            parts.append(part)
        }
        return .isolation(parts)
    }

    func holds(_ kind: PlatformKind) -> Bool {
        switch kind {
        case .namespaces, .isolation: true
        default: false
        }
    }

    func reach(_ spec: PlatformSpec) -> String { "commands run as root of this host, with all its capabilities" }

    func make(_ spec: PlatformSpec, with parts: PlatformParts) throws -> any Platform {
        var isolation = Set(IsolationPart.allCases)
        if case .isolation(let list) = spec.kind { isolation = Set(list) }
        return NamespacesPlatform(
            spec: spec, parts: isolation, cache: parts.cache, witness: parts.witness, groups: parts.environment.groups,
            network: parts.environment.network)
    }
}
