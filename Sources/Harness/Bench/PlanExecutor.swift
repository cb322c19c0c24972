package import BenchmarkModel
import LinuxSystem

/// Executes a plan: stages and blocks in order, cells in the order of each block, every observation committed before the next one
/// starts.
///
/// Blocking; to be called on a thread that may wait.
package final class PlanExecutor {
    private let plan: Plan
    private let bench: Bench
    private let experiments: [String: any Experiment]
    private let progress: (Progress) -> Void
    private let total: Int
    private var done = 0
    private var secondsByCell: [Int: [Double]] = [:]

    /// - Parameter progress: called before every pass.
    package init(
        plan: Plan, bench: Bench, experiments: [String: any Experiment], progress: @escaping (Progress) -> Void
    ) {
        self.plan = plan
        total = plan.totalObservations
        self.bench = bench
        self.experiments = experiments
        self.progress = progress
    }

    /// Has every workload's world told and the channel of every platform measured, then runs all stages.
    ///
    /// - Parameter echoes: round trips for each platform; 0 measures none.
    /// - Returns: `complete`, or `interrupted` when somebody asked.
    /// - Throws: what makes it impossible to go on: the store, or something that cannot be removed.
    package func execute(echoes: Int) throws -> Run.Status {
        defer { bench.close() }
        try bench.needLaunchers(1)
        try tellLimits()
        try SurroundingsPass(plan: plan, bench: bench) { [progress, total] now in
            progress(Progress(done: 0, total: total, now: now))
        }.run(echoes: echoes)
        for stage in plan.stages {
            guard let experiment = experiments[stage.experiment] else {
                throw TareError(.failed, "nothing can run the experiment '\(stage.experiment)'")
            }
            let blocks = plan.blocks(of: stage.experiment)
            for block in stage.blocks {
                if bench.interruption.isRequested { return .interrupted }
                try run(block, of: blocks, experiment)
            }
        }
        return bench.interruption.isRequested ? .interrupted : .complete
    }

    /// Says what cannot be watched, limited or read on this host, before anything is measured.
    private func tellLimits() throws {
        for name in plan.experiments {
            for note in experiments[name]?.notes(on: bench) ?? [] { try bench.sink.save(note) }
        }
        var seen: Set<String> = []
        for pair in plan.pairs where seen.insert(pair.platform).inserted {
            guard case .daemonGroups(let daemon) = bench.platforms[pair.platform]?.traits.whereabouts else { continue }
            try bench.sink.save(
                Threat(
                    detector: "control groups", severity: .note,
                    text:
                        "the instances of \(pair.platform) run in control groups of \(daemon): their CPU time and memory are read "
                        + "there, and no limit of the run's own group binds them"))
        }
    }

    /// - Parameter blocks: all of the experiment.
    private func run(_ block: Plan.Block, of blocks: [Plan.Block], _ experiment: any Experiment) throws {
        let before = bench.host.reading()
        var taken: [Observation] = []
        for index in block.order {
            if bench.interruption.isRequested { break }
            let cell = plan.cells[index]
            let left = secondsLeft(from: block, among: blocks)
            bench.show = { [done, total, progress] now in
                progress(Progress(done: done, total: total, now: now, secondsLeft: left))
            }
            bench.tell(cell.key)
            let start = bench.host.now()
            let observations = try experiment.observe(cell, block: block, on: bench)
            for observation in observations { try bench.sink.save(observation) }
            taken += observations
            done += observations.count
            secondsByCell[index, default: []].append(Double(bench.host.now() - start) / 1e9)
        }
        for changed in try experiment.judge(block, taken, since: before, on: bench) { try bench.sink.save(changed) }
    }

    /// What is left of an experiment, once every cell of it has been measured once.
    private func secondsLeft(from block: Plan.Block, among blocks: [Plan.Block]) -> Double? {
        var sum = 0.0
        for later in blocks where later.index >= block.index {
            for index in later.order {
                guard let seconds = usualSeconds(of: index) else { return nil }
                sum += seconds
            }
        }
        return sum
    }

    /// What a pass of a cell takes, its rest included. Of a later stage nothing is known before it begins: it is taken to be as
    /// quick as the same workload on the same platform was in the stage before.
    private func usualSeconds(of index: Int) -> Double? {
        func mean(_ index: Int) -> Double? {
            guard let seconds = secondsByCell[index], !seconds.isEmpty else { return nil }
            return seconds.reduce(0, +) / Double(seconds.count)
        }
        if let known = mean(index) { return known }
        let cell = plan.cells[index]
        let alike = plan.cells.indices.filter {
            plan.cells[$0].workload == cell.workload && plan.cells[$0].platform == cell.platform
                && plan.cells[$0].experiment == cell.experiment
        }
        return alike.compactMap(mean).min()
    }
}
