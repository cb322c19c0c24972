// The experiments that there are. What else knows them: a folder of each in Harness and in Analysis, its keys in the suite, and
// its section of the page.

/// What is measured in a cell, and under which conditions.
package enum Parameters: Sendable, Equatable, Hashable {
    /// The time from the request to ready.
    case startup(StartupMode)
    /// What one more idle instance costs; ladders of at most so many.
    case footprint(most: Int)
    /// How many run at the same time within a budget; ramps of at most so many.
    case density(most: Int, budgetBytes: UInt64)
    /// A command that runs to its end, with what it prints of itself.
    case task

    /// The experiment's name.
    package var experiment: String {
        switch self {
        case .startup: "startup"
        case .footprint: "footprint"
        case .density: "density"
        case .task: "task"
        }
    }

    /// The last part of a cell's key.
    package var key: String {
        switch self {
        case .startup(let mode): mode.key
        case .footprint: "idle"
        case .density(_, let budget): "\(budget >> 20)MiB"
        case .task: "run"
        }
    }

    /// How many observations one pass of the cell gives.
    package var observationsPerPass: Int {
        switch self {
        case .startup(let mode): mode.requestsPerPass
        case .footprint, .density, .task: 1
        }
    }
}

/// What one measurement recorded, by experiment. It is a reference, so that an observation is small and cheap to hand on.
package indirect enum Record: Sendable, Equatable {
    case startup(StartupRecord)
    case footprint(Ladder)
    case density(Ramp)
    case task(TaskRecord)

    /// The experiment's name.
    package var experiment: String {
        switch self {
        case .startup: "startup"
        case .footprint: "footprint"
        case .density: "density"
        case .task: "task"
        }
    }
}

extension Record {
    /// Why it is no answer although it was recorded as ok, in words; nil where it is one.
    package var contradiction: String? {
        switch self {
        case .startup(let record):
            record.startupNanoseconds == nil ? "recorded as ok, but its marks give no startup" : nil
        case .task(let record):
            record.durationNanoseconds == nil ? "recorded as ok, but its marks give no duration" : nil
        case .footprint, .density: nil
        }
    }
}

extension Observation {
    /// The startup that was recorded; nil where it is of another experiment.
    package var startup: StartupRecord? { if case .startup(let record) = record { record } else { nil } }
    /// The ladder that was recorded; nil where it is of another experiment.
    package var ladder: Ladder? { if case .footprint(let ladder) = record { ladder } else { nil } }
    /// The ramp that was recorded; nil where it is of another experiment.
    package var ramp: Ramp? { if case .density(let ramp) = record { ramp } else { nil } }
    /// The task that was recorded; nil where it is of another experiment.
    package var task: TaskRecord? { if case .task(let task) = record { task } else { nil } }
    /// What was recorded of the start of its one instance: a startup, or that of a task.
    package var start: StartupRecord? { startup ?? task?.start }
}
