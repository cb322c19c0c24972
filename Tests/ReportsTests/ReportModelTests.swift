import BenchmarkModel
import Statistics
import Testing

@testable import Reports

@Suite struct ReportModelTests {
    /// Every cell of the synthetic run is its median m times 0.905, 0.915, ... 1.095 (20 values, mean and median m).
    /// NumPy: x=m*(1+(np.arange(1,21)-10.5)/100); np.quantile(x,[.1,.5,.95]) = m*[0.924, 1.0, 1.0855].
    @Test func figuresOfACell() throws {
        let run = SyntheticRun.full()
        let model = ReportModel(run: run, resamples: 500)
        let report = try #require(model.cell(SyntheticRun.cell(run, "runc").key))
        let startup = try #require(report.startup)
        let median = 64_000_000.0
        #expect(startup.count == 20)
        #expect(startup.blocks == 20)
        #expect(abs(startup.median - median) < 2)
        #expect(abs(startup.p10 - median * 0.924) < 2)
        #expect(abs(startup.p95 - median * 1.0855) < 2)
        #expect(abs(startup.minimum - median * 0.905) < 2)
        #expect(abs(startup.maximum - median * 1.095) < 2)
        #expect(startup.p99 == nil)
        let interval = try #require(startup.interval)
        #expect((median * 0.93...median * 0.99).contains(interval.lower))
        #expect((median * 1.01...median * 1.07).contains(interval.upper))
        #expect(report.warmup == 1)
        #expect(report.standing == .sound)
        #expect(report.cpu?.median == median / 2)
    }

    /// Both sides drift alike from block to block, so paired blocks leave the ratio no width: 64 / 8 and 64 / 2.
    @Test func ratiosToTheFloorsArePaired() throws {
        let run = SyntheticRun.full()
        let model = ReportModel(run: run, resamples: 500)
        let report = try #require(model.cell(SyntheticRun.cell(run, "runc").key))
        #expect(report.floors.map(\.platform) == ["namespaces", "process"])
        for (floor, expected) in zip(report.floors, [8.0, 32.0]) {
            let ratio = try #require(floor.ratio)
            let interval = try #require(ratio.interval)
            #expect(abs(ratio.value - expected) < 1e-6)
            #expect(abs(interval.lower - expected) < 1e-6)
            #expect(abs(interval.upper - expected) < 1e-6)
        }
        let floor = try #require(model.cell(SyntheticRun.cell(run, "namespaces").key))
        #expect(floor.floors.first?.isItself == true)
    }

    /// The marks of the synthetic samples stand at 1/8, (1/4,) 1/2, 3/4 and 1 of the startup; the stop takes 4 ms.
    @Test func phasesGoFromEachMarkToTheNextThatExists() throws {
        let run = SyntheticRun.full()
        let model = ReportModel(run: run, resamples: 100)
        let container = try #require(model.cell(SyntheticRun.cell(run, "runc").key))
        #expect(container.phases.map(\.to) == [.spawned, .entered, .executed, .ready, .stopped])
        #expect(container.phases.map(\.from) == [.requested, .spawned, .entered, .executed, .stopping])
        let expected = [8.0, 24, 16, 16, 4].map { $0 * 1_000_000 }
        for (phase, value) in zip(container.phases, expected) { #expect(abs(phase.median - value) < 2) }
        let guest = try #require(model.cell(SyntheticRun.cell(run, "q35").key))
        #expect(guest.phases.map(\.to) == [.spawned, .kernel, .entered, .executed, .ready, .stopped])
    }

    @Test func p99IsThereFromAHundredSamplesOn() throws {
        for (count, there) in [(99, false), (100, true)] {
            var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: count)
            let cell = SyntheticRun.cell(run, "runc")
            run.samples = (1...count).map {
                SyntheticRun.sample($0, cell, block: $0, milliseconds: Double($0))
            }
            let model = ReportModel(run: run, resamples: 50)
            // np.quantile(np.arange(1, 101), .99) = 99.01
            let p99 = model.cells[0].startup?.p99
            #expect((p99 != nil) == there)
            if let p99 { #expect(abs(p99 - 99_010_000) < 2) }
        }
    }

    /// Round trips of 0.5, 1.0, ... 100 us: np.quantile(np.arange(1,201)*500,[.5,.95]) = 50250, 95025.
    @Test func echoesAreSummed() throws {
        let model = ReportModel(run: SyntheticRun.full(), resamples: 50)
        let echo = try #require(model.echoes.first)
        #expect(echo.count == 200)
        #expect(echo.median == 50_250)
        #expect(abs((echo.p95 ?? 0) - 95_025) < 1e-6)
    }

    @Test func theAnswerIsASentenceThatAPersonCanRead() throws {
        let model = ReportModel(run: SyntheticRun.full(), resamples: 200)
        #expect(model.answers.map(\.workload) == ["noop", "nginx"])
        #expect(
            model.answers.last?.text
                == "On this host nginx, started warm, is ready in 64.0 ms under runc and in 5120 ms (emulated) in the "
                + "VM q35, 80.0 times as long [95 % interval 80.0 to 80.0]; the same takes 8.00 ms in bare namespaces "
                + "and 2.00 ms with no isolation (n = 20 each).")
    }

    @Test func theSameRunGivesTheSameReport() throws {
        let run = SyntheticRun.full()
        let first = Renderer.markdown(ReportModel(run: run, resamples: 200))
        #expect(first == Renderer.markdown(ReportModel(run: run, resamples: 200)))
    }

    @Test func aThreatTouchesOnlyItsBlockAndCell() throws {
        var run = SyntheticRun.full()
        let runc = SyntheticRun.cell(run, "runc").key
        run.threats = [
            Threat(detector: "foreign work", severity: .warning, text: "12 % of a CPU", block: 4, cell: runc),
            Threat(detector: "steal", severity: .warning, text: "0.9 % of a warm-up block", block: 0),
            Threat(detector: "mounts", severity: .note, text: "2 lines"),
        ]
        let model = ReportModel(run: run, resamples: 50)
        #expect(model.cells.filter { !$0.noise.isEmpty }.map(\.cell.key) == [runc])
        #expect(model.cell(runc)?.marks == ["noisy"])
        #expect(model.banners.count { $0.kind == .threat } == 2)
        run.threats = [Threat(detector: "throttling", severity: .warning, text: "tare was throttled")]
        let all = ReportModel(run: run, resamples: 50)
        #expect(all.cells.allSatisfy { $0.marks.contains("noisy") })
        #expect(all.answers.allSatisfy { $0.pieces.contains(.mark("noisy")) })
    }
}
