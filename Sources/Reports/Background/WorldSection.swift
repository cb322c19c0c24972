import Analysis
import BenchmarkModel

extension Background {
    /// What each workload sees on each platform, as the witness told it from inside.
    static func worldSection(_ analysis: RunAnalysis) -> Document.Section {
        let id = "world"
        let title = "What a workload sees"
        guard !analysis.parities.isEmpty else {
            let words =
                "It was not observed in this run: whether the sides differ in more than the isolation cannot be told from it."
            return Document.Section(id: id, title: title, blocks: [.paragraph([.text(words)])])
        }
        var blocks: [Document.Block] = [.paragraph([.text(definition)])]
        for group in alike(analysis.parities) {
            let names = Format.enumeration(group.map(\.workload))
            guard let one = group.first else { continue }
            if analysis.parities.count > 1 { blocks.append(.heading(names)) }
            blocks += WorldTables.blocks(one, names: names)
        }
        return Document.Section(id: id, title: title, blocks: blocks)
    }

    private static let definition =
        "Before anything was measured, each workload was started once on each platform up to the moment in which its command "
        + "would have been executed, and the witness told what the command would have seen. What the isolation itself makes "
        + "different is listed with its reason; any other difference is marked, here and beside each figure of the platform "
        + "that deviates from most of the others."

    /// Workloads of which the same is to be said, together.
    private static func alike(_ parities: [Parity]) -> [[Parity]] {
        var groups: [[Parity]] = []
        for parity in parities {
            let place = groups.firstIndex { group in
                var first = group.first
                first?.workload = parity.workload
                return first == parity
            }
            if let place { groups[place].append(parity) } else { groups.append([parity]) }
        }
        return groups
    }
}

enum WorldTables {
    /// Of one kind of thing so many rows are shown; the export has them all.
    private static let mostOfOneKind = 12
    /// The most that is shown of a value.
    private static let longestValue = 200

    static func blocks(_ parity: Parity, names: String) -> [Document.Block] {
        var blocks: [Document.Block] = parity.unknown.map {
            .paragraph([.text("What \(names) sees on \($0.platform) is not known: \(Format.sentence($0.reason))")])
        }
        if parity.platforms.count > 1 {
            if parity.differences.isEmpty {
                blocks.append(
                    .paragraph([.text("\(names) sees the same on \(Format.enumeration(parity.platforms)).")]))
            } else {
                blocks.append(.table(differences(parity, names: names)))
            }
            if !parity.inherent.isEmpty {
                blocks.append(.list(parity.inherent.map(words)))
            }
        }
        if !parity.common.isEmpty { blocks.append(.table(common(parity, names: names))) }
        return blocks
    }

    private static func differences(_ parity: Parity, names: String) -> Table {
        var shown: [Parity.Difference] = []
        var counts: [WorldFacts.Kind: Int] = [:]
        for difference in parity.differences {
            if let kind = WorldFacts.Kind.split(difference.name)?.kind {
                counts[kind, default: 0] += 1
                if counts[kind, default: 0] > mostOfOneKind { continue }
            }
            shown.append(difference)
        }
        let rest = WorldFacts.Kind.allCases.compactMap { kind -> String? in
            let more = (counts[kind] ?? 0) - mostOfOneKind
            return more > 0 ? "\(more) more of the kind '\(kind.rawValue)'" : nil
        }
        let more = rest.isEmpty ? "" : " (\(Format.enumeration(rest)) in the JSON export)"
        return Table(
            caption: "In what the worlds of \(names) differ\(more)",
            columns: [.init("fact", header: true)] + parity.platforms.map { Table.Column($0) },
            rows: merged(shown).map { group in
                let one = group[0]
                let shared = shared(one, parity)
                return [[.text(name(of: group))]]
                    + parity.platforms.map { platform in
                        value(one.values[platform], besides: shared) + marks(one, on: platform)
                    }
            })
    }

    /// Neighbours of which every platform says the same, together.
    private static func merged(_ differences: [Parity.Difference]) -> [[Parity.Difference]] {
        var groups: [[Parity.Difference]] = []
        for difference in differences {
            if let last = groups.last?.last, last.values == difference.values, last.elsewhere == difference.elsewhere,
                !difference.isCount
            {
                groups[groups.count - 1].append(difference)
            } else {
                groups.append([difference])
            }
        }
        return groups
    }

    private static func name(of group: [Parity.Difference]) -> String {
        group.count <= 2 ? Format.enumeration(group.map(\.name)) : "\(group[0].name) and \(group.count - 1) alike"
    }

    /// What all platforms have of a set of capabilities, which is too long to be shown again and again; empty for other facts.
    private static func shared(_ difference: Parity.Difference, _ parity: Parity) -> Set<Substring> {
        guard WorldFacts.capabilitySets.values.contains(difference.name) else { return [] }
        let sets = parity.platforms.map { Set((difference.values[$0] ?? "").split(separator: " ")) }
        return sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
    }

    private static func value(_ value: String?, besides shared: Set<Substring>) -> [Inline] {
        guard let value else { return .unknown }
        guard !shared.isEmpty else { return [.text(short(value))] }
        let more = value.split(separator: " ").filter { !shared.contains($0) }
        guard !more.isEmpty else { return [.text("the \(shared.count) that all have")] }
        return [.text("\(more.count) more: \(short(more.joined(separator: " ")))")]
    }

    private static func marks(_ difference: Parity.Difference, on platform: String) -> [Inline] {
        if difference.isCount { return [.text(" "), .mark("differs")] }
        return difference.elsewhere[platform] == nil ? [] : [.text(" "), .mark("unequal")]
    }

    private static func common(_ parity: Parity, names: String) -> Table {
        let whole = parity.platforms.count > 1 ? "the same everywhere" : "seen on \(parity.platforms[0])"
        return Table(
            caption: "\(Format.count(parity.common.count, "fact")) \(whole): \(names)",
            columns: [.init("fact", header: true), .init("value")],
            rows: parity.common.map { [[.text($0.name)], [.text(short($0.value))]] }, isFolded: true)
    }

    /// An inherent difference with the facts that show it.
    private static func words(_ inherent: (difference: InherentDifference, facts: [String])) -> [Inline] {
        let named = inherent.facts.prefix(4)
        let rest = inherent.facts.count - named.count
        let names = Format.enumeration(named + (rest > 0 ? ["\(rest) more"] : []))
        return [.strong("Inherent, \(names)"), .text(": \(Format.sentence(inherent.difference.reason))")]
    }

    private static func short(_ value: String) -> String {
        value.count > longestValue ? value.prefix(longestValue) + "..." : value.isEmpty ? "empty" : value
    }
}
