import Analysis
import BenchmarkModel

extension ExperimentPart {
    /// What a command that runs to its end costs, by what it prints itself or by its time.
    static func task(_ analysis: RunAnalysis) -> ExperimentPart {
        guard !analysis.tasks.isEmpty else { return ExperimentPart(answers: [], sections: []) }
        return ExperimentPart(
            answers: TaskAnswers.all(analysis.tasks), sections: [TaskSection.section(analysis)],
            method: TaskMethod.items(analysis), mostOnTerminal: TaskAnswers.mostOnTerminal)
    }
}

enum TaskSection {
    static func section(_ analysis: RunAnalysis) -> Document.Section {
        let cells = analysis.tasks
        let costs = TaskCosts.table(cells)
        let figures = TaskTables.figures(cells)
        let times = TaskTables.times(cells)
        var blocks: [Document.Block] = [
            costs.map { .table($0) }
                ?? .paragraph([
                    .text(
                        "No floor was measured: there is nothing that a cost could be set against. A platform of kind "
                            + "namespaces, or process, makes one.")
                ])
        ]
        if costs != nil { blocks.insert(.paragraph([.text(TaskMethod.cost)]), at: 0) }
        if let figure = TaskFigure.figure(of: cells) { blocks.append(.figure(figure)) }
        let notes = CellNotes.all(cells, own: ownNotes) + TaskMarks.notes(cells)
        if !notes.isEmpty { blocks.append(.list(notes)) }
        if let figures { blocks += [.heading("What the commands print of themselves"), .table(figures)] }
        blocks += [.heading("Time, CPU and memory"), .table(times)]
        let excuses = cells.compactMap { cell in
            cell.cell.impossible.map { "\(cell.cell.workload) \(cell.place) cannot be measured: \($0)" }
        }
        let title = "Tasks: what the boundary costs"
        return Document.Section(
            id: "tasks", title: title, blocks: blocks,
            summary: Document.Summary(
                heading: costs?.caption ?? title, table: costs ?? figures ?? times, lines: excuses))
    }

    /// What the experiment itself has to say of a cell.
    private static func ownNotes(on cell: TaskCell) -> [[Inline]] {
        CellNotes.fewBlocks(cell.headlines.compactMap(\.sampled).map(\.blocks).min())
            + cell.headlines.compactMap { measure in
                measure.refusal.map { [.strong(measure.title), .text(" has no ratio: \(Format.sentence($0))")] }
            }
    }
}
