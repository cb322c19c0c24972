import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

@Suite struct StartupCellTests {
    /// Every cell of the synthetic run is its median m times 0.905, 0.915, ... 1.095 (20 values, mean and median m).
    /// NumPy: x=m*(1+(np.arange(1,21)-10.5)/100); np.quantile(x,[.1,.5,.95]) = m*[0.924, 1.0, 1.0855].
    @Test func figuresOfACell() throws {
        let run = SyntheticRun.full()
        let analysis = RunAnalysis(run: run, resamples: 500)
        let report = try #require(analysis.startup(SyntheticRun.cell(run, "runc").key))
        let startup = try #require(report.startup)
        let median = 64_000_000.0
        #expect(startup.count == 20)
        #expect(startup.blocks == 20)
        #expect(abs(startup.median - median) < 2)
        #expect(abs(startup.p10 - median * 0.924) < 2)
        #expect(abs((startup.p95 ?? 0) - median * 1.0855) < 2)
        #expect(abs(startup.minimum - median * 0.905) < 2)
        #expect(abs(startup.maximum - median * 1.095) < 2)
        #expect(startup.p99 == nil)
        let interval = try #require(startup.interval)
        #expect((median * 0.93...median * 0.99).contains(interval.lower))
        #expect((median * 1.01...median * 1.07).contains(interval.upper))
        #expect(report.observed.warmup == 1)
        #expect(report.standing == .sound)
        #expect(report.cpu?.median == median / 2)
    }

    /// Of nineteen the largest would stand for it.
    @Test func aP95TakesTwentyStarts() throws {
        var run = SyntheticRun.full()
        let key = SyntheticRun.cell(run, "runc").key
        let index = try #require(run.observations.firstIndex { $0.cell == key && $0.counted })
        run.observations[index].outcome = .invalid
        run.observations[index].reasons = ["steal"]
        let startup = try #require(RunAnalysis(run: run, resamples: 500).startup(key)?.startup)
        #expect(startup.count == 19 && startup.p95 == nil)
    }

    /// A platform does not get faster by failing: with its three fastest starts failed the median of the twenty is that of the
    /// blocks 13 and 14, 1.03 m, and the quantile 0.95 lies among the failures.
    @Test func aFailedStartIsLaterThanAnyOther() throws {
        func failing(_ count: Int) throws -> StartupCell {
            var run = SyntheticRun.full()
            let key = SyntheticRun.cell(run, "runc").key
            for index in run.observations.indices
            where run.observations[index].cell == key && (1...count).contains(run.observations[index].block) {
                run.observations[index].outcome = .failed
            }
            return try #require(RunAnalysis(run: run, resamples: 500).startup(key))
        }
        let cell = try failing(3)
        let startup = try #require(cell.startup)
        #expect(abs(startup.median - 64_000_000 * 1.03) < 2)
        #expect(startup.p95 == nil)
        #expect(abs(startup.maximum - 64_000_000 * 1.095) < 2)
        #expect(startup.count == 20)
        #expect(cell.findings(HostFacts()).contains { $0.metric.id == "startup.p95" } == false)
        // Most failed: nobody can say when it is ready.
        #expect(try failing(11).startup == nil)
        #expect(try failing(11).isSound == false)
        #expect(try failing(20).startup == nil)
    }

    /// Likewise of a ratio, whose draws are of the blocks of both sides: ``TaskCellTests`` has the numbers.
    @Test func aRatioWhoseDrawsFailHasNoInterval() throws {
        func ratios(failed: Set<Int>) throws -> [Ratio?] {
            var run = SyntheticRun.full()
            let key = SyntheticRun.cell(run, "runc").key
            for index in run.observations.indices where run.observations[index].counted {
                let block = run.observations[index].block
                if run.observations[index].cell == key {
                    run.observations[index].outcome = block > 14 ? .invalid : failed.contains(block) ? .failed : .ok
                } else if block < 11 {
                    run.observations[index].outcome = .invalid
                }
            }
            let cell = try #require(RunAnalysis(run: run, resamples: 4_000).startup(key))
            #expect(cell.startup?.interval != nil)
            return cell.floors.map(\.ratio)
        }
        let failing = try ratios(failed: [2, 9])
        #expect(failing.count == 2 && failing.allSatisfy { $0 != nil && $0?.interval == nil }, "\(failing)")
        #expect(try ratios(failed: []).allSatisfy { $0?.interval != nil })
    }

    /// The peak of the blocks 1 to 20 is as many MiB; one that could not be read is missing in the count.
    @Test func thePeakMemoryIsAMetric() throws {
        var run = SyntheticRun.full()
        let key = SyntheticRun.cell(run, "runc").key
        for index in run.observations.indices where run.observations[index].cell == key {
            let block = run.observations[index].block
            run.observations[index].changeStartup { $0.peakMemoryBytes = block == 20 ? nil : UInt64(block) << 20 }
        }
        let cell = try #require(RunAnalysis(run: run, resamples: 500).startup(key))
        #expect(cell.peakMemory?.count == 19 && cell.peakMemory?.median == 10 * 1_048_576)
        let interval = try #require(cell.peakMemory?.interval)
        #expect(interval.lower < 10 * 1_048_576 && interval.upper > 10 * 1_048_576)
        let finding = try #require(cell.findings(run.facts).first { $0.metric.id == "startup.peak" })
        #expect(finding.metric.unit == .bytes && finding.metric.polarity == .lowerIsBetter)
    }

    /// Both sides drift alike from block to block, so paired blocks leave the ratio no width: 64 / 8 and 64 / 2.
    @Test func ratiosToTheFloorsArePaired() throws {
        let run = SyntheticRun.full()
        let analysis = RunAnalysis(run: run, resamples: 500)
        let report = try #require(analysis.startup(SyntheticRun.cell(run, "runc").key))
        #expect(report.floors.map(\.platform) == ["namespaces", "process"])
        for (floor, expected) in zip(report.floors, [8.0, 32.0]) {
            let ratio = try #require(floor.ratio)
            let interval = try #require(ratio.interval)
            #expect(abs(ratio.value - expected) < 1e-6)
            #expect(abs(interval.lower - expected) < 1e-6)
            #expect(abs(interval.upper - expected) < 1e-6)
        }
        let floor = try #require(analysis.startup(SyntheticRun.cell(run, "namespaces").key))
        #expect(floor.floors.first?.isItself == true)
    }

    /// The marks of the synthetic samples stand at 1/8, (1/4,) 1/2, 3/4 and 1 of the startup; the stop takes 4 ms.
    @Test func phasesGoFromEachMarkToTheNextThatExists() throws {
        let run = SyntheticRun.full()
        let analysis = RunAnalysis(run: run, resamples: 100)
        let container = try #require(analysis.startup(SyntheticRun.cell(run, "runc").key))
        #expect(container.phases.map(\.to) == [.spawned, .entered, .executed, .ready, .stopped])
        #expect(container.phases.map(\.from) == [.requested, .spawned, .entered, .executed, .stopping])
        let expected = [8.0, 24, 16, 16, 4].map { $0 * 1_000_000 }
        for (phase, value) in zip(container.phases, expected) { #expect(abs(phase.median - value) < 2) }
        // 8 + 24 + 16 + 16: the stop is no part of a start.
        #expect(container.phasesUntilReady.count == 4 && abs(container.sumOfPhases - 64_000_000) < 8)
        let guest = try #require(analysis.startup(SyntheticRun.cell(run, "q35").key))
        #expect(guest.phases.map(\.to) == [.spawned, .kernel, .entered, .executed, .ready, .stopped])
    }

    @Test func p99IsThereFromAHundredSamplesOn() throws {
        for (count, there) in [(99, false), (100, true)] {
            var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: count)
            let cell = SyntheticRun.cell(run, "runc")
            run.observations = (1...count).map {
                SyntheticRun.sample($0, cell, block: $0, milliseconds: Double($0))
            }
            let analysis = RunAnalysis(run: run, resamples: 50)
            // np.quantile(np.arange(1, 101), .99) = 99.01
            let p99 = analysis.startups[0].startup?.p99
            #expect((p99 != nil) == there)
            if let p99 { #expect(abs(p99 - 99_010_000) < 2) }
        }
    }

    /// Round trips of 0.5, 1.0, ... 100 us: np.quantile(np.arange(1,201)*500,[.5,.95]) = 50250, 95025.
    @Test func echoesAreSummed() throws {
        let analysis = RunAnalysis(run: SyntheticRun.full(), resamples: 50)
        let echo = try #require(analysis.echoes.first)
        #expect(echo.count == 200)
        #expect(echo.median == 50_250)
        #expect(abs((echo.p95 ?? 0) - 95_025) < 1e-6)
    }
}
