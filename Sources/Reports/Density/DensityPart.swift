import Analysis
import BenchmarkModel

extension ExperimentPart {
    /// How many fit.
    static func density(_ analysis: RunAnalysis) -> ExperimentPart {
        let sections = DensitySection.section(analysis).map { [$0] } ?? []
        return ExperimentPart(answers: DensityAnswers.all(analysis.densities), sections: sections)
    }
}

enum DensitySection {
    /// nil where the suite asks for none.
    static func section(_ analysis: RunAnalysis) -> Document.Section? {
        let cells = analysis.densities
        guard let density = analysis.run.suite.density, !cells.isEmpty else { return nil }
        let table = Table.ofMetrics(
            cells,
            caption: "The largest N at which all are alive and ready at the same time; n is the number of ramps",
            extras: extras)
        var blocks: [Document.Block] = [.paragraph([.text(DensityCell.definition(density))]), .table(table)]
        let notes = notes(cells)
        if !notes.isEmpty { blocks.append(.list(notes)) }
        blocks += cells.map(\.cell.workload).uniqued().flatMap { workload in
            CurveFigure.figures(
                of: cells.filter { $0.cell.workload == workload && $0.answer != nil }, workload: workload
            ).map(Document.Block.figure)
        }
        if cells.contains(where: { $0.answer != nil }) {
            blocks += [
                .heading("The ramps"), .paragraph([.text(DensityCell.rampDefinition)]), .table(rampTable(cells)),
            ]
        }
        let title = "Density: how many fit in \(Format.bytes(density.budgetBytes))"
        return Document.Section(
            id: "density", title: title, blocks: blocks, summary: Document.Summary(heading: title, table: table))
    }

    private static var extras: [ExtraColumn<DensityCell>] {
        [
            ExtraColumn("difference", numeric: true, rank: 4) { [.text($0.prediction.map(difference) ?? "–")] },
            ExtraColumn("requested", numeric: true, rank: 5) { [.text($0.requestedBytes.map(Format.bytes) ?? "–")] },
            ExtraColumn("stopped by", rank: 0) { cell in
                // Where nothing counts, why it does not stands in its place.
                let reason = cell.ramps.first?.observation.verdictReasons.first
                return [.text(cell.answer?.cause.shortText ?? reason ?? "–")]
            },
        ]
    }

    private static func difference(_ prediction: DensityCell.Prediction) -> String {
        if prediction.isOtherQuestion { return "other cause" }
        let percent = prediction.difference * 100
        return percent == 0 ? "0 %" : "\(percent < 0 ? "-" : "+")\(Format.number(abs(percent))) %"
    }

    private static func notes(_ cells: [DensityCell]) -> [[Inline]] {
        cells.flatMap { cell -> [[Inline]] in
            let place = "\(cell.cell.workload) on \(cell.cell.platform)"
            if let why = cell.cell.impossible {
                return [[.text(Format.sentence("\(place) cannot be measured: \(why)"))]]
            }
            var notes: [String] = []
            if let answer = cell.answer {
                let held = Format.duration(Double(answer.heldNanoseconds))
                let guardian =
                    answer.enforcedBy.map { "The budget was enforced by \($0)" }
                    ?? "No control group enforced the budget; only the reserve guarded the host"
                notes.append("\(place): held for \(held). Liveness: \(answer.liveness). \(guardian)")
                if case .limit(let resource, _) = answer.cause {
                    notes.append(
                        "\(place) came to a limit, and not to the end of the budget: \(resource.remedy). "
                            + answer.cause.text)
                }
            }
            let threats = cell.observed.noise.map { "\($0.detector): \($0.text)" }
            for one in cell.ramps {
                let (observation, name) = (one.observation, "\(place), ramp \(one.ordinal)")
                // What the threats below say is not said twice.
                notes += observation.warnings.filter { !threats.contains($0) }.map { "\(name): \($0)" }
                if observation.verdict != .ok {
                    notes += observation.verdictReasons.map { "\(name) is \(observation.verdict.rawValue): \($0)" }
                }
            }
            notes += threats.uniqued().map { "\(place): \($0)" }
            return notes.map { [.text(Format.sentence($0))] }
        }
    }

    private static func rampTable(_ cells: [DensityCell]) -> Table {
        Table(
            caption: "Points of each cell's ramp",
            columns: [
                .init("cell", header: true), .init("N", numeric: true), .init("since the start", numeric: true),
                .init("startup, p50 of the batch", numeric: true), .init("p95 of the last 40", numeric: true),
                .init("used", numeric: true), .init("charged", numeric: true), .init("MemAvailable", numeric: true),
                .init("memory pressure", numeric: true), .init("CPU pressure", numeric: true),
            ],
            rows: cells.flatMap { cell in
                CurvePoint.dozen(cell.curve).map { point in
                    func bytes(_ bytes: Int64?) -> [Inline] {
                        [.text(bytes.map { Format.signedBytes(Double($0)) } ?? "–")]
                    }
                    func percent(_ percent: Double?) -> [Inline] {
                        [.text(percent.map { "\(Format.number($0)) %" } ?? "no PSI")]
                    }
                    return [
                        [.text(cell.cell.key)], [.text("\(point.instances)")],
                        [.text(Format.duration(Double(point.elapsedNanoseconds)))],
                        [.text(point.startupMedianNanoseconds.map(Format.duration) ?? "–")],
                        [.text(point.startupP95Nanoseconds.map(Format.duration) ?? "–")], bytes(point.usedBytes),
                        bytes(point.chargedBytes), bytes(point.availableBytes), percent(point.memoryPressurePercent),
                        percent(point.cpuPressurePercent),
                    ]
                }
            })
    }
}

extension DensityCell {
    static func definition(_ density: DensityExperiment) -> String {
        "Instances are added in batches until something stops the ramp, and then all are held. Within the budget: the growth of "
            + "the host's ledger over all instances is at most \(Format.bytes(density.budgetBytes)); at least "
            + "\(Format.bytes(density.reserveBytes)) of MemAvailable is never touched. The prediction is (budget - fixed "
            + "cost) / slope of the footprint measured in this run; it is compared where the budget was what stopped the ramp."
    }

    static let rampDefinition =
        "At most a dozen points of each ramp; the whole is in the JSON export. The p95 is that of the last 40 starts, over which "
        + "a limit on it is judged, once there are 20. Pressure is the share of the batch's time in "
        + "which all work waited for memory (full), or some work waited for a CPU (some)."
}
