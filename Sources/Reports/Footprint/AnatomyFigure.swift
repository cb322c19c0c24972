import Analysis
import BenchmarkModel
import Charts
import Statistics

/// Of what the marginal instance of a workload consists, for each platform, and the fixed cost apart from it.
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
        // The parts of the isolation have a drawing of their own.
        let cells = cells.filter { $0.traits?.parts == nil }
        let chart = PhaseBars(
            id: "anatomy-\(Format.identifier(workload))", title: "What one more \(workload) consists of",
            description: cells.compactMap(words).joined(separator: " "), unit: .bytes,
            kinds: parts.enumerated().map { .init(style: "k\($0.offset)", label: $0.element.label) },
            rows: cells.map(row))
        guard let chart else { return nil }
        return Figure(
            caption:
                "\(workload): where the cost of one more is; the figure at the right is the ledger's slope. PSS holds an "
                + "instance's share of file pages too, which the ledger leaves out, so the parts may come to more than "
                + "that, and to less by files in memory (tmpfs) that no process maps; what is below zero stands in the "
                + "table only. Each part begins where the one before it ends, a step lower. The fixed cost is in no part."
                + chart.zoomSentence, legend: chart.legend, svg: chart.svg)
    }

    private static func row(_ cell: FootprintCell) -> PhaseBars.Row {
        PhaseBars.Row(
            name: cell.cell.platform, caveats: cell.caveats.words,
            value: cell.ledger.map { Format.signedBytes($0.slope) } ?? "–",
            parts: sizes(cell).map { kind, bytes in
                PhaseBars.Part(kind: kind, size: bytes, tip: "\(parts[kind].label): \(Format.signedBytes(bytes))")
            }, note: fixedCost(cell).map { "fixed cost, once: \($0)" } ?? "")
    }

    /// What the platform costs by itself, with its interval.
    private static func fixedCost(_ cell: FootprintCell) -> String? {
        cell.ledger.map { line in
            let interval = line.interceptInterval.map { interval in
                " [\(Format.signedBytes(interval.lower, to: interval.upper, of: line.intercept))]"
            }
            return Format.signedBytes(line.intercept) + (interval ?? "")
        }
    }

    private static func sizes(_ cell: FootprintCell) -> [(kind: Int, bytes: Double)] {
        parts.enumerated().compactMap { kind, part in part.bytes(cell).map { (kind, $0) } }
    }

    private static func words(_ cell: FootprintCell) -> String? {
        let sizes = sizes(cell).map { "\(parts[$0.kind].label) \(Format.signedBytes($0.bytes))" }
        let caveats = cell.caveats.words.inParentheses
        let fixed = fixedCost(cell).map { "; fixed cost, once: \($0)" } ?? ""
        return sizes.isEmpty ? nil : "\(cell.cell.platform)\(caveats): \(sizes.joined(separator: ", "))\(fixed)."
    }
}
