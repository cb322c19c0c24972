import BenchmarkModel
import Statistics

extension ReportModel {
    /// The section of the density experiment; nil where the suite asks for none.
    func densitySection() -> Document.Section? {
        guard let density = run.suite.density, !densities.isEmpty else { return nil }
        var blocks: [Document.Block] = [
            .paragraph([.text(DensityReport.definition(density))]), .table(densityTable()),
        ]
        let notes = densityNotes()
        if !notes.isEmpty { blocks.append(.list(notes)) }
        blocks += densities.map(\.cell.workload).uniqued().compactMap { workload in
            curve(of: densities.filter { $0.cell.workload == workload && $0.answer != nil }, workload: workload)
                .map(Document.Block.figure)
        }
        if densities.contains(where: { $0.answer != nil }) {
            blocks += [
                .heading("The ramps"), .paragraph([.text(DensityReport.rampDefinition)]), .table(rampTable()),
            ]
        }
        return Document.Section(
            id: "density", title: "Density: how many fit in \(Format.bytes(density.budgetBytes))", blocks: blocks)
    }

    private func densityTable() -> Table {
        Table(
            caption: "The largest N at which all are alive and ready at the same time; n is the number of ramps",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("n", numeric: true),
                .init("failed", numeric: true), .init("invalid", numeric: true),
                .init("N (least to most)", numeric: true),
                .init("stopped by"), .init("predicted N [95 % interval]", numeric: true),
                .init("difference", numeric: true),
                .init("requested", numeric: true), .init("used", numeric: true), .init("ramp", numeric: true),
                .init("teardown", numeric: true),
            ],
            rows: densities.map { cell in
                let name = [Inline.text(cell.cell.platform)].marked(
                    cell.cell.impossible == nil ? cell.marks : ["impossible"])
                let counts: [[Inline]] = [
                    [.text("\(cell.ok) of \(cell.planned)")], [.text("\(cell.failed)")], [.text("\(cell.invalid)")],
                ]
                guard let answer = cell.answer else {
                    return [[.text(cell.cell.workload)], name] + counts + Array(repeating: [.text("–")], count: 8)
                }
                var found: [Inline] = [
                    .strong((cell.isAtLeast ? "at least " : "") + Format.instances(Double(answer.instances)))
                ]
                if let range = cell.range, cell.ok > 1 {
                    found.append(.text(" (\(range.lowerBound) to \(range.upperBound))"))
                }
                let memory = run.suite.workloads.first { $0.name == cell.cell.workload }?.memoryBytes ?? 0
                return [[.text(cell.cell.workload)], name] + counts + [
                    found, [.text(answer.cause.text)], [.text(cell.prediction.map(Self.predicted) ?? "not measured")],
                    [.text(cell.prediction.map(Self.difference) ?? "–")],
                    [.text(Format.bytes(memory * UInt64(answer.instances)))],
                    [.text(answer.used.map { Format.signedBytes(Double($0)) } ?? "–")],
                    [.text(Format.duration(Double(answer.rampNanoseconds)))],
                    [.text(Format.duration(Double(answer.teardownNanoseconds)))],
                ]
            })
    }

    private static func predicted(_ prediction: DensityReport.Prediction) -> String {
        var text = Format.instances(prediction.instances)
        if let interval = prediction.interval {
            text += " [\(Format.instances(interval.lower)) to \(Format.instances(interval.upper))]"
        }
        return text
    }

    private static func difference(_ prediction: DensityReport.Prediction) -> String {
        if prediction.isOtherQuestion { return "other cause" }
        let percent = prediction.difference * 100
        return percent == 0 ? "0 %" : "\(percent < 0 ? "-" : "+")\(Format.number(abs(percent))) %"
    }

    private func densityNotes() -> [[Inline]] {
        densities.flatMap { cell -> [[Inline]] in
            let place = "\(cell.cell.workload) on \(cell.cell.platform)"
            if let why = cell.cell.impossible {
                return [[.text(ReportModel.sentence("\(place) cannot be measured: \(why)"))]]
            }
            var notes: [String] = []
            if let answer = cell.answer {
                let held = Format.duration(Double(answer.heldNanoseconds))
                let guardian =
                    answer.enforcedBy.map { "The budget was enforced by \($0)" }
                    ?? "No control group enforced the budget; only the reserve guarded the host"
                notes.append("\(place): held for \(held). Liveness: \(answer.liveness). \(guardian)")
            }
            for ramp in cell.ramps {
                notes += ramp.warnings.map { "\(place), ramp \(ramp.number): \($0)" }
                if ramp.outcome != .ok {
                    notes += ramp.reasons.map { "\(place), ramp \(ramp.number) is \(ramp.outcome.rawValue): \($0)" }
                }
            }
            return notes.map { [.text(ReportModel.sentence($0))] }
        }
    }

    private func rampTable() -> Table {
        Table(
            caption: "Points of each cell's ramp",
            columns: [
                .init("cell", header: true), .init("N", numeric: true), .init("since the start", numeric: true),
                .init("startup, p50 of the batch", numeric: true), .init("p95", numeric: true),
                .init("used", numeric: true), .init("charged", numeric: true), .init("MemAvailable", numeric: true),
                .init("memory pressure", numeric: true), .init("CPU pressure", numeric: true),
            ],
            rows: densities.flatMap { cell -> [[[Inline]]] in
                guard let ramp = cell.answer else { return [] }
                return DensityReport.shown(ramp.points).map { point in
                    let startups = Quantiles(point.startupsNanoseconds.map { Double($0) })
                    return [
                        [.text(cell.cell.key)], [.text("\(point.instances)")],
                        [.text(Format.duration(Double(point.elapsedNanoseconds)))],
                        [.text(startups.map { Format.duration($0.median) } ?? "–")],
                        [.text(startups.map { Format.duration($0.quantile(0.95)) } ?? "–")],
                        [.text(ramp.used(at: point).map { Format.signedBytes(Double($0)) } ?? "–")],
                        [.text(ramp.charged(at: point).map { Format.signedBytes(Double($0)) } ?? "–")],
                        [.text(point.reading[.available].map { Format.signedBytes(Double($0)) } ?? "–")],
                        [.text(point.memoryPressurePercent.map { "\(Format.number($0)) %" } ?? "no PSI")],
                        [.text(point.cpuPressurePercent.map { "\(Format.number($0)) %" } ?? "no PSI")],
                    ]
                }
            })
    }
}

extension DensityReport {
    static func definition(_ density: DensityExperiment) -> String {
        "Instances are added in batches until something stops the ramp, and then all are held. Within the budget: the growth of "
            + "the host's ledger over all instances is at most \(Format.bytes(density.budgetBytes)); at least "
            + "\(Format.bytes(density.reserveBytes)) of MemAvailable is never touched. The prediction is (budget - fixed "
            + "cost) / slope of the footprint measured in this run; it is compared where the budget was what stopped the ramp."
    }

    static let rampDefinition =
        "At most a dozen points of each ramp; the whole is in the JSON export. Pressure is the share of the batch's time in "
        + "which all work waited for memory (full), or some work waited for a CPU (some)."

    /// A dozen points at the most, the first and the last among them.
    static func shown(_ points: [Ramp.Point]) -> [Ramp.Point] {
        guard points.count > 12 else { return points }
        return (0..<12).map { points[$0 * (points.count - 1) / 11] }
    }
}

extension Ramp {
    /// What the instances cost the host at a point, in bytes of the ledger.
    func used(at point: Point) -> Int64? {
        guard let base = points.first?.reading.ledger, let ledger = point.reading.ledger else { return nil }
        return ledger - base
    }

    /// What was charged to the instances at a point, in bytes.
    func charged(at point: Point) -> Int64? {
        guard let base = points.first?.reading.charged, let charged = point.reading.charged else { return nil }
        return charged - base
    }

    /// What the instances cost the host at the end of the hold, in bytes.
    var used: Int64? { points.last.flatMap { used(at: $0) } }

    /// From the first request to the last instance being ready, in nanoseconds.
    var rampNanoseconds: UInt64 { points.last { !$0.startupsNanoseconds.isEmpty }?.elapsedNanoseconds ?? 0 }
}
