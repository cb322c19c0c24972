import BenchmarkModel
import Testing

@testable import Reports

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
                run.samples.append(
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
            let model = ReportModel(run: CarryOverTests.run(seed: seed), resamples: 10)
            #expect(model.cells.allSatisfy { $0.carryOver?.isFound == false }, "seed \(seed)")
            #expect(!model.banners.contains { $0.kind == .carryOver })
        }
    }

    @Test func aDelayAfterOneKindOfCellIsFoundAndNamed() throws {
        let run = CarryOverTests.run(seed: 3, samples: 30) { cell, before in
            cell.platform == "namespaces" && before.platform == "q35" ? 5 : 1
        }
        let model = ReportModel(run: run, resamples: 10)
        for cell in model.cells {
            #expect((cell.carryOver?.isFound == true) == (cell.cell.platform == "namespaces"), "\(cell.cell.key)")
            #expect(cell.marks.contains("carry-over") == (cell.cell.platform == "namespaces"))
        }
        let found = try #require(model.cell("startup/nginx/namespaces/warm")?.carryOver)
        #expect(found.grouping == .platform)
        #expect(found.predecessors.filter(\.differs).map(\.name) == ["q35"])
        #expect(found.predecessors.map(\.count).reduce(0, +) == 30)
        let banner = try #require(model.banners.first { $0.kind == .carryOver })
        #expect(banner.text.contains("noop on namespaces (warm) and nginx on namespaces (warm)"))
        #expect(banner.text.contains("after any start on q35"))
        let json = try JSONExport.encode(model)
        #expect(json.contains("\"found\" : true") && json.contains("\"by\" : \"platform\""))
        #expect(MarkdownRenderer.render(model.document()).contains("carry-over"))
    }

    @Test func predecessorsAreToldApartByCellWhereThereAreEnough() throws {
        let run = CarryOverTests.run(seed: 5, samples: 60) { cell, before in
            before.key == "startup/nginx/runc/warm" && cell.platform == "process" ? 2 : 1
        }
        let model = ReportModel(run: run, resamples: 10)
        let found = try #require(model.cell("startup/noop/process/warm")?.carryOver)
        #expect(found.isFound && found.grouping == .cell)
        #expect(found.predecessors.filter(\.differs).map(\.name) == ["startup/nginx/runc/warm"])
        #expect(model.cell("startup/noop/q35/warm")?.carryOver?.isFound == false)
    }

    @Test func whatWasNotAttemptedIsNoPredecessor() throws {
        var run = CarryOverTests.run(seed: 7)
        // q35 gave up: its samples say so and did nothing to the host.
        for index in run.samples.indices where run.samples[index].cell.contains("/q35/") {
            run.samples[index].instance = ""
            run.samples[index].outcome = .failed
            run.samples[index].reasons = ["not attempted"]
            run.samples[index].marks = []
        }
        let model = ReportModel(run: run, resamples: 10)
        let found = try #require(model.cell("startup/noop/runc/warm")?.carryOver)
        #expect(!found.predecessors.contains { $0.name.contains("q35") })
        #expect(found.predecessors.map(\.count).reduce(0, +) == 20)
    }
}
