import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// Whether a report tells that starts feel what came before them.
@Suite struct CarryOverTests {
    /// A run in which each startup is the platform's median times a random factor, and longer after some cells.
    private static func run(seed: UInt64, samples: Int = 20, delay: (Cell, Cell) -> Double = { _, _ in 1 }) -> Run {
        let suite = Suite(
            name: "synthetic",
            workloads: [SyntheticRun.workload("noop", readiness: .started), SyntheticRun.workload("nginx")],
            platforms: SyntheticRun.all, startup: StartupExperiment(samples: samples))
        var run = SyntheticRun.empty()
        run.suite = suite
        run.plan = Plan(suite: suite, seed: seed)
        var random = SplitMix64(seed: seed ^ 0xABCD)
        var number = 0
        var before: Cell?
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                number += 1
                let noise = (0..<4).reduce(1.0) { sum, _ in
                    sum + (Double(random.next() >> 40) / Double(1 << 24) - 0.5) / 5
                }
                let factor = noise * (before.map { delay(cell, $0) } ?? 1)
                run.observations.append(
                    SyntheticRun.sample(
                        number, cell, block: block.index,
                        milliseconds: SyntheticRun.median(of: cell.platform, workload: cell.workload) * factor,
                        counted: block.counted))
                before = cell
            }
        }
        return run
    }

    @Test func twentyHonestRunsAreQuiet() {
        for seed in UInt64(1)...20 {
            let analysis = RunAnalysis(run: CarryOverTests.run(seed: seed), resamples: 10)
            #expect(analysis.startups.allSatisfy { $0.carryOver?.isFound == false }, "seed \(seed)")
        }
    }

    @Test func aDelayAfterOneKindOfCellIsFoundAndNamed() throws {
        let run = CarryOverTests.run(seed: 3, samples: 30) { cell, before in
            cell.platform == "namespaces" && before.platform == "q35" ? 5 : 1
        }
        let analysis = RunAnalysis(run: run, resamples: 10)
        for cell in analysis.startups {
            #expect((cell.carryOver?.isFound == true) == (cell.cell.platform == "namespaces"), "\(cell.cell.key)")
            #expect(cell.caveats.contains(.carryOver) == (cell.cell.platform == "namespaces"))
        }
        let found = try #require(analysis.startup("startup/nginx/namespaces/warm")?.carryOver)
        #expect(found.grouping == .platform)
        #expect(found.predecessors.filter(\.differs).map(\.name) == ["q35"])
        #expect(found.predecessors.map(\.count).reduce(0, +) == 30)
    }

    @Test func predecessorsAreToldApartByCellWhereThereAreEnough() throws {
        let run = CarryOverTests.run(seed: 5, samples: 60) { cell, before in
            before.key == "startup/nginx/runc/warm" && cell.platform == "process" ? 2 : 1
        }
        let analysis = RunAnalysis(run: run, resamples: 10)
        let found = try #require(analysis.startup("startup/noop/process/warm")?.carryOver)
        #expect(found.isFound && found.grouping == .cell)
        #expect(found.predecessors.filter(\.differs).map(\.name) == ["startup/nginx/runc/warm"])
        #expect(analysis.startup("startup/noop/q35/warm")?.carryOver?.isFound == false)
    }

    @Test func whatWasNotAttemptedIsNoPredecessor() throws {
        var run = CarryOverTests.run(seed: 7)
        // q35 gave up: its samples say so and did nothing to the host.
        for index in run.observations.indices where run.observations[index].cell.contains("/q35/") {
            run.observations[index].outcome = .failed
            run.observations[index].reasons = ["not attempted"]
            run.observations[index].record = .startup(StartupRecord(instance: "", marks: []))
        }
        let analysis = RunAnalysis(run: run, resamples: 10)
        let found = try #require(analysis.startup("startup/noop/runc/warm")?.carryOver)
        #expect(!found.predecessors.contains { $0.name.contains("q35") })
        #expect(found.predecessors.map(\.count).reduce(0, +) == 20)
    }
}
