import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import LinuxSystem
import RunStore
import TestSupport
import Testing

@testable import TareCommands

/// A store with runs that nobody measured, baselines of them, and policies.
struct CompareFixture {
    static let cell = "startup/nginx/runc/warm"
    static let crun = PlatformSpec(name: "crun", kind: .oci(OCISettings()))

    let scratch: TemporaryDirectory
    var database: String { scratch.path + "/tare.db" }

    init() throws { scratch = try TemporaryDirectory() }

    func path(_ name: String) -> String { "\(scratch.path)/\(name)" }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try HostFiles.replace(path(name), bytes: Array(text.utf8))
        return path(name)
    }

    static func id(_ number: Int) -> String { "20260131-09300\(number)-abc\(number)" }

    /// A complete run of nginx, whose starts take 64 ms times the factor of their platform and drift by a fifth over its blocks;
    /// its CPU cost is always the same.
    static func run(
        _ number: Int, factor: Double = 1, factors: [String: Double] = [:],
        platforms: [PlatformSpec] = [SyntheticRun.runc], samples: Int = 20
    ) -> Run {
        var run = SyntheticRun.empty(platforms: platforms, samples: samples)
        run.id = id(number)
        run.startedAt += Double(number)
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                let factor = factors[cell.platform] ?? factor
                let drift = 1 + (Double(block.index) - 10.5) / 100
                run.observations.append(
                    SyntheticRun.sample(
                        run.observations.count + 1, cell, block: block.index, milliseconds: 64 * factor * drift,
                        counted: block.counted, cpuMilliseconds: 32 * factor))
            }
        }
        return run
    }

    /// The same run of which no counted start ever became ready.
    static func failed(_ number: Int) -> Run {
        var run = run(number)
        let cell = run.plan.cells[0]
        run.observations = run.observations.map {
            $0.counted ? SyntheticRun.failure($0.number, cell, block: $0.block, reason: "it died") : $0
        }
        return run
    }

    func store(_ runs: Run...) throws {
        let store = try RunStore(path: database)
        for run in runs {
            try store.create(run)
            let sink = store.sink(for: run.id)
            for record in run.platforms { try sink.save(record) }
            for threat in run.threats { try sink.save(threat) }
            for observation in run.observations { try sink.save(observation) }
            try store.finish(run.id, status: run.status, endedAt: run.startedAt + 100)
        }
    }

    static func compared(_ run: Run) -> ComparedRun {
        ComparedRun(RunAnalysis(run: run, resamples: 200))
    }

    /// Eight runs that differ from each other by 1 %.
    static func calm(_ run: ComparedRun) -> [LearntNoise] {
        run.figures.filter { $0.counts == nil }.map { figure in
            LearntNoise(
                id: figure.id, runs: 8, totalVariance: 1e-4, errorVariance: 2e-5, errorDegreesOfFreedom: 152,
                blocks: 20, pairedVariancePerBlock: 0.001)
        }
    }

    /// Writes a baseline of a run.
    ///
    /// - Returns: its path.
    func baseline(
        of run: Run, isLearnt: Bool = true, change: (inout Baseline) -> Void = { _ in }
    ) throws -> String {
        let compared = CompareFixture.compared(run)
        var baseline = try Baseline(of: [compared], learnt: isLearnt ? CompareFixture.calm(compared) : [])
        change(&baseline)
        return try write(BaselineFile.text(baseline), to: "baseline.yaml")
    }

    /// Writes the run as `tare export` does.
    ///
    /// - Returns: its path.
    func export(_ run: Run, change: (String) -> String = { $0 }) throws -> String {
        let text = try JSONExport.encode(RunAnalysis(run: run, resamples: 200), .init())
        return try write(change(text), to: "\(run.id).json")
    }

    func gate(_ options: String...) throws -> GateCommand {
        try GateCommand.parse(options + ["--db", database])
    }

    func compare(_ options: String...) throws -> CompareCommand {
        try CompareCommand.parse(options + ["--db", database])
    }

    func update(_ options: String...) throws -> BaselineCommand.Update {
        try BaselineCommand.Update.parse(options + ["--db", database])
    }
}

extension GateResult {
    /// What became of a metric of the one cell.
    func check(_ metric: String) -> Check? { checks.first { $0.row.metric.id == metric } }
}

extension Error {
    /// The exit code with which a command ends that throws it.
    var commandExitCode: Int32 {
        if let errors = self as? SuiteErrors { return errors.exitCode }
        return (self as? TareError)?.exitCode ?? 1
    }
}
