import BenchmarkModel
import Harness

/// Whether the host has what a suite's volumes name, before anything is started.
enum VolumeChecks {
    /// The volumes of the workloads that a plan measures.
    static func volumes(of suite: Suite, plan: Plan) -> [VolumeSpec] {
        measured(suite, plan).flatMap(\.volumes)
    }

    /// - Throws: ``TareError`` with the place of the key.
    static func check(_ document: SuiteDocument, plan: Plan) throws {
        for workload in measured(document.suite, plan) {
            try RunVolumes.check(workload.volumes) { volume, key in
                document.location(of: "workloads/\(workload.name)/volumes/\(volume.path)/\(key)")
            }
        }
    }

    private static func measured(_ suite: Suite, _ plan: Plan) -> [Workload] {
        let names = Set(plan.pairs.map(\.workload))
        return suite.workloads.filter { names.contains($0.name) }
    }
}
