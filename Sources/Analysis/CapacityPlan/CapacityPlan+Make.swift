import BenchmarkModel

extension CapacityPlan {
    /// Plans from the analyses of one or more runs of one host. Of a cell that several runs measured, the latest sound one
    /// counts: a run that was cut short does not hide an earlier whole one.
    ///
    /// - Throws: ``TareError``: `notComparable` where the runs' hosts differ, `usage` where nothing was measured that is
    ///   asked for.
    package init(_ request: Request, from analyses: [RunAnalysis]) throws {
        let measured = try Measured(analyses)
        let mixes = try CapacityPlan.mixes(request, measured.cells)
        var rows: [Row] = []
        var sized: [Source] = []
        for mix in mixes {
            let sources = measured.sources(mix, toleratesUnknownMemory: request.toleratesUnknownMemory)
            let own = sources.map { $0.row(request, measuredCPUs: measured.cpus) }
            rows += own
            rows += CapacityPlan.mixed(
                request, sources, measuredCPUs: measured.cpus, Allowance(mix, measured.workloads))
            sized += zip(sources, own).filter { $0.1.perHost != nil }.map(\.0)
        }
        self.init(
            request: request, rows: rows,
            statements: CapacityPlan.statements(
                request, rows, sized, measured.densities, measuredCPUs: measured.cpus),
            runs: measured.runs)
    }

    /// The mix that is asked for, or each workload by itself.
    private static func mixes(_ request: Request, _ cells: [FootprintCell]) throws -> [[Share]] {
        let known = cells.map(\.cell.workload).uniqued()
        guard let mix = request.mix else { return known.map { [Share($0, 1)] } }
        for share in mix where !known.contains(share.workload) {
            throw TareError(
                .usage, "the mix names '\(share.workload)', of which no footprint was measured",
                remedy: "Measured are: \(known.joined(separator: ", ")).")
        }
        return [mix]
    }

    private static func statements(
        _ request: Request, _ rows: [Row], _ sized: [Source], _ densities: [DensityCell], measuredCPUs: Int?
    ) -> [Statement] {
        var statements: [Statement] = [.measured, .assumed]
        if rows.contains(where: { $0.containersPerVM != nil && $0.refusal == nil }) {
            statements.append(.mixedAssumption)
        }
        if !sized.isEmpty { statements.append(.limits(request.limits)) }
        for source in sized {
            statements += source.withoutTakes.map { .limitsUnknown(workload: $0, platform: source.platform) }
            statements += source.withoutProcesses.map { .processAssumed(workload: $0, platform: source.platform) }
            statements += source.withoutMemory.map {
                .memoryUnknown(workload: $0.workload, platform: source.platform, $0.why)
            }
            statements += source.withoutCPU.map { .cpuUnknown(workload: $0, platform: source.platform) }
        }
        if let usable = request.limits.limits[.diskBytes] {
            statements += request.limits.diskBytes.map { [.disk(bytes: $0, usableBytes: usable.value)] } ?? []
        } else {
            statements.append(.noDisk)
        }
        if request.utilisation < 1 { statements.append(.utilisation(request.utilisation)) }
        let caveats = rows.flatMap(\.caveats).uniqued()
        statements += caveats.compactMap { caveat in
            if case .scaledPerCPU(let from, let to) = caveat { .scaledPerCPU(from: from, to: to) } else { nil }
        }
        if measuredCPUs != request.kernelCPUs {
            for source in sized {
                let unknown = measuredCPUs == nil ? source.mix.map(\.workload) : source.withoutPerCPU
                statements += unknown.map { .perCPUUnknown(workload: $0, platform: source.platform) }
            }
        }
        for density in densities {
            guard let answer = density.answer, let prediction = density.prediction, !prediction.isOtherQuestion else {
                continue
            }
            statements.append(
                .checked(
                    workload: density.cell.workload, platform: density.cell.platform, budgetBytes: density.budgetBytes,
                    found: answer.instances, predicted: prediction.instances))
        }
        if rows.contains(where: { $0.basis == .longExtrapolation }) { statements.append(.longExtrapolation) }
        return statements.uniqued()
    }
}
