import BenchmarkModel

extension CapacityPlan {
    /// What runs of one host measured that a plan needs.
    struct Measured {
        /// One for each workload and platform.
        var cells: [FootprintCell]
        var densities: [DensityCell]
        var workloads: [Workload]
        /// CPUs of the host; nil where they are unknown.
        var cpus: Int?
        /// The runs, the latest first.
        var runs: [String]

        /// - Throws: as ``CapacityPlan/init(_:from:)``.
        init(_ analyses: [RunAnalysis]) throws {
            guard !analyses.isEmpty else { throw TareError(.usage, "no run is named", remedy: "Name one with --run.") }
            try Comparability.check(analyses.map(\.run), purpose: "Plan from")
            let latestFirst = analyses.sorted { $0.run.startedAt > $1.run.startedAt }
            cells = Measured.latest(latestFirst.flatMap(\.footprints))
            guard !cells.isEmpty else {
                throw TareError(
                    .usage, "no footprint was measured in \(analyses.map(\.run.id).joined(separator: ", "))",
                    remedy:
                        "Run a suite with 'experiments: {footprint: {}}', for example Benchmarks/suites/footprint.yaml."
                )
            }
            densities = latestFirst.flatMap(\.densities)
            workloads = latestFirst.flatMap(\.run.suite.workloads)
            cpus = latestFirst.compactMap { $0.run.facts["CPUs online"].flatMap { Int($0) } }.first
            runs = latestFirst.map(\.run.id)
        }

        /// One for each platform that is not a part of another.
        func sources(_ mix: [Share], toleratesUnknownMemory: Bool = false) -> [Source] {
            cells.filter { $0.traits?.parts == nil }.map(\.cell.platform).uniqued().map {
                Source(mix, $0, cells, densities, toleratesUnknownMemory: toleratesUnknownMemory)
            }
        }

        /// One cell for each workload and platform: the first sound one, or else the first.
        private static func latest(_ measured: [FootprintCell]) -> [FootprintCell] {
            var cells: [FootprintCell] = []
            for cell in measured.filter(\.isSound) + measured.filter({ !$0.isSound })
            where !cells.contains(where: {
                $0.cell.workload == cell.cell.workload && $0.cell.platform == cell.cell.platform
            }) {
                cells.append(cell)
            }
            return cells
        }
    }
}
