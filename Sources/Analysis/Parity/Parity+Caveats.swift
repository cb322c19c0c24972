package import BenchmarkModel

extension Parity {
    /// The most that stand beside a figure one by one; the rest is counted, and told in full where the worlds are.
    static let mostCaveats = 3
    /// The most of one kind that are named.
    private static let mostNamed = 2

    /// What stands beside every figure of the workload on a platform.
    package func caveats(on platform: String) -> [Caveat] {
        guard platforms.contains(platform) else { return [] }
        var words: [String] = []
        let mine = differences.filter { $0.elsewhere[platform] != nil && !$0.isCount }
        let plain = mine.filter { WorldFacts.Kind.split($0.name) == nil && !Parity.capabilities.contains($0.name) }
        words += plain.map { Parity.words($0, on: platform) }
        if let set = mine.first(where: { Parity.capabilities.contains($0.name) }) {
            words.append(Parity.capabilityWords(set, on: platform))
        }
        for kind in WorldFacts.Kind.allCases {
            let items = mine.filter { WorldFacts.Kind.split($0.name)?.kind == kind }
            if items.count > Parity.mostNamed {
                words.append("\(items.count) \(kind.plural)")
            } else {
                words += items.map { Parity.itemWords($0, on: platform) }
            }
        }
        if words.count > Parity.mostCaveats {
            let rest = words.count - Parity.mostCaveats + 1
            words = words.prefix(Parity.mostCaveats - 1) + ["\(rest) more"]
        }
        return cpuCaveats(on: platform) + words.map(Caveat.unequal)
    }

    private static let capabilities = Set(WorldFacts.capabilitySets.values)

    /// On every side, wherever sides differ in it: it changes what is measured.
    private func cpuCaveats(on platform: String) -> [Caveat] {
        func seen(_ name: String) -> [String: String]? { differences.first { $0.name == name }?.values }
        let (online, affinity) = (seen(WorldFacts.cpusOnline), seen(WorldFacts.cpusByAffinity))
        func count(_ values: [String: String]?) -> Int? { values?[platform].flatMap { Int($0) } }
        guard let first = count(online) else { return count(affinity).map { [.sees(cpus: $0)] } ?? [] }
        guard let second = count(affinity), second != first else { return [.sees(cpus: first)] }
        return [.sees(cpus: first), .unequal("\(second) CPU\(second == 1 ? "" : "s") by affinity")]
    }

    /// `open files 20000, elsewhere 1024:4096`, `CPU limit seen: none, elsewhere 1 CPU`.
    private static func words(_ difference: Difference, on platform: String) -> String {
        let others = (difference.elsewhere[platform] ?? []).prefix(mostNamed).map(short)
        let own = short(difference.values[platform])
        return "\(difference.name)\(own == nothing ? ":" : "") \(own), elsewhere \(others.joined(separator: " or "))"
    }

    /// `capabilities +sys_admin -net_raw`.
    private static func capabilityWords(_ difference: Difference, on platform: String) -> String {
        func names(_ value: String??) -> Set<Substring> {
            Set((value ?? nil).map { $0 == "none" ? [] : $0.split(separator: " ") } ?? [])
        }
        let own = names(difference.values[platform])
        let usual = names(difference.elsewhere[platform]?.first)
        let (more, less) = (own.subtracting(usual).sorted(), usual.subtracting(own).sorted())
        guard more.count + less.count > mostCaveats else {
            return "capabilities " + (more.map { "+\($0)" } + less.map { "-\($0)" }).joined(separator: " ")
        }
        let counts = [(more.count, "more"), (less.count, "fewer")].filter { $0.0 > 0 }
        return "capabilities, " + counts.map { "\($0.0) \($0.1)" }.joined(separator: " and ")
    }

    /// `no mount /proc`, `mount /dev/mqueue`, `other mount /sys`.
    private static func itemWords(_ difference: Difference, on platform: String) -> String {
        if difference.values[platform] == nil { return "no \(difference.name)" }
        let isNowhereElse = (difference.elsewhere[platform] ?? []).allSatisfy { $0 == nil }
        return isNowhereElse ? difference.name : "other \(difference.name)"
    }

    private static let nothing = "none"

    private static func short(_ value: String?) -> String {
        guard let value, value != "none seen" else { return nothing }
        return value.count > 40 ? value.prefix(38) + "..." : value
    }
}

extension WorldFacts.Kind {
    /// Several of them in words.
    package var plural: String {
        switch self {
        case .node: "nodes of /dev"
        case .mount: "mounts"
        case .variable: "variables"
        }
    }
}
