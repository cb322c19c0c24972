import BenchmarkModel
import LinuxSystem

/// One pass of a cell of the startup experiment.
struct StartupPass {
    let mode: StartupMode
    let measurement: StartMeasurement

    private var bench: Bench { measurement.bench }

    /// Starts what the mode asks for, measures, and ends all of it.
    func run() throws -> [Observation] {
        var background: [LaunchedInstance] = []
        var measured: [LaunchedInstance] = []
        var observations: [Observation] = []
        do {
            if case .occupied(let count) = mode { try occupy(count, &background) }
            if let failed = background.first(where: { !$0.isReady }) {
                observations = [measurement.unattempted("an instance beside it failed: \(failed.failureReason)")]
            } else {
                let common = try measurement.run(mode.requestsPerPass, isCold: mode == .cold, into: &measured)
                observations = measured.map { measurement.observation(of: $0, common) }
            }
        } catch {
            for instance in measured + background { try? instance.stop() }
            throw error
        }
        try measurement.end(measured + background) { position, marks in
            guard position < measured.count, case .startup(var record) = observations[position].record else { return }
            record.marks = marks
            observations[position].record = .startup(record)
        }
        return observations
    }

    private func occupy(_ count: Int, _ background: inout [LaunchedInstance]) throws {
        for _ in 0..<count where !bench.interruption.isRequested {
            let instance = try bench.makeInstance(of: measurement.cell)
            background.append(instance)
            try instance.stage(on: bench.launchers[0])
            try instance.launch(on: bench.launchers[0])
            instance.awaitReady(from: MonotonicClock.now(), interruption: bench.interruption)
            if !instance.isReady { return }
        }
    }
}
