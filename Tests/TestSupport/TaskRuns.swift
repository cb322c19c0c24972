package import BenchmarkModel

/// Runs of tasks that nobody measured.
package enum TaskRuns {
    /// What one sample gave.
    package struct Sample {
        /// From `executed` to the end, in milliseconds. The request is a quarter of a millisecond before `executed`.
        package var own: Double
        /// The figures, by name.
        package var figures: [String: Double]
        package var outcome: Observation.Outcome

        package init(own: Double, figures: [String: Double] = [:], outcome: Observation.Outcome = .ok) {
            self.own = own
            self.figures = figures
            self.outcome = outcome
        }
    }

    package static let rate = FigureSpec(
        name: "rate", place: .match("events per second: +([0-9.]+)"), unit: "events/s", polarity: .higherIsBetter)
    package static let latency = FigureSpec(
        name: "latency", source: .file("/tmp/result"), place: .json("$.latency"), unit: "us", polarity: .lowerIsBetter)

    package static func workload(_ name: String, _ figures: [FigureSpec] = [rate]) -> Workload {
        var workload = SyntheticRun.workload(name, readiness: .completed)
        workload.figures = figures
        return workload
    }

    /// A complete run.
    ///
    /// - Parameter sample: of a workload on a platform in a block, from 1 on.
    package static func run(
        _ workloads: [Workload] = [workload("sysbench")], platforms: [PlatformSpec] = SyntheticRun.all,
        samples: Int = 10, _ sample: (_ workload: String, _ platform: String, _ block: Int) -> Sample
    ) -> Run {
        var run = SyntheticRun.empty(workloads: workloads, platforms: platforms)
        run.suite.startup = nil
        run.suite.task = TaskExperiment(samples: samples, warmupBlocks: 0)
        run.plan = Plan(suite: run.suite, seed: 7)
        var counts: [String: Int] = [:]
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                let number = run.observations.count + 1
                counts[cell.key, default: 0] += 1
                let one = sample(cell.workload, cell.platform, counts[cell.key] ?? 0)
                run.observations.append(observation(number, cell, block: block.index, one))
            }
        }
        return run
    }

    private static func observation(_ number: Int, _ cell: Cell, block: Int, _ sample: Sample) -> Observation {
        let start = SyntheticRun.base + UInt64(number) * 1_000_000_000
        let executed = start + 250_000
        let end = executed + UInt64((sample.own * 1_000_000).rounded())
        let marks = [
            Mark(.requested, nanoseconds: start), Mark(.spawned, nanoseconds: start + 50_000),
            Mark(.entered, nanoseconds: start + 100_000), Mark(.executed, nanoseconds: executed),
            Mark(.ready, nanoseconds: end),
        ]
        let record = TaskRecord(
            start: StartupRecord(
                instance: "tare-synthetic-i\(number)", marks: marks, cpuNanoseconds: 3_000_000,
                peakMemoryBytes: 2 << 20),
            ending: .exited(sample.outcome == .failed ? 3 : 0), figures: sample.figures,
            instanceNanoseconds: end - executed)
        return Observation(
            number: number, cell: cell.key, block: block, outcome: sample.outcome,
            reasons: sample.outcome == .ok ? [] : ["the command ended with status 3"], record: .task(record))
    }
}
