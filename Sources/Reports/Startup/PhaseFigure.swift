import Analysis
import BenchmarkModel
import Charts

/// The phases of a workload in one mode, a bar for each platform.
enum PhaseFigure {
    /// nil where there is nothing to draw.
    static func figure(of cells: [StartupCell], workload: String, mode: StartupMode) -> Figure? {
        let chart = PhaseBars(
            id: "phases-\(Format.identifier(workload))-\(mode.key)", title: "Phases of \(workload), \(mode.key)",
            description: cells.compactMap(words).joined(separator: " "), unit: .nanoseconds,
            kinds: MarkName.allCases.map { .init(style: $0.rawValue, label: "to \($0.rawValue)") },
            rows: cells.map(row))
        guard let chart else { return nil }
        let scale =
            chart.isEachOnItsOwnScale
            ? "Each bar fills the width, because platforms differ more than \(Int(Scale.ratioForLogarithm)) times: "
                + "compare the shares within a bar; the figures at the right compare the bars."
            : "All bars share one linear scale."
        return Figure(
            caption: "\(workload), \(mode.key): where the time goes, sums of the phases' medians. \(scale)",
            legend: chart.legend, svg: chart.svg)
    }

    private static func row(_ cell: StartupCell) -> PhaseBars.Row {
        PhaseBars.Row(
            name: cell.cell.platform, caveats: cell.caveats.words,
            value: Format.duration(cell.sumOfPhases),
            parts: cell.phasesUntilReady.compactMap { phase in
                MarkName.allCases.firstIndex(of: phase.to).map { kind in
                    PhaseBars.Part(
                        kind: kind, size: phase.median,
                        tip: "\(phase.from.rawValue) to \(phase.to.rawValue): \(Format.duration(phase.median))")
                }
            })
    }

    private static func words(_ cell: StartupCell) -> String? {
        let phases = cell.phasesUntilReady.map { "to \($0.to.rawValue) \(Format.duration($0.median))" }
        let caveats = cell.caveats.words.inParentheses
        return phases.isEmpty ? nil : "\(cell.cell.platform)\(caveats): \(phases.joined(separator: ", "))."
    }
}
