import BenchmarkModel
import Statistics

extension ReportModel {
    /// The section of a mode: the table of figures, and what must be said about its rows.
    func results(of mode: StartupMode) -> Document.Section {
        let cells = cells(of: mode)
        var blocks: [Document.Block] = [.paragraph([.text(mode.definition)]), .table(resultTable(cells, mode))]
        let notes = notes(on: cells)
        if !notes.isEmpty { blocks.append(.list(notes)) }
        blocks += workloads(of: cells).compactMap { workload in
            strip(of: cells.filter { $0.cell.workload == workload }, workload: workload, mode: mode)
                .map(Document.Block.figure)
        }
        return Document.Section(id: "startup-\(mode.key)", title: mode.heading, blocks: blocks)
    }

    /// The section of the phases, over all modes.
    func phases() -> Document.Section? {
        var blocks: [Document.Block] = [
            .paragraph([
                .text(
                    "Each figure is the median of the time from the mark before to the mark named. spawned: the "
                        + "runtime or VMM process exists; kernel: the guest kernel's first output; entered: the "
                        + "witness's first instruction; executed: the command has been exec'd; ready: the readiness "
                        + "condition holds. Medians of parts do not add up exactly to the median of the whole.")
            ])
        ]
        for mode in modes {
            let cells = cells(of: mode).filter { !$0.phases.isEmpty }
            guard !cells.isEmpty else { continue }
            if modes.count > 1 { blocks.append(.heading(mode.heading)) }
            blocks.append(.table(phaseTable(cells, mode)))
            blocks += workloads(of: cells).compactMap { workload in
                bars(of: cells.filter { $0.cell.workload == workload }, workload: workload, mode: mode)
                    .map(Document.Block.figure)
            }
        }
        return blocks.count > 1 ? Document.Section(id: "phases", title: "Phases", blocks: blocks) : nil
    }

    /// The workloads of some cells, in their order.
    func workloads(of cells: [CellReport]) -> [String] {
        cells.map(\.cell.workload).uniqued()
    }

    func resultTable(_ cells: [CellReport], _ mode: StartupMode) -> Table {
        let withP99 = cells.contains { $0.startup?.p99 != nil }
        let floors = cells.flatMap(\.floors).map(\.platform).uniqued()
        var columns: [Table.Column] = [
            .init("workload", header: true), .init("platform", header: true), .init("median", numeric: true),
            .init("95 % interval", numeric: true), .init("n (ok)", numeric: true), .init("failed", numeric: true),
            .init("invalid", numeric: true), .init("planned", numeric: true), .init("p10", numeric: true),
            .init("p95", numeric: true), .init("min", numeric: true),
        ]
        if withP99 { columns.append(.init("p99", numeric: true)) }
        columns.append(.init("CPU of a start", numeric: true))
        columns += floors.map { .init("times \($0)", numeric: true) }
        return Table(
            caption: "\(mode.heading): time from the request to ready",
            columns: columns,
            rows: cells.map { row($0, withP99: withP99, floors: floors) })
    }

    private func row(_ cell: CellReport, withP99: Bool, floors: [String]) -> [[Inline]] {
        let platform = [Inline.text(cell.cell.platform)]
        var row: [[Inline]] = [[.text(cell.cell.workload)]]
        if cell.cell.impossible != nil {
            row.append(platform.marked(["impossible"]))
        } else {
            row.append(platform.marked(cell.marks))
        }
        let counts = [cell.ok, cell.failed, cell.invalid, cell.planned].map { [Inline.text("\($0)")] }
        if let startup = cell.startup {
            let unit = Format.TimeUnit.ofStartup(startup.median)
            row.append([.strong(Format.duration(startup.median))])
            row.append([.text(startup.interval.map { Format.range($0.lower, $0.upper, in: unit) } ?? "none: one block")]
            )
            row += counts
            row += [startup.p10, startup.p95, startup.minimum].map { [.text(Format.duration($0))] }
            if withP99 { row.append([.text(startup.p99.map(Format.duration) ?? "–")]) }
        } else {
            row += [[.text("–")], [.text("–")]] + counts
            row += [[Inline]](repeating: [.text("–")], count: withP99 ? 4 : 3)
        }
        row.append([.text(cpu(of: cell))])
        return row + floors.map { [.text(ratio(of: cell, to: $0))] }
    }

    private func cpu(of cell: CellReport) -> String {
        guard let cpu = cell.cpu else { return "–" }
        let median = Format.duration(cpu.median)
        return cpu.count == cell.ok ? median : "\(median) (n = \(cpu.count))"
    }

    func ratio(of cell: CellReport, to platform: String) -> String {
        guard let floor = cell.floors.first(where: { $0.platform == platform }) else { return "–" }
        if floor.isItself { return "floor" }
        guard let ratio = floor.ratio else { return "–" }
        guard let interval = ratio.interval else { return Format.number(ratio.value) }
        let range = "\(Format.number(interval.lower)) to \(Format.number(interval.upper))"
        return "\(Format.number(ratio.value)) [\(range)]"
    }

    /// What must be said beside the rows of a table; rows of which the same is to be said share a note.
    private func notes(on cells: [CellReport]) -> [[Inline]] {
        var order: [[Inline]] = []
        var names: [Int: [String]] = [:]
        for cell in cells {
            for note in notes(on: cell) {
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

    private func notes(on cell: CellReport) -> [[Inline]] {
        var notes: [[Inline]] = []
        switch cell.standing {
        case .impossible(let reason):
            notes.append([.mark("impossible"), .text(" cannot be measured: \(ReportModel.sentence(reason))")])
        case .incomplete:
            notes.append([.mark("incomplete"), .text(" planned is not ok + failed + invalid; no verdict is given.")])
        case .tooFew:
            let fewest = CellReport.fewestForClaim
            notes.append([.mark("too few"), .text(" \(cell.ok) ok; no claim is made from fewer than \(fewest).")])
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
                    " the figures depend on what was measured right before: the medians are \(carryOver.words(label(of:)))."
                ),
            ])
        }
        for threat in cell.noise.prefix(3) {
            notes.append([.mark("noisy"), .text(" \(threat.detector): \(ReportModel.sentence(threat.text))")])
        }
        if cell.noise.count > 3 {
            notes.append([.mark("noisy"), .text(" \(cell.noise.count - 3) more sightings, listed under Threats.")])
        }
        return notes
    }

    private func phaseTable(_ cells: [CellReport], _ mode: StartupMode) -> Table {
        let ends = MarkName.allCases.filter { name in cells.contains { $0.phases.contains { $0.to == name } } }
        return Table(
            caption: "Medians of the phases, \(mode.key)",
            columns: [.init("workload", header: true), .init("platform", header: true), .init("n", numeric: true)]
                + ends.map { .init($0 == .stopped ? "stopping to stopped" : "to \($0.rawValue)", numeric: true) },
            rows: cells.map { cell in
                [
                    [.text(cell.cell.workload)], [Inline.text(cell.cell.platform)].marked(cell.marks),
                    [.text("\(cell.ok)")],
                ]
                    + ends.map { end in
                        guard let phase = cell.phases.first(where: { $0.to == end }) else { return [.text("–")] }
                        let median = Format.duration(phase.median)
                        return [.text(phase.count == cell.ok ? median : "\(median) (n = \(phase.count))")]
                    }
            })
    }
}
