import Analysis
import BenchmarkModel

extension ExperimentPart {
    /// How long a start takes: a section for each mode, one for the modes side by side, and one for the phases of all.
    static func startup(_ analysis: RunAnalysis) -> ExperimentPart {
        let sections = analysis.modes.map { StartupSection.section(analysis, $0) }
        return ExperimentPart(
            answers: StartupAnswers.all(analysis),
            sections: sections + [ModesSection.section(analysis), PhaseSection.section(analysis)].compactMap { $0 },
            method: StartupMethod.items(analysis))
    }
}

enum StartupSection {
    /// The section of a mode: the table of figures, and what must be said about its rows.
    static func section(_ analysis: RunAnalysis, _ mode: StartupMode) -> Document.Section {
        let cells = analysis.startups(of: mode)
        let table = table(cells, mode)
        var blocks: [Document.Block] = [.paragraph([.text(mode.definition)]), .table(table)]
        let notes = CellNotes.all(cells) { ownNotes(analysis, on: $0) }
        if !notes.isEmpty { blocks.append(.list(notes)) }
        blocks += cells.map(\.cell.workload).uniqued().compactMap { workload in
            StripFigure.figure(
                of: cells.filter { $0.cell.workload == workload }, workload: workload, mode: mode
            ).map(Document.Block.figure)
        }
        let excuses = cells.compactMap { cell in
            cell.cell.impossible.map { "\(cell.cell.workload) \(cell.place) cannot be measured: \($0)" }
        }
        return Document.Section(
            id: "startup-\(mode.key)", title: mode.heading, blocks: blocks,
            summary: Document.Summary(heading: table.caption, table: table, lines: excuses))
    }

    private static func table(_ cells: [StartupCell], _ mode: StartupMode) -> Table {
        let floors = cells.flatMap(\.floors).map(\.platform).uniqued()
        return Table.ofMetrics(
            cells, caption: "\(mode.heading): time from the request to ready",
            extras: floors.map { floor in
                ExtraColumn("times \(floor)", aside: "95 % interval", numeric: true, rank: 1) {
                    [Inline].ratio(of: $0.floors, to: floor)
                }
            })
    }

    /// What the experiment itself has to say of a cell.
    private static func ownNotes(_ analysis: RunAnalysis, on cell: StartupCell) -> [[Inline]] {
        let blocks = CellNotes.fewBlocks(cell.startup?.blocks)
        guard let carryOver = cell.carryOver, carryOver.isFound else { return blocks }
        return blocks + [
            [
                .mark("carry-over"),
                .text(
                    " the figures depend on what was measured right before: the medians are \(carryOver.words(analysis.label(of:)))."
                ),
            ]
        ]
    }
}
