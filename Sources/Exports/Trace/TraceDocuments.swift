import Analysis
import BenchmarkModel

/// What a viewer shows of an instance that is selected; see the head of `TraceExport.swift`.
struct TraceArguments: Encodable {
    var number, block: Int
    var counted: Bool
    var instance, outcome: String
    var reasons, warnings: [String]?
    var startupNanoseconds, durationNanoseconds, ownNanoseconds, cpuNanoseconds, peakMemoryBytes: UInt64?
    var ending: String?
    var figures: [String: Double]?

    init(_ observation: Observation, _ start: StartupRecord) {
        func shown(_ texts: [String]) -> [String]? { texts.isEmpty ? nil : texts.map(\.showingControls) }
        number = observation.number
        block = observation.block
        counted = observation.counted
        instance = start.instance.showingControls
        outcome = observation.verdict.rawValue
        reasons = shown(observation.verdictReasons)
        warnings = shown(observation.warnings)
        cpuNanoseconds = start.cpuNanoseconds
        peakMemoryBytes = start.peakMemoryBytes
        if let task = observation.task {
            durationNanoseconds = task.durationNanoseconds
            ownNanoseconds = task.ownNanoseconds
            ending = task.ending?.words
            let finite = task.figures.filter { $0.value.isFinite }
            figures = finite.isEmpty ? nil : finite
        } else {
            startupNanoseconds = start.startupNanoseconds
        }
    }
}

/// What is told of a trace as a whole, and of what is not in it; see the head of `TraceExport.swift`.
struct TraceFacts: Encodable {
    struct Absence: Encodable {
        /// In the plural.
        var what: String
        var count: Int
        /// In words.
        var reason: String
    }

    var schema = TraceExport.schema
    var tareVersion, run, status, suite: String
    var startedAt: String?
    var clock = "CLOCK_MONOTONIC of the host"
    var originNanoseconds: String?
    var starts, tasks: Int
    var notOnTimeLine: [Absence]

    /// - Parameter origin: what is 0 on the time line, on the host's monotonic clock, in nanoseconds; nil where nothing
    ///   is.
    init(_ run: Run, origin: UInt64?) {
        tareVersion = run.tareVersion.showingControls
        self.run = run.id.showingControls
        status = run.status.rawValue
        suite = run.suite.name.showingControls
        startedAt = Timestamp.text(run.startedAt)
        originNanoseconds = origin.map { "\($0)" }
        starts = run.observations.count { $0.startup?.marks.isEmpty == false }
        tasks = run.observations.count { $0.task?.start.marks.isEmpty == false }
        notOnTimeLine = TraceFacts.absences(run)
    }

    /// `1 ladder`, `3 starts`.
    static func words(_ count: Int, _ plural: String) -> String {
        "\(count) \(count == 1 ? String(plural.dropLast()) : plural)"
    }

    private static func absences(_ run: Run) -> [Absence] {
        let unmarked = "no mark was recorded"
        let untimed = "how long they took is recorded, not when they were"
        let starts = run.observations.count { $0.startup?.marks.isEmpty == true }
        let tasks = run.observations.count { $0.task?.start.marks.isEmpty == true }
        let ladders = run.observations.count { $0.ladder != nil }
        let ramps = run.observations.count { $0.ramp != nil }
        let roundTrips = run.channelEchoes.reduce(0) { $0 + $1.roundTripsNanoseconds.count }
        let all = [
            Absence(what: "starts", count: starts, reason: unmarked),
            Absence(what: "tasks", count: tasks, reason: unmarked),
            Absence(what: "ladders", count: ladders, reason: untimed),
            Absence(
                what: "ramps", count: ramps, reason: "their points count from a request whose time is not recorded"),
            Absence(what: "channel round trips", count: roundTrips, reason: untimed),
            Absence(what: "preparations", count: run.preparations.count, reason: untimed),
            Absence(what: "threats", count: run.threats.count, reason: "they name a block or the run, not a time"),
            Absence(what: "unreadable records", count: run.unreadable.count, reason: "nothing is known of them"),
        ]
        return all.filter { $0.count > 0 }
    }
}
