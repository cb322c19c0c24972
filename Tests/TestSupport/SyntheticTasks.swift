package import BenchmarkModel

/// Runs of tasks that nobody measured.
package enum SyntheticTasks {
    /// A rate and a time that `tool` prints of itself.
    package static let figures = [
        FigureSpec(name: "rate", place: .json("jobs[0].rate"), unit: "events/s", polarity: .higherIsBetter),
        FigureSpec(
            name: "delay", source: .file("/tmp/out"), place: .match("delay: ([0-9.]+)"), unit: "us",
            polarity: .lowerIsBetter),
    ]

    package static let tool = Workload(
        name: "tool", image: .packages(["fio"], release: "bookworm"), command: ["/usr/bin/fio", "job"],
        readiness: .completed, figures: figures,
        volumes: [VolumeSpec(path: "/data", directory: "/var/tmp", bytes: 1 << 30)])

    /// A task of which nothing is known but its time.
    package static let job = Workload(
        name: "job", image: .packages(["busybox"], release: "bookworm"), command: ["true"], readiness: .completed)

    /// A complete run of 10 samples a cell: block b of 10 takes the platform's median times 1 + (b - 5.5) / 100, and its rate is
    /// 1,000,000 divided by that in milliseconds, its delay ten times it. What is before `executed` takes a quarter.
    package static func run(
        platforms: [PlatformSpec] = [SyntheticRun.namespaces, SyntheticRun.runc, SyntheticRun.vm]
    ) -> Run {
        var run = SyntheticRun.empty(workloads: [tool, job], platforms: platforms, samples: 1)
        run.suite.startup = nil
        run.suite.task = TaskExperiment()
        run.plan = Plan(suite: run.suite, seed: run.plan.seed)
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                let milliseconds =
                    SyntheticRun.median(of: cell.platform, workload: cell.workload)
                    * (block.counted ? 1 + (Double(block.index) - 5.5) / 100 : 3)
                run.observations.append(
                    task(
                        run.observations.count + 1, cell, block: block.index, milliseconds: milliseconds,
                        counted: block.counted))
            }
        }
        return run
    }

    /// A task that ended well.
    package static func task(
        _ number: Int, _ cell: Cell, block: Int, milliseconds: Double, counted: Bool = true
    ) -> Observation {
        var observation = SyntheticRun.sample(
            number, cell, block: block, milliseconds: milliseconds, counted: counted, guest: cell.platform == "q35")
        guard let start = observation.startup else { return observation }
        let isTool = cell.workload == tool.name
        observation.record = .task(
            TaskRecord(
                start: start, ending: .exited(0),
                figures: isTool ? ["rate": 1_000_000 / milliseconds, "delay": 10 * milliseconds] : [:],
                instanceNanoseconds: UInt64(milliseconds * 250_000)))
        return observation
    }
}

extension Observation {
    /// As ``changeStartup(_:)``, of a task.
    package mutating func changeTask(_ change: (inout TaskRecord) -> Void) {
        guard case .task(var task) = record else { return }
        change(&task)
        record = .task(task)
    }
}
