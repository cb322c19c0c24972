package import BenchmarkModel

/// What a network adds to an instance: two workloads of one run that differ in nothing but their network, the one with and the other
/// without, on the same platform.
package struct NetworkCost: Sendable, Equatable {
    package var network: WorkloadNetwork
    /// The one with the network, and the one without.
    package var workload: String
    package var plain: String
    package var platform: String
    /// Where its instances run, in words: `under runc`.
    package var place: String
    /// Of warm starts, in nanoseconds; nil where one of the two has no sound figure.
    package var startup: CellDifference?
    /// Of the ledger's slopes, in bytes an instance.
    package var memory: CellDifference?
    /// What stands beside the figures of both sides.
    package var caveats: [Caveat]

    /// One for each pair and platform for which there is anything to say, in the order of the suite.
    package static func all(of analysis: RunAnalysis) -> [NetworkCost] {
        let suite = analysis.run.suite
        return suite.workloads.flatMap { workload -> [NetworkCost] in
            guard let plain = suite.workloads.first(where: { isPlain($0, of: workload) }) else { return [] }
            return suite.platforms.compactMap { NetworkCost(workload, over: plain.name, on: $0, analysis) }
        }
    }

    private static func isPlain(_ one: Workload, of other: Workload) -> Bool {
        guard other.network != .none else { return false }
        var same = other
        same.name = one.name
        same.network = .none
        return same == one
    }

    private init?(_ workload: Workload, over plain: String, on spec: PlatformSpec, _ analysis: RunAnalysis) {
        // Without a network of their own all share the run's anyway.
        guard workload.network != .host || spec.traits.hasOwnNetwork else { return nil }
        network = workload.network
        self.workload = workload.name
        self.plain = plain
        platform = spec.name
        place = spec.traits.place
        let pair = CostDifference(of: (workload.name, spec.name), minus: (plain, spec.name), analysis)
        startup = pair.startup
        memory = pair.memory
        caveats = pair.caveats.onceEach
        guard startup != nil || memory != nil else { return nil }
    }
}
