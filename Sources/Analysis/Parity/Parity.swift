package import BenchmarkModel

/// What the worlds of one workload have in common, and in what they differ.
package struct Parity: Sendable, Equatable {
    /// A fact of which not all platforms say the same.
    package struct Difference: Sendable, Equatable {
        /// The name of the fact.
        package var name: String
        /// By platform; none where that platform does not have it.
        package var values: [String: String]
        /// Why it is so, where the isolation itself makes it so.
        package var inherent: [InherentDifference]
        /// The platforms that see something else than most of those which should see the same, and what those see.
        package var elsewhere: [String: [String?]]

        /// Whether the isolation explains all of it.
        package var isInherent: Bool { elsewhere.isEmpty && !isCount }
        /// Whether it is a number of CPUs, which no isolation explains: it changes what is measured.
        package var isCount: Bool { name == WorldFacts.cpusOnline || name == WorldFacts.cpusByAffinity }
    }

    /// A platform whose world is not known.
    package struct Unknown: Sendable, Equatable {
        package var platform: String
        package var reason: String
    }

    package var workload: String
    /// Whose worlds are known, in the order of the suite.
    package var platforms: [String]
    package var unknown: [Unknown]
    /// In the order of the facts.
    package var differences: [Difference]
    /// What is the same everywhere.
    package var common: [Fact]

    /// One for each workload of which any world is on record, in the order of the suite.
    package static func all(of run: Run) -> [Parity] {
        run.suite.workloads.compactMap { workload in
            let mine = run.suite.platforms.compactMap { spec in
                run.worlds.last { $0.workload == workload.name && $0.platform == spec.name }.map { (spec, $0) }
            }
            return mine.isEmpty ? nil : Parity(workload, mine)
        }
    }

    private init(_ workload: Workload, _ worlds: [(spec: PlatformSpec, world: ObservedWorld)]) {
        self.workload = workload.name
        let volumes = workload.volumeFacts
        let known = worlds.filter { $0.world.failure == nil }
        platforms = known.map(\.spec.name)
        unknown = worlds.compactMap { one in
            one.world.failure.map { Unknown(platform: one.spec.name, reason: $0) }
        }
        let values = known.map { one in
            (one.spec, Dictionary(one.world.facts.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
        }
        differences = []
        common = []
        for name in known.flatMap({ $0.world.facts.map(\.name) }).uniqued() {
            let seen = values.map { (spec: $0.0, value: $0.1[name]) }
            if let first = seen.first?.value, seen.allSatisfy({ $0.value == first }) {
                common.append(Fact(name, first))
            } else {
                differences.append(Parity.difference(name, seen, volumes: volumes))
            }
        }
        // Those that only one of two platforms begins with come where the other has them.
        let order = WorldOrder(known.map(\.world))
        differences.sort { order.isBefore($0.name, $1.name) }
    }

    private static func difference(
        _ name: String, _ seen: [(spec: PlatformSpec, value: String?)], volumes: Set<String>
    ) -> Difference {
        let grounds = InherentDifference.all.filter { $0.concerns(name, volumes: volumes) }
        let sides = Dictionary(grouping: seen) { one in grounds.map { $0.ground.side(of: one.spec) } }
        var elsewhere: [String: [String?]] = [:]
        for members in sides.values {
            let counts = Dictionary(grouping: members, by: \.value).mapValues(\.count)
            guard counts.count > 1, let most = counts.values.max() else { continue }
            let usual = counts.filter { $0.value == most }.map(\.key)
            // Where no value is the most common one, nobody can say who deviates.
            for member in members where usual.count > 1 || member.value != usual[0] {
                elsewhere[member.spec.name] = usual.filter { $0 != member.value }.sorted { ($0 ?? "") < ($1 ?? "") }
            }
        }
        // A ground that puts all on one side explains nothing.
        let telling = grounds.filter { one in
            Set(seen.map { one.ground.side(of: $0.spec) }).count > 1
        }
        return Difference(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: seen.compactMap { one in
                    one.value.map { (one.spec.name, $0) }
                }), inherent: telling, elsewhere: elsewhere)
    }

    /// What of the list of inherent differences this workload shows, each with the names of the facts, in the order of the list.
    package var inherent: [(difference: InherentDifference, facts: [String])] {
        InherentDifference.all.compactMap { one in
            let facts = differences.filter { $0.inherent.contains(one) }.map(\.name)
            return facts.isEmpty ? nil : (one, facts)
        }
    }
}

/// Facts in the order in which worlds tell them, things of which there are many last.
private struct WorldOrder {
    private var places: [String: Int] = [:]

    init(_ worlds: [ObservedWorld]) {
        for world in worlds {
            for (place, fact) in world.facts.enumerated() {
                places[fact.name] = max(places[fact.name] ?? 0, place)
            }
        }
    }

    func isBefore(_ first: String, _ second: String) -> Bool { key(first) < key(second) }

    private func key(_ name: String) -> (Int, Int, String) {
        guard let (kind, item) = WorldFacts.Kind.split(name) else { return (0, places[name] ?? 0, name) }
        return (1 + (WorldFacts.Kind.allCases.firstIndex(of: kind) ?? 0), 0, item)
    }
}
