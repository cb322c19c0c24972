import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

@Suite struct TaskCellTests {
    private static let rates: [String: [Double]] = [
        "runc": [812.4, 799.1, 805.0, 820.7, 790.3, 808.8, 815.2, 801.6, 797.7, 811.9],
        "namespaces": [830.2, 815.5, 829.9, 841.3, 811.0, 826.4, 838.7, 819.8, 814.1, 833.3],
    ]
    private static let times: [String: [Double]] = [
        "runc": [41.2, 40.8, 42.9, 39.7, 44.0, 41.5, 40.1, 43.3, 42.2, 41.9],
        "namespaces": [20.1, 19.9, 21.4, 19.2, 22.3, 20.6, 19.8, 21.8, 20.9, 20.4],
    ]
    private static let both = [SyntheticRun.process, SyntheticRun.namespaces, SyntheticRun.runc]

    private static func sample(_ workload: String, _ platform: String, _ block: Int) -> TaskRuns.Sample {
        let place = (block - 1) % 10
        return TaskRuns.Sample(
            own: times[platform]?[place] ?? 10, figures: ["rate": rates[platform]?[place] ?? 1_000])
    }

    private func cell(_ run: Run, _ platform: String = "runc", _ workload: String = "sysbench") throws -> TaskCell {
        try #require(
            RunAnalysis(run: run, resamples: 500).tasks.first {
                $0.cell.platform == platform && $0.cell.workload == workload
            })
    }

    private func finding(_ cell: TaskCell, _ metric: String) throws -> Finding {
        try #require(cell.findings(HostFacts()).first { $0.metric.id == metric })
    }

    /// NumPy: np.quantile(rates, [.1, .5]) = 796.96, 806.9; np.median(times) = 41.7.
    @Test func figuresBecomeMetrics() throws {
        let cell = try cell(TaskRuns.run(platforms: Self.both, Self.sample))
        let findings = cell.findings(HostFacts())
        #expect(
            findings.map(\.metric.id) == [
                "task.figure.rate", "task.duration", "task.own", "task.cpu", "task.peak-memory", "task.failures",
            ])
        let rate = try finding(cell, "task.figure.rate")
        #expect(
            rate.metric
                == Metric("task.figure.rate", "rate", .other("events/s"), .higherIsBetter, definitionVersion: 1))
        #expect(abs(rate.estimate - 806.9) < 1e-9 && rate.n == 10 && rate.cell == "task/sysbench/runc/run")
        let interval = try #require(rate.interval)
        #expect(interval.blocks == 10 && (790.3..<806.9).contains(interval.lower))
        #expect((806.9...820.7).contains(interval.upper) && interval.upper > 806.9)
        #expect(abs((cell.figures[0].p10 ?? 0) - 796.96) < 1e-9 && cell.figures[0].p95 == nil)
        #expect(abs(try finding(cell, "task.own").estimate - 41.7e6) < 2)
        #expect(abs(try finding(cell, "task.duration").estimate - 41.95e6) < 2)
        #expect(try finding(cell, "task.cpu").estimate == 3e6)
        #expect(try finding(cell, "task.peak-memory").estimate == 2_097_152)
        #expect(try finding(cell, "task.failures").estimate == 0)
        // The tool's clock is behind its own figures alone.
        #expect(findings.filter { $0.caveats.contains(.ownClock) }.map(\.metric.id) == ["task.figure.rate"])
        #expect(findings.filter(\.isHeadline).map(\.metric.id) == ["task.figure.rate", "task.failures"])
    }

    @Test func whatPrintsNothingIsJudgedByItsDuration() throws {
        let cell = try cell(TaskRuns.run([TaskRuns.workload("sysbench", [])], platforms: Self.both, Self.sample))
        let findings = cell.findings(HostFacts())
        #expect(findings.filter(\.isHeadline).map(\.metric.id) == ["task.duration", "task.failures"])
        #expect(cell.headlines.map(\.id) == ["task.own", "task.duration"])
        #expect(findings.allSatisfy { !$0.caveats.contains(.ownClock) })
    }

    /// statistics.median: 828.15 / 806.9 = 1.026335357541207 of the rate, for which more is better, and of the time
    /// 41.7 / 20.5 = 2.0341463414634147.
    @Test func aCostIsTheSameWhicheverWayIsBetter() throws {
        let run = TaskRuns.run(platforms: Self.both, Self.sample)
        let cell = try cell(run)
        let rate = try #require(cell.figures.first)
        #expect(rate.floors.map(\.platform) == ["namespaces", "process"])
        let cost = try #require(rate.floors[0].ratio)
        #expect(abs(cost.value - 1.026_335_357_541_207) < 1e-12)
        let interval = try #require(cost.interval)
        #expect(interval.lower < cost.value && cost.value < interval.upper)
        // The least and the most that any draw can give: 811.0 / 820.7 and 841.3 / 790.3.
        #expect(interval.lower > 811.0 / 820.7 && interval.upper < 841.3 / 790.3)
        #expect(abs((rate.floors[1].ratio?.value ?? 0) - 1_000 / 806.9) < 1e-12)
        #expect(abs((cell.own.floors[0].ratio?.value ?? 0) - 2.034_146_341_463_414_7) < 1e-6)
        let floor = try self.cell(run, "namespaces")
        #expect(floor.figures[0].floors.map(\.isItself) == [true, false] && floor.figures[0].floors[0].ratio == nil)
        // Half the rate is 2, as is twice the time.
        let twice = try self.cell(
            TaskRuns.run(platforms: Self.both) { _, platform, block in
                let share = platform == "runc" ? 2.0 : 1
                let drift = 1 + Double(block) / 100
                return .init(own: 8 * share * drift, figures: ["rate": 100 / share * drift])
            })
        for measure in [twice.figures[0], twice.own] {
            let ratio = try #require(measure.floors[0].ratio)
            #expect(abs(ratio.value - 2) < 1e-6)
            // What a block does to both cancels out.
            #expect(abs((ratio.interval?.lower ?? 0) - 2) < 1e-6 && abs((ratio.interval?.upper ?? 0) - 2) < 1e-6)
        }
    }

    /// A task that fails is slower than the slowest and has a lower rate than the lowest. With blocks 4, 7 and 1, the best three,
    /// failed, the median of the ten is that of 3 failed and 790.3 797.7 799.1 801.6 805.0 808.8 811.9: (797.7 + 799.1) / 2.
    /// Their times: 40.8 41.5 41.9 42.2 42.9 43.3 44.0 and 3 failed, (42.9 + 43.3) / 2.
    @Test func aFailedTaskIsWorseThanAnyOther() throws {
        func failing(_ blocks: [Int]) throws -> TaskCell {
            try cell(
                TaskRuns.run(platforms: Self.both) { workload, platform, block in
                    var one = Self.sample(workload, platform, block)
                    if platform == "runc", blocks.contains(block) { one.outcome = .failed }
                    return one
                })
        }
        let three = try failing([4, 7, 1])
        let rate = try #require(three.figures[0].sampled)
        #expect(abs(rate.median - 798.4) < 1e-9 && rate.count == 10 && rate.failed == 3)
        #expect(abs((three.own.sampled?.median ?? 0) - 43.1e6) < 2)
        #expect(three.figures[0].p10 == nil, "the lowest tenth failed")
        #expect(three.own.p10 != nil, "the quickest tenth did not")
        #expect(try finding(three, "task.failures").estimate == 0.3)
        // Of what failed there is no CPU time to speak of.
        #expect(three.cpu?.count == 7)
        #expect(abs((three.figures[0].floors[0].ratio?.value ?? 0) - 828.15 / 798.4) < 1e-12)
        // In many a draw most have failed: there is no end to the interval, and no narrow one is made up.
        let four = try failing([4, 7, 1, 10])
        #expect(four.isSound && four.figures[0].sampled != nil && four.figures[0].sampled?.interval == nil)
        #expect(four.figures[0].floors[0].ratio != nil && four.figures[0].floors[0].ratio?.interval == nil)
        #expect(four.own.floors[0].ratio != nil && four.own.floors[0].ratio?.interval == nil)
        let six = try failing([1, 2, 3, 4, 5, 6])
        #expect(six.standing == .tooFew && six.figures[0].sampled == nil)
        #expect(six.findings(HostFacts()).first { $0.metric.id == "task.figure.rate" } == nil)
        #expect(try finding(six, "task.failures").refusal == nil)
    }

    /// 2 of runc's 14 samples failed: of its own draws, 14 of 14 blocks, fewer than the tail of 1.2 % have as many failures
    /// as others, sum(math.comb(14, k) * 2**k * 12**(14 - k) for k in range(7, 15)) / 14**14 = 0.16 %. A ratio is of draws of
    /// the blocks of both sides, in which it has more or fewer, and 4 shared ones leave a tail of 0.01 %: failures are at its
    /// end.
    @Test func aRatioWhoseDrawsFailHasNoInterval() throws {
        func missing(failed: Set<Int>) throws -> TaskCell {
            var run = TaskRuns.run(platforms: Self.both, samples: 20, Self.sample)
            for index in run.observations.indices {
                let (block, cell) = (run.observations[index].block, run.observations[index].cell)
                if cell.contains("/runc/") {
                    run.observations[index].outcome = block > 14 ? .invalid : failed.contains(block) ? .failed : .ok
                } else if block < 11 {
                    run.observations[index].outcome = .invalid
                }
            }
            let key = try #require(run.plan.cells.first { $0.platform == "runc" }).key
            return try #require(RunAnalysis(run: run, resamples: 4_000).tasks.first { $0.cell.key == key })
        }
        let failing = try missing(failed: [2, 9])
        for measure in [failing.figures[0], failing.own] {
            #expect(measure.sampled?.failed == 2 && measure.sampled?.interval != nil)
            for floor in measure.floors {
                let ratio = try #require(floor.ratio)
                #expect(ratio.interval == nil, "\(measure.id) to \(floor.platform): \(ratio)")
            }
        }
        #expect(try missing(failed: []).own.floors.allSatisfy { $0.ratio?.interval != nil })
    }

    @Test func whatIsNotAboveZeroHasNoRatio() throws {
        let cell = try cell(
            TaskRuns.run(platforms: Self.both) { _, platform, block in
                .init(own: 1, figures: ["rate": platform == "runc" ? Double(block) - 3 : 5])
            })
        let rate = try #require(cell.figures.first)
        #expect(rate.sampled?.median == 2.5 && rate.sampled?.interval != nil)
        #expect(rate.floors.allSatisfy { $0.ratio == nil })
        let finding = try finding(cell, "task.figure.rate")
        #expect(finding.estimate == 2.5 && finding.refusal?.contains("not above 0 has no ratio") == true)
        #expect(try self.finding(cell, "task.own").refusal == nil)
        #expect(cell.own.floors[0].ratio != nil)
    }

    @Test func tooFewMakeNoClaim() throws {
        let run = TaskRuns.run(platforms: Self.both) { workload, platform, block in
            var one = Self.sample(workload, platform, block)
            if platform == "runc", block > 4 { one.outcome = .invalid }
            return one
        }
        let cell = try cell(run)
        #expect(cell.standing == .tooFew && cell.caveats.contains(.tooFew))
        #expect(cell.figures[0].sampled?.count == 4 && cell.figures[0].floors.allSatisfy { $0.ratio == nil })
        #expect(try finding(cell, "task.figure.rate").refusal?.contains("too few") == true)
    }

    @Test func p95IsThereFromTwentySamplesOn() throws {
        for (count, there) in [(19, false), (20, true)] {
            let run = TaskRuns.run(platforms: Self.both, samples: count) { _, _, block in
                .init(own: 1, figures: ["rate": Double(block)])
            }
            // np.quantile(np.arange(1, 21), .95) = 19.05
            let p95 = try cell(run).figures[0].p95
            #expect((p95 != nil) == there)
            if let p95 { #expect(abs(p95 - 19.05) < 1e-9) }
        }
    }

    /// Of figures in a unit of their own nothing is done differently: half the rate is a regression, and half the latency is none.
    @Test func figuresAreComparedLikeAnyOther() throws {
        let both = [TaskRuns.workload("fio", [TaskRuns.rate, TaskRuns.latency])]
        let run = TaskRuns.run(both, platforms: Self.both, samples: 20) { _, platform, block in
            let share = platform == "runc" ? 2.0 : 1
            let jitter = 1 + Double((block * 7) % 5 + (platform == "runc" ? block % 3 : 0)) / 200
            return .init(own: 1, figures: ["rate": 100 / share * jitter, "latency": 50 / share * jitter])
        }
        let compared = ComparedRun(RunAnalysis(run: run, resamples: 200))
        let comparison = try Comparison(within: compared, base: "namespaces", head: "runc", resamples: 500)
        func row(_ id: String) throws -> ComparedFigure {
            try #require(comparison.rows.first { $0.metric.id == id })
        }
        #expect(try row("task.figure.rate").verdict == .regressed)
        #expect(try row("task.figure.latency").verdict == .improved)
        #expect(try row("task.figure.rate").caveats.contains("own clock"))
        #expect(!comparison.rows.contains { $0.metric.id == "task.duration" }, "it is no headline beside figures")
        #expect(comparison.rows.contains { $0.metric.id == "task.failures" })
    }

    /// A history has no points of another unit.
    @Test func anotherUnitIsAnotherFigure() throws {
        func compared(_ unit: String) -> ComparedRun {
            var spec = TaskRuns.rate
            spec.unit = unit
            return ComparedRun(
                RunAnalysis(
                    run: TaskRuns.run([TaskRuns.workload("sysbench", [spec])], platforms: Self.both, Self.sample),
                    resamples: 50))
        }
        let runs = [compared("events/s"), compared("events/h")]
        let history = try #require(
            History.all(of: runs, metric: "task.figure.*", like: runs[0]).first { $0.platform == "runc" })
        #expect(history.points.count == 1)
        #expect(history.leftOut.map(\.reason) == ["the metric's unit or polarity differs"])
    }
}
