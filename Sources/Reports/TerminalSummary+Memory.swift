import BenchmarkModel
import Statistics

extension TerminalSummary {
    /// The tables of footprint and density, where the run has them.
    static func memoryTables(_ model: ReportModel, width: Int, color: Bool) -> String {
        var out = ""
        func heading(_ text: String) -> String { "\n" + (color ? "\u{1B}[1m\(text)\u{1B}[0m" : text) + "\n" }
        if !model.footprints.isEmpty {
            out += heading("Footprint: what one more idle instance costs")
            out += TerminalTable(
                columns: [
                    .init("workload"), .init("platform"), .init("n", numeric: true), .init("failed", numeric: true),
                    .init("invalid", numeric: true), .init("ledger", numeric: true),
                    .init("95 % interval", numeric: true, rank: 1), .init("charged", numeric: true, rank: 3),
                    .init("fall of MemAvailable", numeric: true, rank: 5), .init("up to N", numeric: true, rank: 4),
                    .init("idle CPU", numeric: true, rank: 2), .init("marks"),
                ], rows: model.footprints.map(row)
            ).render(width: width, color: color)
        }
        if let density = model.run.suite.density, !model.densities.isEmpty {
            out += heading("Density: how many fit in \(Format.bytes(density.budgetBytes))")
            out += TerminalTable(
                columns: [
                    .init("workload"), .init("platform"), .init("n", numeric: true), .init("failed", numeric: true),
                    .init("invalid", numeric: true), .init("N", numeric: true),
                    .init("predicted", numeric: true, rank: 1),
                    .init("used", numeric: true, rank: 2), .init("marks"), .init("stopped by"),
                ], rows: model.densities.map(row)
            ).render(width: width, color: color)
        }
        return out
    }

    private static func row(_ cell: FootprintReport) -> [String] {
        [
            cell.cell.workload, cell.cell.platform, "\(cell.ok)/\(cell.planned)", "\(cell.failed)", "\(cell.invalid)",
            cell.ledger.map { Format.signedBytes($0.slope) } ?? "-",
            cell.ledger.flatMap { line in
                line.slopeInterval.map { Format.signedBytes($0.lower, to: $0.upper, of: line.slope) }
            } ?? "-",
            cell.charged.map { Format.signedBytes($0.slope) } ?? "-",
            cell.availableFall.map { Format.signedBytes($0.slope) } ?? "-", "\(cell.mostInstances)",
            cell.idleCPU.map { Format.cpuShare($0) } ?? "-",
            (cell.cell.impossible == nil ? cell.marks : ["impossible"]).joined(separator: ", "),
        ]
    }

    private static func row(_ cell: DensityReport) -> [String] {
        [
            cell.cell.workload, cell.cell.platform, "\(cell.ok)/\(cell.planned)", "\(cell.failed)", "\(cell.invalid)",
            cell.answer.map { (cell.isAtLeast ? ">= " : "") + Format.instances(Double($0.instances)) } ?? "-",
            cell.prediction.map { Format.instances($0.instances) } ?? "-",
            cell.answer?.used.map { Format.signedBytes(Double($0)) } ?? "-",
            (cell.cell.impossible == nil ? cell.marks : ["impossible"]).joined(separator: ", "),
            cell.answer?.cause.text ?? cell.ramps.first?.reasons.first ?? "-",
        ]
    }
}
