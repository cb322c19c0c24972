package import BenchmarkModel

/// What plans are made from, for a program that makes them elsewhere: of each workload on each platform what a plan of it alone takes.
/// A mix is the sum of its workloads, each by its share; of fixed costs and of what is in use it is the most.
package struct PlanningFigures: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package var workload: String
        package var platform: String
        package var isContainer: Bool
        package var isGuest: Bool
        package var emulated: Bool
        package var caveats: [Caveat]
        /// Why it is not sized on any host; the figures are 0 then.
        package var refusal: CapacityPlan.Refusal?
        /// Memory of one more instance, in bytes.
        package var bytesEach: CapacityPlan.Range
        /// How much of it the kernel keeps for the CPUs of the measured host; nil where it is unknown.
        package var perCPUBytes: Double?
        /// What the platform costs by itself, in bytes.
        package var fixedBytes: Double
        /// CPU time of an idle instance, in seconds a second; nil where it is unknown.
        package var idleCPU: CapacityPlan.Range?
        /// What an instance takes of limited resources.
        package var takes: [Take]
        /// Whether that was measured.
        package var areTakesKnown: Bool
        /// How many instances were really running at the same time.
        package var measuredInstances: Int
    }

    /// CPUs of the measured host; nil where they are unknown.
    package var measuredCPUs: Int?
    /// For each workload all platforms, in one order.
    package var parts: [Part]
    /// Those of the parts, whose guests are allowed what they say.
    package var workloads: [Workload]
    package var runs: [String]

    /// - Throws: ``TareError`` as ``CapacityPlan/init(_:from:)``.
    package init(from analyses: [RunAnalysis]) throws {
        let measured = try CapacityPlan.Measured(analyses)
        measuredCPUs = measured.cpus
        runs = measured.runs
        let names = measured.cells.map(\.cell.workload).uniqued()
        parts = names.flatMap { name in measured.sources([CapacityPlan.Share(name, 1)]).map { Part($0, name) } }
        workloads = names.compactMap { name in measured.workloads.first { $0.name == name } }
    }
}

extension PlanningFigures.Part {
    fileprivate init(_ source: CapacityPlan.Source, _ workload: String) {
        self.init(
            workload: workload, platform: source.platform, isContainer: source.traits?.role == .container,
            isGuest: source.traits?.role == .guest, emulated: source.emulated, caveats: source.caveats,
            refusal: source.problem, bytesEach: source.bytesEach, perCPUBytes: source.perCPUBytes,
            fixedBytes: source.fixedBytes, idleCPU: source.idleCPU, takes: source.takes,
            areTakesKnown: source.withoutTakes.isEmpty, measuredInstances: source.measured)
    }
}
