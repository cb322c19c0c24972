import Analysis
import BenchmarkModel
import Statistics

/// What the boundary costs a task, in a sentence for each workload.
enum TaskAnswers {
    /// So many sentences are shown on a terminal.
    static let mostOnTerminal = 12
    /// So many measures of a workload are named in its sentence.
    static let mostMeasures = 3

    static func all(_ cells: [TaskCell]) -> [Answer] {
        cells.map(\.cell.workload).uniqued().map { workload in
            let mine = cells.filter { $0.cell.workload == workload }
            return Answer(
                workload: workload, mode: Parameters.task.experiment,
                pieces: allTooFew(workload, mine) ?? claim(workload, mine) + mine.excuses)
        }
    }

    /// One short sentence where each platform has too few samples that are ok; nil where not.
    private static func allTooFew(_ workload: String, _ mine: [TaskCell]) -> [Inline]? {
        let fewest = TaskCell.fewestForClaim
        // With more, of which nobody can tell the median, it is too few for another reason.
        guard mine.allSatisfy({ $0.standing == .tooFew && $0.accounting.ok < fewest }) else { return nil }
        return [.strong(workload), .text(": no claim, fewer than \(fewest) good samples on every platform.")]
    }

    private static func claim(_ workload: String, _ mine: [TaskCell]) -> [Inline] {
        let sound = mine.inOrderOfNaming(workload)
        guard let any = sound.first else {
            return [.text("There is no figure of the task "), .strong(workload), .text(" to state on this host.")]
        }
        let base = TaskCosts.base(among: mine).flatMap { $0.isSound ? $0 : nil }
        let others = sound.filter { $0.cell.key != base?.cell.key }
        // A floor above another is named only where there is nothing else.
        let isolated = others.filter { $0.traits?.isFloor != true }
        let named = isolated.isEmpty ? others : isolated
        var marks = Marks(named + ([base].compactMap { $0 }))
        var pieces: [Inline] = [.strong(workload)]
        for (place, measure) in any.headlines.prefix(mostMeasures).enumerated() {
            pieces.append(.text("\(place > 0 ? "; " : ", ")by \(measure.title)"))
            pieces += [Inline]().marked(measure.caveats) + [.text(": ")]
            pieces += costs(place, named, base, &marks)
        }
        let rest = any.headlines.count - mostMeasures
        if rest > 0 { pieces.append(.text("; \(Format.count(rest, "more figure")) in the table")) }
        pieces.append(.text(" (\(sound.sampleCounts))"))
        if !marks.shared.isEmpty { pieces = (pieces + [.text(", all figures")]).marked(marks.shared) }
        return pieces + [.text(".")]
    }

    /// What stands beside the figures of a sentence: each word once for each platform, and what all share once at the end. That a
    /// figure is of an emulated guest stands beside each.
    private struct Marks {
        let shared: [String]
        private var said: Set<String> = []

        init(_ cells: [TaskCell]) { shared = TaskMarks.sharedByAll(cells.map(TaskMarks.words)) }

        mutating func next(_ cell: TaskCell) -> [String] {
            let isFirst = said.insert(cell.cell.key).inserted
            return TaskMarks.words(cell).filter { word in
                word == Caveat.emulated.word || (isFirst && !shared.contains(word))
            }
        }
    }

    /// What it costs by one measure: the ratios, or where there is none the figures themselves.
    private static func costs(
        _ measure: Int, _ cells: [TaskCell], _ base: TaskCell?, _ marks: inout Marks
    ) -> [Inline] {
        let ratios = cells.compactMap { cell in
            cell.headlines[measure].ratio(to: base?.cell.platform).map { (cell: cell, ratio: $0) }
        }
        guard let base, !ratios.isEmpty else {
            return figures(measure, ([base].compactMap { $0 }) + cells, &marks)
        }
        var pieces: [Inline] = [.text("costs ")]
        for (place, one) in ratios.enumerated() {
            pieces += separator(place, of: ratios.count)
            let interval = one.ratio.interval.map {
                "\(place == 0 ? "95 % interval " : "")\(Format.number($0.lower)) to \(Format.number($0.upper))"
            }
            pieces += [
                .strong("\(Format.number(one.ratio.value)) times"), .text(" [\(interval ?? "no interval")]"),
            ]
            pieces = pieces.marked(marks.next(one.cell)) + [.text(" \(one.cell.place)")]
        }
        return pieces + [Inline.text(" what it costs \(base.place)")].marked(marks.next(base))
    }

    /// The figures without any ratio.
    private static func figures(_ measure: Int, _ cells: [TaskCell], _ marks: inout Marks) -> [Inline] {
        let known = cells.compactMap { cell in
            cell.headlines[measure].sampled.map { (cell: cell, median: $0.median) }
        }
        guard !known.isEmpty else { return [.text("there is no figure")] }
        var pieces: [Inline] = []
        for (place, one) in known.enumerated() {
            pieces += separator(place, of: known.count)
            pieces.append(.strong(Format.figure(one.median, one.cell.headlines[measure].unit)))
            pieces = pieces.marked(marks.next(one.cell)) + [.text(" \(one.cell.place)")]
        }
        return cells.count > 1 ? pieces + [.text(", with no ratio between them")] : pieces
    }

    private static func separator(_ place: Int, of count: Int) -> [Inline] {
        place == 0 ? [] : [.text(place == count - 1 ? " and " : ", ")]
    }
}
