import Analysis
import BenchmarkModel
import Statistics

enum TaskTables {
    /// What the commands print of themselves; nil where none prints anything that is looked for.
    static func figures(_ cells: [TaskCell]) -> Table? {
        let rows = cells.flatMap { cell in cell.figures.map { (cell: cell, figure: $0) } }
        guard !rows.isEmpty else { return nil }
        let floors = cells.flatMap(\.duration.floors).map(\.platform).uniqued()
        let shared = shared(rows.filter { $0.figure.sampled != nil }.map(\.cell))
        return Table(
            caption: "Each figure as the command printed it, by the instance's own clock; intervals are of the median"
                + TaskMarks.caption(shared),
            columns: [
                .init("workload", header: true), .init("figure", header: true), .init("platform", header: true),
                .init("n", numeric: true), .init("failed", numeric: true), .init("invalid", numeric: true),
                .init("median", numeric: true), .init("95 % interval", numeric: true, rank: 1),
                .init("p10", numeric: true, rank: 3), .init("p95", numeric: true, rank: 2),
                .init("better is", rank: 4),
            ] + floors.map { extra($0).column },
            rows: rows.map { cell, figure in
                func text(_ value: Double?) -> [Inline] {
                    value.map { [.text(Format.figure($0, figure.unit))] } ?? .unknown
                }
                let (counts, sampled) = (cell.accounting, figure.sampled)
                let median = sampled.map { sampled -> [Inline] in
                    let few = sampled.count < counts.ok ? " (n = \(sampled.count))" : ""
                    return [.strong(Format.figure(sampled.median, figure.unit) + few)]
                }
                let interval = sampled?.interval.map {
                    [Inline.text(Format.interval($0.lower, $0.upper, of: sampled?.median ?? 0, figure.unit))]
                }
                let row: [[Inline]] = [
                    [.text(cell.cell.workload)], [Inline.text(figure.title)].marked(figure.caveats),
                    [Inline.text(cell.cell.platform)].marked(TaskMarks.words(cell).filter { !shared.contains($0) }),
                    [.text("\(counts.ok) of \(counts.planned)")], [.text("\(counts.failed)")],
                    [.text("\(counts.invalid)")], median ?? .unknown,
                    interval ?? (median == nil ? .unknown : [.text("none")]),
                    text(figure.p10), text(figure.p95), [.text(figure.polarity.rawValue)],
                ]
                return row + floors.map { .ratio(of: figure.floors, to: $0) }
            })
    }

    /// What is measured from outside.
    static func times(_ cells: [TaskCell]) -> Table {
        let floors = cells.flatMap(\.duration.floors).map(\.platform).uniqued()
        let shared = shared(cells.filter { $0.accounting.ok > 0 })
        return Table.ofMetrics(
            cells,
            caption: "Each task from outside: from the request to its end, by the host's clock"
                + TaskMarks.caption(shared),
            extras: floors.map(extra)
        ) { TaskMarks.words($0).filter { !shared.contains($0) } }
    }

    /// The words of all these cells: a caption says them once.
    private static func shared(_ cells: [TaskCell]) -> [String] { TaskMarks.sharedByAll(cells.map(TaskMarks.words)) }

    private static func extra(_ floor: String) -> ExtraColumn<TaskCell> {
        ExtraColumn("times \(floor)", aside: "95 % interval", numeric: true, rank: 1) { cell in
            .ratio(of: cell.duration.floors, to: floor)
        }
    }
}
