import BenchmarkModel

/// Where the instances of a run are in its trace: in which process, on which lane, from when to when.
struct TraceTimeline {
    /// A process of the trace: a cell.
    struct Row {
        /// The cell's key, with what must stand beside it.
        var name: String
        /// For each lane when its last instance ended, on the host's monotonic clock, in nanoseconds. Empty where the
        /// cell has no instance.
        var lanes: [UInt64] = []
    }

    /// An instance, from its first mark to its last.
    struct Stay {
        /// Its place in ``Run/observations``.
        var observation: Int
        /// On the host's monotonic clock, in nanoseconds.
        var start, end: UInt64
        /// Its place in ``TraceTimeline/rows``.
        var row: Int
        /// Its place in ``Row/lanes``.
        var lane = 0
    }

    /// The cells in the order of the plan, then those that are not in it, as they come.
    let rows: [Row]
    /// All that have a mark, in order of time.
    let stays: [Stay]
    /// The number of the first lane of each row.
    private let firstThreads: [Int]

    init(_ run: Run) {
        var (rows, stays) = TraceTimeline.unlaned(run)
        stays.sort { ($0.start, $0.row, $0.observation) < ($1.start, $1.row, $1.observation) }
        // A cell has as many lanes as it has instances at the same time: few enough to look at each.
        for place in stays.indices {
            let stay = stays[place]
            let free = rows[stay.row].lanes.firstIndex { $0 <= stay.start }
            stays[place].lane = free ?? rows[stay.row].lanes.count
            if let free {
                rows[stay.row].lanes[free] = stay.end
            } else {
                rows[stay.row].lanes.append(stay.end)
            }
        }
        var firstThreads: [Int] = []
        var next = rows.count + 1
        for row in rows {
            firstThreads.append(next)
            next += row.lanes.count
        }
        self.rows = rows
        self.stays = stays
        self.firstThreads = firstThreads
    }

    /// The cells without lanes, and the instances in the order in which they were recorded.
    private static func unlaned(_ run: Run) -> (rows: [Row], stays: [Stay]) {
        let emulated = Set(run.platforms.filter(\.emulated).map(\.platform))
        var rows: [Row] = []
        var places: [String: Int] = [:]
        for cell in run.plan.cells where places[cell.key] == nil {
            places[cell.key] = rows.count
            let caveat = emulated.contains(cell.platform) ? " (\(Caveat.emulated.word))" : ""
            rows.append(Row(name: cell.key + caveat))
        }
        var stays: [Stay] = []
        for (place, observation) in run.observations.enumerated() {
            let times = (observation.start?.marks ?? []).map(\.nanoseconds)
            guard let start = times.min(), let end = times.max() else { continue }
            let row = places[observation.cell] ?? rows.count
            if row == rows.count {
                places[observation.cell] = row
                rows.append(Row(name: "\(observation.cell) (not in the plan)"))
            }
            stays.append(Stay(observation: place, start: start, end: end, row: row))
        }
        return (rows, stays)
    }

    /// The first mark of all, on the host's monotonic clock, in nanoseconds; nil where there is none.
    var origin: UInt64? { stays.first?.start }

    /// The number of a row as a process, from 1: viewers take 0 for a process of the kernel.
    func process(_ row: Int) -> Int { row + 1 }

    /// The number of a lane as a thread.
    func thread(_ row: Int, lane: Int) -> Int { firstThreads[row] + lane }
}

extension StartupRecord {
    /// All its marks in order of time, those that came at once as they were recorded. In a record that contradicts
    /// itself they may stand otherwise.
    var marksByTime: [Mark] {
        let isOrdered = zip(marks, marks.dropFirst()).allSatisfy { $0.nanoseconds <= $1.nanoseconds }
        guard !isOrdered else { return marks }
        let ordered = marks.enumerated().sorted {
            ($0.element.nanoseconds, $0.offset) < ($1.element.nanoseconds, $1.offset)
        }
        return ordered.map(\.element)
    }
}
