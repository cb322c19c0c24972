import Analysis
import BenchmarkModel
import Charts

/// The phases of a workload in one mode, one after the other for each platform.
enum PhaseFigure {
    /// nil where there is nothing to draw.
    static func figure(of cells: [StartupCell], workload: String, mode: StartupMode) -> Figure? {
        let chart = PhaseBars(
            id: "phases-\(Format.identifier(workload))-\(mode.key)", title: "Phases of \(workload), \(mode.key)",
            description: cells.compactMap(words).joined(separator: " "), unit: .nanoseconds,
            kinds: MarkName.allCases.map { .init(style: $0.rawValue, label: "to \($0.rawValue)") },
            rows: cells.map(row))
        guard let chart else { return nil }
        return Figure(
            caption:
                "\(workload), \(mode.key): where the time goes, on one linear axis from the request on. Each phase "
                + "begins where the one before it ends, a step lower; at the right stands the sum of the phases' medians."
                + chart.zoomSentence, legend: chart.legend, svg: chart.svg)
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
        let sum = "in all \(Format.duration(cell.sumOfPhases))"
        return phases.isEmpty ? nil : "\(cell.cell.platform)\(caveats): \(phases.joined(separator: ", ")), \(sum)."
    }
}

extension PhaseBars {
    /// How its zoom is read, after a space; empty where there is none.
    var zoomSentence: String {
        guard let zoomEnd else { return "" }
        return " The first \(zoomEnd) are shown again below, larger; bars that go on there are cut and end in an arrow."
    }
}
