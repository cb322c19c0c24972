import Analysis
import BenchmarkModel
import Statistics

extension ExperimentPart {
    /// What one more idle instance costs.
    static func footprint(_ analysis: RunAnalysis) -> ExperimentPart {
        let cells = analysis.footprints
        return ExperimentPart(
            answers: FootprintAnswers.all(cells),
            sections: cells.isEmpty
                ? [] : [FootprintSection.section(analysis)] + [LimitsSection.section(cells)].compactMap { $0 })
    }
}

enum FootprintSection {
    static func section(_ analysis: RunAnalysis) -> Document.Section {
        let cells = analysis.footprints
        let table = Table.ofMetrics(
            cells, caption: "For each further idle instance; n is the number of ladders",
            extras: [ExtraColumn("up to N", numeric: true, rank: 4) { [.text("\($0.mostInstances)")] }])
        var blocks: [Document.Block] = [.paragraph([.text(FootprintCell.definition)]), .table(table)]
        let notes = notes(cells)
        if !notes.isEmpty { blocks.append(.list(notes)) }
        let measured = cells.filter { $0.ledger != nil }
        func figures(_ figure: ([FootprintCell], String) -> Figure?) -> [Document.Block] {
            measured.map(\.cell.workload).uniqued().compactMap { workload in
                figure(measured.filter { $0.cell.workload == workload }, workload).map(Document.Block.figure)
            }
        }
        blocks += figures(LadderFigure.figure(of:workload:))
        if !measured.isEmpty {
            blocks += [
                .heading("The ledger by kind"), .table(FootprintTables.ledger(measured)),
                .heading("Anatomy: where the cost of an instance is"),
                .paragraph([.text(FootprintCell.anatomyDefinition)]),
            ]
            blocks += figures(AnatomyFigure.figure(of:workload:)) + [.table(FootprintTables.anatomy(measured))]
        }
        let starts = analysis.startups(of: .warm)
        if let isolation = FootprintTables.isolation(measured, starts: starts) {
            blocks += [
                .heading("What each part of the kernel's isolation costs"),
                .paragraph([
                    .text(
                        "Each row switches on one part of the isolation and nothing else; the difference is to the row "
                            + "with none. It is the same workload everywhere.")
                ]), .table(isolation),
            ]
            blocks += IsolationFigure.figures(of: measured, starts: starts).map(Document.Block.figure)
        }
        if cells.contains(where: { !$0.ladders.isEmpty }) {
            blocks += [
                .heading("The ladders"), .paragraph([.text(FootprintCell.ladderDefinition)]),
                .table(FootprintTables.ladders(cells)),
            ]
        }
        let title = "Footprint: what one more idle instance costs"
        return Document.Section(
            id: "footprint", title: title, blocks: blocks, summary: Document.Summary(heading: title, table: table))
    }

    private static func notes(_ cells: [FootprintCell]) -> [[Inline]] {
        cells.flatMap { cell -> [[Inline]] in
            var notes: [String] = []
            let place = "\(cell.cell.workload) on \(cell.cell.platform)"
            if let why = cell.cell.impossible { notes.append("\(place) cannot be measured: \(why)") }
            if cell.isLinear == false, let line = cell.ledger {
                let percent = Format.number(line.worstResidual * 100)
                notes.append(
                    "\(place) is not linear: a rung is \(percent) % off the line, so its slope and all that builds on it "
                        + "hold only within the measured range")
            }
            if let residual = cell.residual, residual.isFlagged || residual.share > FootprintCell.residualTolerance {
                notes.append(residual.words(place))
            }
            let reasons = cell.ladders.filter { $0.observation.verdict != .ok }.flatMap { one in
                one.observation.verdictReasons.map {
                    "ladder \(one.ordinal) of \(place) is \(one.observation.verdict.rawValue): \($0)"
                }
            }
            return (notes + reasons + cell.sightings.map { "\(place): \($0)" }).map { [.text(Format.sentence($0))] }
        }
    }
}
