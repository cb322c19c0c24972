import BenchmarkModel
import Statistics

extension TaskCell {
    /// All cells of the experiment, those that depend on others included.
    static func all(_ observed: [ObservedCell], of run: Run, resamples: Int) -> [TaskCell] {
        let mine = observed.filter { $0.cell.parameters == .task }
        let specs = Dictionary(
            run.suite.workloads.map { ($0.name, $0.figures) }, uniquingKeysWith: { first, _ in first })
        var cells = mine.concurrently {
            TaskCell($0, specs[$0.cell.workload] ?? [], seed: run.plan.seed, resamples: resamples)
        }
        relate(&cells, seed: run.plan.seed, resamples: resamples)
        return cells
    }

    private init(_ observed: ObservedCell, _ specs: [FigureSpec], seed: UInt64, resamples: Int) {
        let good = observed.good
        let failed = observed.observations.filter { $0.counted && $0.verdict == .failed }.map(\.block)
        let key = observed.cell.key
        func sampled(
            _ id: String, failed: [Int] = [], _ polarity: Metric.Polarity = .lowerIsBetter,
            _ value: (TaskRecord) -> Double?
        ) -> Sampled? {
            let numbers = good.compactMap { one in
                one.task.flatMap(value).map { (block: one.block, value: $0) }
            }
            return Sampled(
                numbers, failed: failed, polarity: polarity, seed: seed, name: "\(id)/\(key)", resamples: resamples)
        }
        func time(_ id: String, _ title: String, _ value: (TaskRecord) -> UInt64?) -> TaskMeasure {
            TaskMeasure(
                id: id, title: title, unit: .nanoseconds, polarity: .lowerIsBetter, caveats: [],
                sampled: sampled(id, failed: failed) { value($0).map { Double($0) } })
        }
        self.observed = observed
        figures = specs.map { spec in
            let id = TaskCell.id(ofFigure: spec.name)
            return TaskMeasure(
                id: id, title: spec.name, unit: Metric.Unit(rawValue: spec.unit), polarity: spec.polarity,
                caveats: [.ownClock], sampled: sampled(id, failed: failed, spec.polarity) { $0.figures[spec.name] })
        }
        own = time("task.own", "own time", \.ownNanoseconds)
        duration = time("task.duration", "duration", \.durationNanoseconds)
        cpu = sampled("task.cpu") { $0.start.cpuNanoseconds.map { Double($0) } }
        peakMemory = sampled("task.peak-memory") { $0.start.peakMemoryBytes.map { Double($0) } }
    }

    /// Its figures, its own time and its duration: the same in each cell of a workload.
    private var measures: [TaskMeasure] {
        get { figures + [own, duration] }
        set {
            figures = Array(newValue.dropLast(2))
            (own, duration) = (newValue[newValue.count - 2], newValue[newValue.count - 1])
        }
    }

    /// A measure of a cell that is set against that of a floor.
    private struct Pair {
        var above, below: Int
        /// Of the measure in its cell, and of the floor among the cell's.
        var measure, floor: Int
    }

    /// Sets the cells of each workload against their floors.
    private static func relate(_ cells: inout [TaskCell], seed: UInt64, resamples: Int) {
        var pairs: [Pair] = []
        for members in Dictionary(grouping: cells.indices, by: { cells[$0].cell.workload }).values {
            let floors = cells.floors(among: members)
            for member in members {
                for measure in cells[member].measures.indices {
                    cells[member].measures[measure].floors = floors.map { floor in
                        FloorRatio(platform: cells[floor].cell.platform, ratio: nil, isItself: floor == member)
                    }
                    for (place, floor) in floors.enumerated() where floor != member {
                        pairs.append(Pair(above: member, below: floor, measure: measure, floor: place))
                    }
                }
            }
        }
        let bare = cells
        let ratios = pairs.concurrently { pair -> Ratio? in
            let (one, other) = (bare[pair.above], bare[pair.below])
            let measure = one.measures[pair.measure]
            guard one.isSound, other.isSound, let mine = measure.sampled,
                let theirs = other.measures[pair.measure].sampled
            else { return nil }
            return mine.cost(
                against: theirs, seed: seed, name: "\(measure.id)/\(one.cell.key) \(other.cell.key)",
                resamples: resamples)
        }
        for (pair, ratio) in zip(pairs, ratios) {
            cells[pair.above].measures[pair.measure].floors[pair.floor].ratio = ratio
        }
    }
}
