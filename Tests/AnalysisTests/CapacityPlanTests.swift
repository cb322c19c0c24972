import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// The made-up runs cost, each more instance of nginx: 1 MiB [63/64 to 65/64] under runc above a fixed 4 MiB, and
/// 64 MiB [63 to 65] in the emulated q35 above 8 MiB; noop half of all that. Idle, an nginx uses 1 ms of CPU a second under
/// runc, 10 ms in q35.
@Suite struct CapacityPlanTests {
    private func request(
        memory: UInt64 = 64 << 10, cpus: Int = 64, reserve: UInt64 = 4 << 10, instances: Int = 245_000,
        mix: [(workload: String, share: Double)]? = [("nginx", 1)], price: Double? = nil, emulated: Bool = true,
        containers: [Int] = [5]
    ) -> CapacityPlan.Request {
        CapacityPlan.Request(
            hostMemoryBytes: memory << 20, hostCPUs: cpus, reserveBytes: reserve << 20, instances: instances,
            mix: mix.map { $0.map { CapacityPlan.Share($0.workload, $0.share) } }, pricePerHostMonth: price,
            acceptsEmulated: emulated, containersPerVM: containers)
    }

    private func plan(_ request: CapacityPlan.Request, _ runs: [Run] = [SyntheticClimbs.run()]) throws -> CapacityPlan {
        try CapacityPlan(request, from: runs.map { RunAnalysis(run: $0, resamples: 50) })
    }

    private func row(_ plan: CapacityPlan, _ platform: String = "runc") throws -> CapacityPlan.Row {
        try #require(plan.rows.first { $0.platform == platform })
    }

    /// 65536 - 4096 - 4 = 61436 MiB. / 1 = 61436; / (65/64) = 60490.8; / (63/64) = 62411.2. 64 CPUs / 0.001 = 64000.
    /// 245000 / 61436 = 3.99 hosts; / 62411 = 3.93; / 60490 = 4.05. Bought: 4 x 61440; 760 MiB of it are not used.
    @Test func memoryBinds() throws {
        let row = try row(try plan(request(price: 900)))
        #expect(row.perHost == CapacityPlan.Range(value: 61_436, lower: 60_490, upper: 62_411))
        #expect(row.hosts == CapacityPlan.Range(value: 4, lower: 4, upper: 5))
        #expect(row.cost == CapacityPlan.Range(value: 3_600, lower: 3_600, upper: 4_500))
        #expect(row.binds == .memory)
        #expect(abs((row.wasted ?? 0) - 760.0 / 245_760) < 1e-6)
        // A container's kernel is the host's: its fault hits all of them.
        #expect(row.sharedFate == 61_436)
        #expect(row.basis == .longExtrapolation && row.measuredInstances == 1_010)
        #expect(row.refusal == nil && !row.emulated && row.caveats == [])
    }

    /// 32 CPUs / 0.001 = 32000 whatever the memory; 245000 / 32000 = 7.66. Used 245000 of 8 x 61440 MiB.
    @Test func cpuBinds() throws {
        let row = try row(try plan(request(cpus: 32)))
        #expect(row.perHost == CapacityPlan.Range(value: 32_000, lower: 32_000, upper: 32_000))
        #expect(row.hosts == CapacityPlan.Range(value: 8, lower: 8, upper: 8))
        #expect(row.binds == .cpu && row.cost == nil)
        #expect(abs((row.wasted ?? 0) - (1 - 245_000.0 / 491_520)) < 1e-6)
    }

    /// The ladders found 1, 2 and 0.5 ms of CPU a second: 10 CPUs / 0.001 = 10000; / 0.002 = 5000; / 0.0005 = 20000.
    @Test func theCPUTimeHasAnIntervalToo() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, place in
            ladder.idleCPUNanoseconds = UInt64(0.001 * [1, 2, 0.5][place] * 64 * 5e9)
        }
        let row = try row(try plan(request(cpus: 10), [run]))
        #expect(row.perHost == CapacityPlan.Range(value: 10_000, lower: 5_000, upper: 20_000))
        // 245000 / 10000 = 24.5; / 20000 = 12.25; / 5000 = 49.
        #expect(row.binds == .cpu && row.hosts == CapacityPlan.Range(value: 25, lower: 13, upper: 49))
    }

    /// The CPUs bind only the upper end: min(62411, 62000).
    @Test func anEndOfTheIntervalMayBindOtherwise() throws {
        let row = try row(try plan(request(cpus: 62)))
        #expect(row.perHost == CapacityPlan.Range(value: 61_436, lower: 60_490, upper: 62_000))
        #expect(row.binds == .memory)
    }

    /// 65536 - 4096 - 8 = 61432. / 64 = 959.9; / 65 = 945.1; / 63 = 975.1. 245000 / 959 = 255.5; / 975 = 251.3; / 945 = 259.3.
    @Test func aGuestIsSizedOnlyWhenEmulationIsAccepted() throws {
        let accepted = try row(try plan(request()), "q35")
        #expect(accepted.perHost == CapacityPlan.Range(value: 959, lower: 945, upper: 975))
        #expect(accepted.hosts == CapacityPlan.Range(value: 256, lower: 252, upper: 260))
        #expect(accepted.emulated && accepted.caveats == [.emulated] && accepted.sharedFate == 1)
        let refused = try plan(request(emulated: false))
        let guests = refused.rows.filter { $0.refusal == .emulated }
        #expect(guests.map(\.platform) == ["q35", "q35 with 5 x runc"])
        #expect(guests.allSatisfy { $0.perHost == nil && $0.hosts == nil && $0.cost == nil })
        #expect(refused.saysAnything)
    }

    /// Five containers in a guest: (64 + 4 x 1) / 5 = 13.6 MiB each, (63 + 4 x 63/64) / 5 = 13.3875, 13.8125. Groups of
    /// five in 61432 MiB: 903 (4517.1 / 5 = 903.4), 889, 917. CPU: (0.01 + 4 x 0.001) / 5 = 0.0028, 22857 fit.
    @Test func containersInsideGuests() throws {
        let plan = try plan(request())
        let row = try row(plan, "q35 with 5 x runc")
        #expect(row.perHost == CapacityPlan.Range(value: 4_515, lower: 4_445, upper: 4_585))
        #expect(row.sharedFate == 5 && row.containersPerVM == 5)
        #expect(abs((row.bytesEach?.value ?? 0) - 13.6 * SyntheticClimbs.mebibyte) < 1)
        #expect(row.emulated && row.caveats == [.emulated])
        #expect(plan.statements.contains(.mixedAssumption))
    }

    /// 80 % nginx and 20 % noop: 0.8 x 1 + 0.2 x 0.5 = 0.9 MiB; the fixed cost is the larger, 4 MiB. 61436 / 0.9 = 68262.2;
    /// 0.8 x 0.001 + 0.2 x 0.0005 = 0.0009 of a CPU.
    @Test func aMixIsWeighed() throws {
        let plan = try plan(request(cpus: 100, mix: [("nginx", 0.8), ("noop", 0.2)]))
        let row = try row(plan)
        #expect(row.perHost?.value == 68_262)
        #expect(row.mix == [CapacityPlan.Share("nginx", 0.8), CapacityPlan.Share("noop", 0.2)])
        // Of noop only 64 ran at the same time, of nginx 1,010.
        #expect(row.measuredInstances == 64)
        let bound = try self.row(try self.plan(request(cpus: 9, mix: [("nginx", 0.8), ("noop", 0.2)])))
        #expect(bound.binds == .cpu && abs((bound.perHost?.value ?? 0) - 10_000) <= 1)
    }

    @Test func withoutAMixEachWorkloadIsPlannedByItself() throws {
        let plan = try plan(request(mix: nil))
        #expect(plan.rows.filter { $0.platform == "runc" }.map(\.mix) == [[.init("noop", 1)], [.init("nginx", 1)]])
        #expect(plan.rows.first?.measuredInstances == 64)
    }

    /// Without the ramp 64 ran at the same time. Usable: memory - 10 - 4.
    @Test(arguments: [
        (78, 64, CapacityPlan.Basis.measured), (79, 65, .extrapolated), (142, 128, .extrapolated),
        (143, 129, .longExtrapolation),
    ])
    func beyondTwiceTheMeasuredItIsALongExtrapolation(memory: UInt64, fit: Double, basis: CapacityPlan.Basis) throws {
        var run = SyntheticClimbs.run()
        run.observations.removeAll { $0.ramp != nil }
        let plan = try plan(request(memory: memory, reserve: 10, instances: 10), [run])
        let row = try row(plan)
        #expect(row.perHost?.value == fit && row.basis == basis)
        let warns = plan.statements.contains(.longExtrapolation)
        #expect(warns == plan.rows.contains { $0.basis == .longExtrapolation })
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var run = SyntheticClimbs.run()
        run.observations.removeAll { $0.cell.hasPrefix("footprint/nginx/runc") }
        // 67 - 8 = 59 MiB are too few for 64; 72.5 - 8 = 64.5 hold one of 64, and none of 65.
        let none = try row(try plan(request(memory: 68, reserve: 1), [run]), "q35")
        #expect(none.refusal == .nothingFits(containers: 1, by: .memory))
        var asked = request(memory: 74, reserve: 1)
        asked.reserveBytes += 1 << 19
        let perhaps = try plan(asked, [run])
        let row = try row(perhaps, "q35")
        #expect(row.refusal == .perhapsNothingFits(containers: 1, by: .memory))
        #expect(row.perHost == nil && row.hosts == nil && row.binds == nil)
        #expect(!perhaps.saysAnything)
        let tight = try self.row(try plan(request(memory: 100, reserve: 1, containers: [100])), "q35 with 100 x runc")
        #expect(tight.refusal == .nothingFits(containers: 100, by: .memory))
    }

    @Test func anIntervalThatReachesNothingIsNotSized() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, place in
            if place == 2 { ladder = SyntheticClimbs.ladder(slope: -1, fixed: 4) }
        }
        let row = try row(try plan(request(), [run]))
        #expect(row.refusal == .costMayBeNothing(workload: "nginx"))
    }

    @Test func anUnsoundFootprintIsNotSized() throws {
        var run = SyntheticClimbs.run()
        let first = try #require(run.observations.firstIndex { $0.cell == "footprint/nginx/runc/idle" })
        run.observations.remove(at: first)
        let plan = try plan(request(), [run])
        #expect(try row(plan).refusal == .noFootprint(workload: "nginx", platform: "runc"))
        // Nor is it put into guests.
        #expect(!plan.rows.contains { $0.containersPerVM != nil })
    }

    @Test func aMarkStandsBesideTheFigures() throws {
        var run = SyntheticClimbs.run()
        for index in run.observations.indices where run.observations[index].cell == "footprint/nginx/runc/idle" {
            run.observations[index].warnings = ["not flat"]
        }
        let plan = try plan(request(), [run])
        #expect(try row(plan).caveats == [.noisy(["not flat"])])
        #expect(try row(plan, "q35 with 5 x runc").caveats == [.emulated, .noisy(["not flat"])])
    }

    @Test func theLatestRunCounts() throws {
        let old = SyntheticClimbs.run()
        var new = old
        new.id = "later"
        new.startedAt += 1_000
        SyntheticClimbs.change(&new) { ladder, _ in ladder = SyntheticClimbs.ladder(slope: 2, fixed: 4) }
        for runs in [[old, new], [new, old]] {
            let plan = try plan(request(), runs)
            #expect(try row(plan).bytesEach?.value == 2 * SyntheticClimbs.mebibyte)
            #expect(plan.runs == ["later", old.id])
        }
    }

    /// A later run that was cut short has no sound figure of runc, and hides none.
    @Test func aRunThatWasCutShortHidesNothing() throws {
        let whole = SyntheticClimbs.run()
        var short = whole
        short.id = "short"
        short.startedAt += 1_000
        short.status = .interrupted
        short.observations.removeAll { $0.ladder != nil }
        short.observations.removeAll { $0.ramp != nil }
        for runs in [[whole, short], [short, whole]] {
            let row = try row(try plan(request(), runs))
            #expect(row.perHost?.value == 61_436 && row.measuredInstances == 1_010)
        }
    }

    @Test func anUnknownCPUTimeIsSaidToBe() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in ladder.idleCPUNanoseconds = nil }
        let row = try row(try plan(request(), [run]))
        #expect(row.binds == .memory && !row.isCPUKnown && row.perHost?.value == 61_436)
        let plan = try plan(request(cpus: 1), [run])
        #expect(plan.statements.contains(.cpuUnknown(workload: "nginx", platform: "runc")))
        #expect(!plan.statements.contains(.cpuUnknown(workload: "nginx", platform: "q35")))
    }

    @Test func runsOfDifferentHostsAreRefused() throws {
        let one = SyntheticClimbs.run()
        var other = one
        other.id = "other"
        other.facts.facts[3].value = "2 GiB"
        // `swap` need not agree.
        #expect(throws: Never.self) { try plan(request(), [one, other]) }
        other.facts.facts[2].value = "6.1-synthetic"
        let error = try #require(#expect(throws: TareError.self) { try plan(request(), [one, other]) })
        #expect(error.code == .notComparable && error.exitCode == 5)
        #expect(error.message.hasSuffix("of hosts that differ in 'kernel': 6.0-synthetic and 6.1-synthetic"))
        #expect(error.remedy == "Plan from runs of one host.")
    }

    @Test func runsOfDifferentVersionsAreRefused() throws {
        let one = SyntheticClimbs.run()
        var other = one
        other.id = "other"
        let index = try #require(other.platforms.firstIndex { $0.platform == "runc" })
        other.platforms[index].details.append(Fact("runtime path", "/elsewhere"))
        #expect(throws: Never.self) { try plan(request(), [one, other]) }
        var older = one
        older.id = "older"
        older.platforms[index].details = [Fact("runtime", "runc 1.0", mustAgree: true)]
        other.platforms[index].details = [Fact("runtime", "runc 1.1", mustAgree: true)]
        // All pairs are compared, not only those with the first.
        var silent = one
        silent.platforms = []
        let error = try #require(
            #expect(throws: TareError.self) { try plan(request(), [silent, older, other]) })
        #expect(error.code == .notComparable)
        #expect(
            error.message
                == "the runs older and other differ in 'runtime' of the platform runc: runc 1.0 and runc 1.1")
    }

    @Test func whatWasNotMeasuredIsRefused() throws {
        let mixed = try #require(
            #expect(throws: TareError.self) { try plan(request(mix: [("nginx", 0.5), ("redis", 0.5)])) })
        #expect(mixed.code == .usage && mixed.message == "the mix names 'redis', of which no footprint was measured")
        #expect(mixed.remedy == "Measured are: noop, nginx.")
        let none = try #require(#expect(throws: TareError.self) { try plan(request(), [SyntheticRun.full()]) })
        #expect(none.code == .usage && none.message.hasPrefix("no footprint was measured in "))
        #expect(none.remedy?.contains("footprint.yaml") == true)
        let nothing = try #require(#expect(throws: TareError.self) { try plan(request(), []) })
        #expect(nothing.code == .usage && nothing.remedy == "Name one with --run.")
    }

    /// What a ramp found stands beside what was predicted in the same way; another cause answers another question.
    @Test func thePredictionIsChecked() throws {
        func checks(_ run: Run) throws -> [CapacityPlan.Statement] {
            try plan(request(), [run]).statements.filter { if case .checked = $0 { true } else { false } }
        }
        var run = SyntheticClimbs.run()
        let first = try #require(try checks(run).first)
        #expect(
            first
                == .checked(
                    workload: "nginx", platform: "runc", budgetBytes: 1 << 30, found: 1_010, predicted: 1_020))
        run.changeRamps { $0.cause = .ceiling }
        #expect(try checks(run).isEmpty)
    }
}
