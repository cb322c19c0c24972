import Analysis
import BenchmarkModel
import Charts
import Statistics

/// Of what the marginal instance of a workload consists, a bar for each platform.
enum AnatomyFigure {
    private struct Part: Sendable {
        var label: String
        var bytes: @Sendable (FootprintCell) -> Double?
    }

    private static let parts = [
        Part(label: "workload (PSS)") { $0.slopes[.pssWorkload] },
        Part(label: "runtime (PSS)") { $0.slopes[.pssRuntime] },
        Part(label: "VMM without guest RAM (PSS)") { $0.slopes[.guestConfigured] == nil ? nil : $0.monitorOwn },
        Part(label: "guest RAM touched") { $0.slopes[.guestConfigured] == nil ? nil : $0.slopes[.guestTouched] },
        Part(label: "kernel, charged to the instance") { $0.slopes[.chargedKernel] },
        Part(label: "kernel, charged to nobody") { $0.uncharged },
    ]

    /// nil where there is nothing to draw.
    static func figure(of cells: [FootprintCell], workload: String) -> Figure? {
        let chart = PhaseBars(
            id: "anatomy-\(Format.identifier(workload))", title: "What one more \(workload) consists of",
            description: cells.compactMap(words).joined(separator: " "), unit: .bytes,
            kinds: parts.enumerated().map { .init(style: "k\($0.offset)", label: $0.element.label) },
            rows: cells.map(row))
        guard let chart else { return nil }
        let scale =
            chart.isEachOnItsOwnScale
            ? " Each bar fills the width, because platforms differ more than \(Int(Scale.ratioForLogarithm)) times."
            : ""
        return Figure(
            caption:
                "\(workload): where the cost of one more is; the figure at the right is the ledger's slope. PSS holds an "
                + "instance's share of file pages too, which the ledger leaves out, so a bar may be longer than that, "
                + "and shorter by files in memory (tmpfs) that no process maps; what is below zero stands in "
                + "the table only.\(scale)", legend: chart.legend, svg: chart.svg)
    }

    private static func row(_ cell: FootprintCell) -> PhaseBars.Row {
        PhaseBars.Row(
            name: cell.cell.platform, caveats: cell.caveats.words,
            value: cell.ledger.map { Format.signedBytes($0.slope) } ?? "–",
            parts: sizes(cell).map { kind, bytes in
                PhaseBars.Part(kind: kind, size: bytes, tip: "\(parts[kind].label): \(Format.signedBytes(bytes))")
            })
    }

    private static func sizes(_ cell: FootprintCell) -> [(kind: Int, bytes: Double)] {
        parts.enumerated().compactMap { kind, part in part.bytes(cell).map { (kind, $0) } }
    }

    private static func words(_ cell: FootprintCell) -> String? {
        let sizes = sizes(cell).map { "\(parts[$0.kind].label) \(Format.signedBytes($0.bytes))" }
        let caveats = cell.caveats.words.inParentheses
        return sizes.isEmpty ? nil : "\(cell.cell.platform)\(caveats): \(sizes.joined(separator: ", "))."
    }
}
