import BenchmarkModel
import Statistics

extension CapacityPlan {
    /// Plans from the reports of one or more runs of one host. Of a cell that several runs measured, the latest sound one
    /// counts: a run that was cut short does not hide an earlier whole one.
    ///
    /// - Throws: ``TareError``: `notComparable` where the runs' hosts differ, `usage` where nothing was measured that is
    ///   asked for.
    public init(_ request: Request, from models: [ReportModel]) throws {
        try CapacityPlan.checkComparable(models.map(\.run))
        let latestFirst = models.sorted { $0.run.startedAt > $1.run.startedAt }
        var cells: [FootprintReport] = []
        let measured = latestFirst.flatMap(\.footprints)
        for cell in measured.filter(\.isSound) + measured.filter({ !$0.isSound })
        where !cells.contains(where: {
            $0.cell.workload == cell.cell.workload && $0.cell.platform == cell.cell.platform
        }) {
            cells.append(cell)
        }
        guard !cells.isEmpty else {
            throw TareError(
                .usage, "no footprint was measured in \(models.map(\.run.id).joined(separator: ", "))",
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
            request: request, rows: rows, statements: CapacityPlan.statements(request, rows, densities),
            runs: latestFirst.map(\.run.id))
    }

    /// The mix that is asked for, or each workload by itself.
    private static func mixes(_ request: Request, _ cells: [FootprintReport]) throws -> [[Share]] {
        let known = cells.map(\.cell.workload).uniqued()
        guard let mix = request.mix else { return known.map { [Share($0, 1)] } }
        for share in mix where !known.contains(share.workload) {
            throw TareError(
                .usage, "the mix names '\(share.workload)', of which no footprint was measured",
                remedy: "Measured are: \(known.joined(separator: ", ")).")
        }
        return [mix]
    }

    private static func platforms(of cells: [FootprintReport]) -> [String] {
        cells.filter { $0.platform?.kind.isolationParts == nil }.map(\.cell.platform).uniqued()
    }

    private static func checkComparable(_ runs: [Run]) throws {
        guard !runs.isEmpty else { throw TareError(.usage, "no run is named", remedy: "Name one with --run.") }
        for (index, run) in runs.enumerated() {
            for other in runs[(index + 1)...] {
                if let (fact, value) = disagreement(run.facts.facts, other.facts.facts) {
                    throw TareError(
                        .notComparable,
                        "the runs \(run.id) and \(other.id) are of hosts that differ in '\(fact.name)': \(fact.value) and \(value)",
                        remedy: "Plan from runs of one host.")
                }
                try checkPlatforms(run, other)
            }
        }
    }

    /// What is planned for a platform comes from one version of it.
    private static func checkPlatforms(_ run: Run, _ other: Run) throws {
        for record in run.platforms {
            guard let same = other.platforms.first(where: { $0.platform == record.platform }),
                let (fact, value) = disagreement(record.details, same.details)
            else { continue }
            throw TareError(
                .notComparable,
                "the runs \(run.id) and \(other.id) differ in '\(fact.name)' of the platform \(record.platform): "
                    + "\(fact.value) and \(value)",
                remedy: "Plan from runs of the same versions, or measure again.")
        }
    }

    /// The first fact that must agree and does not, with the other side's value; what one side lacks does not disagree.
    private static func disagreement(_ facts: [Fact], _ others: [Fact]) -> (fact: Fact, value: String)? {
        for fact in facts where fact.mustAgree {
            if let other = others.first(where: { $0.name == fact.name }), other.value != fact.value {
                return (fact, other.value)
            }
        }
        return nil
    }

    private static func statements(_ request: Request, _ rows: [Row], _ densities: [DensityReport]) -> [String] {
        var statements = [
            "Measured: the memory that one more idle instance costs the host's ledger, the fixed cost of a platform, and the "
                + "CPU time of an idle instance.",
            "Assumed: instances on the hosts to be planned cost what they cost on the measured host, and stay idle. CPU time and "
                + "memory under load are not in these figures.",
        ]
        if rows.contains(where: { $0.containersPerVM != nil && $0.refusal == nil }) {
            statements.append(
                "Mixed answer, measured: a virtual machine with one instance, and one more container on the host. Assumed: one "
                    + "more container costs the same inside a guest, the guest's memory is made large enough for its "
                    + "containers, and a container runtime in the guest costs nothing by itself.")
        }
        for density in densities where density.answer != nil {
            guard let prediction = density.prediction, !prediction.isOtherQuestion, let answer = density.answer else {
                continue
            }
            statements.append(
                "Checked: in \(Format.bytes(density.budgetBytes)) \(Format.instances(Double(answer.instances))) "
                    + "\(density.cell.workload) really ran on \(density.cell.platform), \(Format.instances(prediction.instances)) "
                    + "were predicted in the same way.")
        }
        if rows.contains(where: { $0.basis == .longExtrapolation }) {
            statements.append(
                "A long extrapolation goes beyond twice the measured number of instances: limits of the kernel (process ids, "
                    + "ports of a bridge, control groups) may come first and are not in these figures.")
        }
        return statements
    }
}
