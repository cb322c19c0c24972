import Analysis
import BenchmarkModel
import Statistics

extension ExperimentPart {
    /// How long a start takes: a section for each mode, and one for the phases of all.
    static func startup(_ analysis: RunAnalysis) -> ExperimentPart {
        let sections = analysis.modes.map { StartupSection.section(analysis, $0) }
        return ExperimentPart(
            answers: StartupAnswers.all(analysis),
            sections: sections + [PhaseSection.section(analysis)].compactMap { $0 },
            method: StartupMethod.items(analysis))
    }
}

enum StartupSection {
    /// The section of a mode: the table of figures, and what must be said about its rows.
    static func section(_ analysis: RunAnalysis, _ mode: StartupMode) -> Document.Section {
        let cells = analysis.startups(of: mode)
        let table = table(cells, mode)
        var blocks: [Document.Block] = [.paragraph([.text(mode.definition)]), .table(table)]
        let notes = notes(analysis, on: cells)
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
                    ratio(of: $0, to: floor)
                }
            })
    }

    private static func ratio(of cell: StartupCell, to platform: String) -> [Inline] {
        guard let floor = cell.floors.first(where: { $0.platform == platform }) else { return .unknown }
        if floor.isItself { return [.text("floor")] }
        guard let ratio = floor.ratio else { return .unknown }
        let interval = ratio.interval.map { "\(Format.number($0.lower)) to \(Format.number($0.upper))" }
        return [.text(Format.number(ratio.value))] + (interval.map { [.aside($0)] } ?? [])
    }

    /// What must be said beside the rows of a table; rows of which the same is to be said share a note.
    private static func notes(_ analysis: RunAnalysis, on cells: [StartupCell]) -> [[Inline]] {
        var order: [[Inline]] = []
        var names: [Int: [String]] = [:]
        for cell in cells {
            for note in notes(analysis, on: cell) {
                let place = order.firstIndex(of: note) ?? order.endIndex
                if place == order.endIndex { order.append(note) }
                names[place, default: []].append("\(cell.cell.workload) on \(cell.cell.platform)")
            }
        }
        return order.enumerated().map { place, note in
            let mine = names[place] ?? []
            let all = mine.count > 1 && mine.count == cells.count
            return [.strong(all ? "All cells" : Format.enumeration(mine)), .text(": ")] + note
        }
    }

    private static func notes(_ analysis: RunAnalysis, on cell: StartupCell) -> [[Inline]] {
        var notes: [[Inline]] = []
        switch cell.standing {
        case .impossible(let reason):
            notes.append([.mark("impossible"), .text(" cannot be measured: \(Format.sentence(reason))")])
        case .incomplete:
            notes.append([.mark("incomplete"), .text(" planned is not ok + failed + invalid; no verdict is given.")])
        case .tooFew:
            let fewest = StartupCell.fewestForClaim
            notes.append([
                .mark("too few"), .text(" \(cell.accounting.ok) ok; no claim is made from fewer than \(fewest)."),
            ])
        case .sound: break
        }
        if let startup = cell.startup, startup.blocks < Bootstrap.fewBlocks {
            notes.append([
                .mark("few blocks"),
                .text(
                    " the figures come from \(Format.count(startup.blocks, "block")); an interval from fewer than "
                        + "\(Bootstrap.fewBlocks) is narrower than it claims."),
            ])
        }
        if let carryOver = cell.carryOver, carryOver.isFound {
            notes.append([
                .mark("carry-over"),
                .text(
                    " the figures depend on what was measured right before: the medians are \(carryOver.words(analysis.label(of:)))."
                ),
            ])
        }
        let sightings = cell.sightings
        notes += sightings.prefix(3).map { [.mark("noisy"), .text(" \(Format.sentence($0))")] }
        if sightings.count > 3 {
            notes.append([.mark("noisy"), .text(" \(sightings.count - 3) more sightings, listed under Threats.")])
        }
        return notes
    }
}
