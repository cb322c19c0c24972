import Analysis
import BenchmarkModel

/// What a workload sees on a platform; see the head of `JSONExport.swift`.
struct WorldDocument: Encodable {
    struct FactPart: Encodable { var name, value: String }

    var workload, platform: String
    var failure: String?
    var facts: [FactPart]

    init(_ world: ObservedWorld) {
        workload = world.workload
        platform = world.platform
        failure = world.failure
        facts = world.facts.map { FactPart(name: $0.name, value: $0.value) }
    }
}

/// In what the worlds of a workload differ; see the head of `JSONExport.swift`.
struct DifferenceDocument: Encodable {
    var workload, fact: String
    var inherent: String?
    var deviating: [String]
    var values: [String: String]

    static func all(in parity: Parity) -> [DifferenceDocument] {
        parity.differences.map { difference in
            DifferenceDocument(
                workload: parity.workload, fact: difference.name, inherent: difference.inherent.first?.reason,
                deviating: parity.platforms.filter { difference.elsewhere[$0] != nil }, values: difference.values)
        }
    }
}
