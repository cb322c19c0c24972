import Analysis
import BenchmarkModel
import Statistics

/// The table of tools and platforms: how many times as dear each task is as in its floor.
enum TaskCosts {
    /// nil where no workload has a floor.
    static func table(_ cells: [TaskCell]) -> Table? {
        let tasks = cells.map(\.cell.workload).uniqued().map { workload in
            OneTask(cells.filter { $0.cell.workload == workload })
        }
        let bases = Set(tasks.compactMap(\.floor))
        guard !bases.isEmpty else { return nil }
        let platforms = cells.map(\.cell.platform).uniqued().filter { platform in
            // What is the floor of every row stands in the column of floors.
            tasks.contains { $0.floor != platform && $0.cell(on: platform) != nil }
        }
        let inFloor = headWords(tasks.compactMap(\.base)) { $0.headlines.contains { $0.sampled != nil } }
        let inPlatforms = platforms.map { platform in
            let floors = Dictionary(tasks.map { ($0.cells[0].cell.workload, $0.floor) }) { first, _ in first }
            return headWords(tasks.compactMap { $0.floor == platform ? nil : $0.cell(on: platform) }) { cell in
                let floor = floors[cell.cell.workload] ?? nil
                return cell.headlines.contains { $0.ratio(to: floor) != nil }
            }
        }
        let everywhere = TaskMarks.sharedByAll([inFloor] + inPlatforms)
        let floor = bases.count == 1 ? bases.map { "in \($0)" }.joined() : "in the floor"
        let titles = [floor] + platforms.map { "times, \($0)" }
        let columns = zip(titles, [inFloor] + inPlatforms).enumerated().map { place, one in
            let own = one.1.filter { !everywhere.contains($0) }
            let marks = own.isEmpty ? "" : " (\(own.joined(separator: ", ")))"
            var column = Table.Column(
                one.0 + marks, numeric: true, rank: place == 0 ? platforms.count + 1 : place)
            column.aside = "95 % interval"
            return column
        }
        let said = Said(floor: inFloor, platforms: Dictionary(uniqueKeysWithValues: zip(platforms, inPlatforms)))
        return Table(
            caption: "Cost of each task in multiples of its floor (2: half the rate, twice the time)"
                + TaskMarks.caption(everywhere),
            columns: [.init("workload", header: true), .init("by", header: true)] + columns,
            rows: tasks.flatMap { task in
                task.cells[0].headlines.indices.map { row($0, of: task, platforms, said, namesFloor: bases.count > 1) }
            })
    }

    /// The floor that the cells of a workload are set against: the first that is sound, else the first of all.
    static func base(among cells: [TaskCell]) -> TaskCell? {
        let floors = (cells.first?.duration.floors ?? []).compactMap { floor in
            cells.first { $0.cell.platform == floor.platform }
        }
        return floors.first(where: \.isSound) ?? floors.first
    }

    /// The cells of a workload.
    private struct OneTask {
        var cells: [TaskCell]
        var base: TaskCell?
        /// The platform of ``base``.
        var floor: String? { base?.cell.platform }

        init(_ cells: [TaskCell]) {
            self.cells = cells
            base = TaskCosts.base(among: cells)
        }

        func cell(on platform: String) -> TaskCell? { cells.first { $0.cell.platform == platform } }
    }

    /// What is said at the head of the table and of its columns.
    private struct Said {
        var floor: [String]
        var platforms: [String: [String]]
    }

    /// What stands at the head of a column: what all its cells with a figure have in common, or where none has one, all.
    private static func headWords(_ cells: [TaskCell], _ hasFigure: (TaskCell) -> Bool) -> [String] {
        let known = cells.filter(hasFigure)
        return TaskMarks.shared((known.isEmpty ? cells : known).map(TaskMarks.words))
    }

    private static func row(
        _ measure: Int, of task: OneTask, _ platforms: [String], _ said: Said, namesFloor: Bool
    ) -> [[Inline]] {
        let shown = task.cells[0].headlines[measure]
        var first: [Inline] = .unknown
        if let floor = task.base {
            let named: [Inline] = namesFloor ? [.text("\(floor.cell.platform): ")] : []
            first = (named + own(floor.headlines[measure])).marked(rest(floor, said.floor))
        }
        return [[.text(task.cells[0].cell.workload)], [Inline.text(shown.title)].marked(shown.caveats), first]
            + platforms.map { platform in
                guard let cell = task.cell(on: platform) else { return .unknown }
                if cell.cell.key == task.base?.cell.key { return [.text("floor")] }
                let words = rest(cell, said.platforms[platform] ?? [])
                guard let ratio = cell.headlines[measure].ratio(to: task.floor) else {
                    return .unknown.marked(words)
                }
                let interval = ratio.interval == nil ? [Inline.aside("no interval")] : []
                return ([Inline].ratio(ratio) + interval).marked(words)
            }
    }

    /// What is not said already.
    private static func rest(_ cell: TaskCell, _ said: [String]) -> [String] {
        TaskMarks.words(cell).filter { !said.contains($0) }
    }

    /// The floor's own value.
    private static func own(_ measure: TaskMeasure) -> [Inline] {
        guard let sampled = measure.sampled else { return .unknown }
        let interval = sampled.interval.map {
            [Inline.aside(Format.interval($0.lower, $0.upper, of: sampled.median, measure.unit))]
        }
        return [.text("\(Format.figure(sampled.median, measure.unit)) (n = \(sampled.count))")] + (interval ?? [])
    }
}

extension TaskMeasure {
    /// How many times as dear it is as on the platform of a floor.
    func ratio(to platform: String?) -> Ratio? { floors.first { $0.platform == platform }?.ratio }
}
