import Analysis
import BenchmarkModel

/// Where the time of a start goes.
enum PhaseSection {
    /// The section of the phases, over all modes.
    static func section(_ analysis: RunAnalysis) -> Document.Section? {
        var blocks: [Document.Block] = [
            .paragraph([
                .text(
                    "Each figure is the median of the time from the mark before to the mark named. spawned: the "
                        + "runtime or VMM process exists; created: the engine answered that it made the container; kernel: the "
                        + "guest kernel's first output; entered: the "
                        + "witness's first instruction; executed: the command has been exec'd; ready: the readiness "
                        + "condition holds; started, beside the others: the engine answered that it runs. Medians of parts do not add up exactly to the median of the whole."
                )
            ])
        ]
        for mode in analysis.modes {
            let cells = analysis.startups(of: mode).filter { !$0.phases.isEmpty }
            guard !cells.isEmpty else { continue }
            if analysis.modes.count > 1 { blocks.append(.heading(mode.heading)) }
            blocks.append(.table(table(cells, mode)))
            blocks += cells.map(\.cell.workload).uniqued().compactMap { workload in
                PhaseFigure.figure(of: cells.filter { $0.cell.workload == workload }, workload: workload, mode: mode)
                    .map(Document.Block.figure)
            }
        }
        return blocks.count > 1 ? Document.Section(id: "phases", title: "Phases", blocks: blocks) : nil
    }

    private static func heading(_ end: MarkName) -> String {
        switch end {
        case .started: "requested to started"
        case .stopped: "stopping to stopped"
        default: "to \(end.rawValue)"
        }
    }

    private static func table(_ cells: [StartupCell], _ mode: StartupMode) -> Table {
        let ends = MarkName.allCases.filter { name in cells.contains { $0.phases.contains { $0.to == name } } }
        return Table(
            caption: "Medians of the phases, \(mode.key)",
            columns: [.init("workload", header: true), .init("platform", header: true), .init("n", numeric: true)]
                + ends.map { .init(heading($0), numeric: true) },
            rows: cells.map { cell in
                [
                    [.text(cell.cell.workload)], [Inline.text(cell.cell.platform)].marked(cell.caveats),
                    [.text("\(cell.accounting.ok)")],
                ]
                    + ends.map { end in
                        guard let phase = cell.phases.first(where: { $0.to == end }) else { return [.text("–")] }
                        let median = Format.duration(phase.median)
                        return [.text(phase.count == cell.accounting.ok ? median : "\(median) (n = \(phase.count))")]
                    }
            })
    }
}
