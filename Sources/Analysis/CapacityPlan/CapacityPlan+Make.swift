import BenchmarkModel

extension CapacityPlan {
    /// Plans from the analyses of one or more runs of one host. Of a cell that several runs measured, the latest sound one
    /// counts: a run that was cut short does not hide an earlier whole one.
    ///
    /// - Throws: ``TareError``: `notComparable` where the runs' hosts differ, `usage` where nothing was measured that is
    ///   asked for.
    package init(_ request: Request, from analyses: [RunAnalysis]) throws {
        guard !analyses.isEmpty else { throw TareError(.usage, "no run is named", remedy: "Name one with --run.") }
        try Comparability.check(analyses.map(\.run), purpose: "Plan from")
        let latestFirst = analyses.sorted { $0.run.startedAt > $1.run.startedAt }
        var cells: [FootprintCell] = []
        let measured = latestFirst.flatMap(\.footprints)
        for cell in measured.filter(\.isSound) + measured.filter({ !$0.isSound })
        where !cells.contains(where: {
            $0.cell.workload == cell.cell.workload && $0.cell.platform == cell.cell.platform
        }) {
            cells.append(cell)
        }
        guard !cells.isEmpty else {
            throw TareError(
                .usage, "no footprint was measured in \(analyses.map(\.run.id).joined(separator: ", "))",
                remedy: "Run a suite with 'experiments: {footprint: {}}', for example Benchmarks/suites/footprint.yaml."
            )
        }
        let densities = latestFirst.flatMap(\.densities)
        let mixes = try CapacityPlan.mixes(request, cells)
        var rows: [Row] = []
        for mix in mixes {
            let sources = CapacityPlan.platforms(of: cells).map { Source(mix, $0, cells, densities) }
            rows += sources.map { $0.row(request) }
            rows += CapacityPlan.mixed(request, sources)
        }
        self.init(
            request: request, rows: rows, statements: CapacityPlan.statements(rows, densities),
            runs: latestFirst.map(\.run.id))
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

    private static func platforms(of cells: [FootprintCell]) -> [String] {
        cells.filter { $0.traits?.parts == nil }.map(\.cell.platform).uniqued()
    }

    private static func statements(_ rows: [Row], _ densities: [DensityCell]) -> [Statement] {
        var statements: [Statement] = [.measured, .assumed]
        if rows.contains(where: { $0.containersPerVM != nil && $0.refusal == nil }) {
            statements.append(.mixedAssumption)
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
        return statements
    }
}
