import Analysis
import BenchmarkModel
import Statistics

/// What must be said beside the rows of a table of cells.
enum CellNotes {
    /// A note for each thing that is to be said; rows of which the same is to be said share it.
    ///
    /// - Parameter own: what the experiment itself has to say of a cell.
    static func all<Cell: AnalysedCell>(_ cells: [Cell], own: (Cell) -> [[Inline]]) -> [[Inline]] {
        var order: [[Inline]] = []
        var names: [Int: [String]] = [:]
        for cell in cells {
            for note in standing(of: cell) + own(cell) + sightings(of: cell) {
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

    /// That an interval is narrower than it claims; empty where it is not.
    ///
    /// - Parameter blocks: nil where there is no figure.
    static func fewBlocks(_ blocks: Int?) -> [[Inline]] {
        guard let blocks, blocks < Bootstrap.fewBlocks else { return [] }
        return [
            [
                .mark("few blocks"),
                .text(
                    " the figures come from \(Format.count(blocks, "block")); an interval from fewer than "
                        + "\(Bootstrap.fewBlocks) is narrower than it claims."),
            ]
        ]
    }

    private static func standing<Cell: AnalysedCell>(of cell: Cell) -> [[Inline]] {
        switch cell.standing {
        case .impossible(let reason):
            [[.mark("impossible"), .text(" cannot be measured: \(Format.sentence(reason))")]]
        case .incomplete:
            [[.mark("incomplete"), .text(" planned is not ok + failed + invalid; no verdict is given.")]]
        case .tooFew:
            [
                [
                    .mark("too few"),
                    .text(" \(cell.accounting.ok) ok; no claim is made from fewer than \(Cell.fewestForClaim)."),
                ]
            ]
        case .sound: []
        }
    }

    private static func sightings(of cell: some AnalysedCell) -> [[Inline]] {
        let sightings = cell.sightings
        var notes: [[Inline]] = sightings.prefix(3).map { [.mark("noisy"), .text(" \(Format.sentence($0))")] }
        if sightings.count > 3 {
            notes.append([.mark("noisy"), .text(" \(sightings.count - 3) more sightings, listed under Threats.")])
        }
        return notes
    }
}

extension [Inline] {
    /// A ratio with its interval.
    static func ratio(_ ratio: Ratio) -> [Inline] {
        let interval = ratio.interval.map { "\(Format.number($0.lower)) to \(Format.number($0.upper))" }
        return [.text(Format.number(ratio.value))] + (interval.map { [.aside($0)] } ?? [])
    }

    /// The ratio to a floor's platform, or that it is the floor.
    static func ratio(of floors: [FloorRatio], to platform: String) -> [Inline] {
        guard let floor = floors.first(where: { $0.platform == platform }) else { return .unknown }
        return floor.isItself ? [.text("floor")] : floor.ratio.map { .ratio($0) } ?? .unknown
    }
}
