import BenchmarkModel
import LinuxSystem

/// One pass of a cell of the task experiment.
struct TaskPass {
    let measurement: StartMeasurement

    /// How long figures may be looked for in what one task printed, in nanoseconds: an expression may take a time that grows with
    /// the square of a line, and what lines there are the workload decides.
    static let readingNanoseconds: UInt64 = 20_000_000_000

    /// Starts the command, measures it to its end, reads its figures, and ends its instance.
    func run() throws -> Observation {
        var instances: [LaunchedInstance] = []
        var observation: Observation
        do {
            let common = try measurement.run(1, into: &instances)
            observation = try finish(instances, common)
        } catch {
            for instance in instances { try? instance.stop() }
            throw error
        }
        try measurement.end(instances) { _, marks in
            guard case .task(var record) = observation.record else { return }
            record.start.marks = marks
            observation.record = .task(record)
        }
        return observation
    }

    /// A task that was planned and not tried, counted as failed.
    func unattempted(_ reason: String) -> Observation {
        TaskPass.asTask(measurement.unattempted(reason)) { TaskRecord(start: $0) }
    }

    private func finish(_ instances: [LaunchedInstance], _ common: StartMeasurement.Common) throws -> Observation {
        guard let instance = instances.first else { throw TareError(.failed, "no instance was made") }
        let interruption = measurement.bench.interruption
        instance.awaitTrail(interruption)
        let ending = instance.taskEnding
        let received = instance.channel.received
        let specs = instance.request.prepared.workload.figures
        var figures = FigureReader.Found()
        if ending != nil {
            let limit = MonotonicClock.now() + TaskPass.readingNanoseconds
            figures = FigureReader(specs) { interruption.isRequested || MonotonicClock.now() > limit }
                .read(instance.figureTexts())
        }
        let started = measurement.observation(of: instance, common)
        return TaskPass.judge(started, figures) { start in
            TaskRecord(
                start: start, ending: ending, figures: figures.values,
                instanceNanoseconds: received.instanceNanoseconds)
        }
    }

    /// Adds to the judgement of the instance that of its figures and its clock.
    private static func judge(
        _ started: Observation, _ figures: FigureReader.Found, _ record: (StartupRecord) -> TaskRecord
    ) -> Observation {
        var observation = asTask(started, record)
        // What a command prints that failed is no reason of its failure.
        guard started.outcome != .failed, let task = observation.task else { return observation }
        if !figures.problems.isEmpty {
            observation.outcome = .failed
            observation.reasons = figures.problems + observation.reasons
            return observation
        }
        if let ending = task.ending, ending != .exited(0) {
            observation.reasons.append("the command \(ending.words), and was said to be completed")
        }
        if let trouble = task.clockTrouble { observation.reasons.append(trouble) }
        if !task.figures.isEmpty, task.instanceNanoseconds == nil {
            observation.reasons.append("the instance did not say how long the command took by its own clock")
        }
        if !observation.reasons.isEmpty { observation.outcome = .invalid }
        return observation
    }

    private static func asTask(
        _ started: Observation, _ record: (StartupRecord) -> TaskRecord
    ) -> Observation {
        var observation = started
        if case .startup(let start) = started.record { observation.record = .task(record(start)) }
        return observation
    }
}
