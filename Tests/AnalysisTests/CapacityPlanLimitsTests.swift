import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// What limited resources of a host do to a plan. The costs are those of ``CapacityPlanTests``: memory alone holds 61,436 nginx
/// under runc on 64 GiB with 4 GiB kept free.
@Suite struct CapacityPlanLimitsTests {
    private func request(
        cpus: Int = 64, limits: HostLimits? = nil, utilisation: Double = 1, maxPerHost: Int? = nil, spare: Int = 0,
        instances: Int = 245_000, mix: [CapacityPlan.Share]? = [.init("nginx", 1)], price: Double? = nil,
        containers: [Int] = [5]
    ) -> CapacityPlan.Request {
        CapacityPlan.Request(
            hostMemoryBytes: 64 << 30, hostCPUs: cpus, reserveBytes: 4 << 30, utilisation: utilisation, limits: limits,
            maxPerHost: maxPerHost, spareHosts: spare, instances: instances, mix: mix, pricePerHostMonth: price,
            acceptsEmulated: true, containersPerVM: containers)
    }

    /// Takes by workload and platform, as the cells of a run have them.
    private func plan(
        _ request: CapacityPlan.Request, takes: [String: [Take]] = [:], run: Run? = nil,
        slopes: [MemoryFigure: Double] = [:]
    ) throws -> CapacityPlan {
        try CapacityPlan(request, from: [LimitFixture.analysis(run, takes: takes, slopes: slopes)])
    }

    private func row(_ plan: CapacityPlan, _ platform: String = "runc") throws -> CapacityPlan.Row {
        try #require(plan.rows.first { $0.platform == platform })
    }

    private func limited(_ row: CapacityPlan.Row) throws -> CapacityPlan.LimitShare {
        guard case .limit(let share) = row.binds else {
            Issue.record("bound by \(String(describing: row.binds))")
            throw TareError(.failed, "no limit binds")
        }
        return share
    }

    /// pid_max of 64 CPUs is 65536, of which 300 are given out once and 92 were in use: 65144 / 3 = 21714.7; / 4 = 16286;
    /// / 2 = 32572. 245000 / 21714 = 11.3; / 32572 = 7.5; / 16286 = 15.04.
    @Test func processIDsBind() throws {
        let take = Take(.processIDs, each: 3, lower: 2, upper: 4, inUse: 92)
        let row = try row(try plan(request(), takes: ["nginx/runc": [take]]))
        #expect(row.perHost == CapacityPlan.Range(value: 21_714, lower: 16_286, upper: 32_572))
        #expect(row.hosts == CapacityPlan.Range(value: 12, lower: 8, upper: 16))
        let share = try limited(row)
        #expect(share.resource == .processIDs && share.inUse == 92 && share.kept == 300)
        #expect(share.limit == KernelLimit(65_536, source: "default of kernel.pid_max"))
        #expect(share.each == CapacityPlan.Range(value: 3, lower: 2, upper: 4))
        #expect(row.basis == .longExtrapolation && row.sharedFate == 21_714 && row.areLimitsKnown)
    }

    /// The figure of the issue: 201,719 nginx on 512 GiB. 64 CPUs have 65,536 process ids, and each nginx takes 3.
    @Test func noHostHoldsMoreProcessesThanItHasIDs() throws {
        var asked = request(instances: 1_000)
        asked.hostMemoryBytes = 512 << 30
        asked.limits = .kernel(memoryBytes: 512 << 30, cpus: 64)
        let row = try row(
            try plan(asked, takes: ["nginx/runc": [Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92)]]))
        #expect(row.perHost?.value == 21_714)
    }

    /// Memory alone holds 512 GiB / 1 MiB less the reserve: more than 500,000. A run that recorded no limits, and one whose processes
    /// were hidden by those of others, say nothing of processes; each instance is one at least: 65536 - 300, with 92 in use - 392.
    @Test(
        arguments: [
            ([], 65_236),
            ([Take(.processIDs, each: 0, lower: 0, upper: 0, inUse: 92, isDiscerned: false)], 65_144),
            ([Take(.processIDs, each: 0.97, lower: 0.9, upper: 1, inUse: 92)], 65_144),
            ([Take(.mounts, each: 1, lower: 1, upper: 1, inUse: 92_000)], 8_000),
        ] as [([Take], Double)])
    func whateverWasMeasuredAnInstanceIsAProcess(takes: [Take], holds: Double) throws {
        var asked = request(cpus: 64, instances: 1_000)
        asked.hostMemoryBytes = 512 << 30
        asked.hostCPUs = 1_000
        asked.limits = .kernel(memoryBytes: 512 << 30, cpus: 64)
        let plan = try plan(asked, takes: ["nginx/runc": takes])
        let row = try row(plan)
        #expect(row.perHost == CapacityPlan.Range(value: holds, lower: holds, upper: holds))
        #expect(row.limits.contains { $0.resource == .processIDs && $0.each == CapacityPlan.Range(exactly: 1) })
        let isAssumed = plan.statements.contains(.processAssumed(workload: "nginx", platform: "runc"))
        #expect(isAssumed == (!takes.isEmpty && (takes.first?.each == 0 || takes.first?.resource == .mounts)))
        #expect(
            plan.statements.contains(.limitsUnknown(workload: "nginx", platform: "runc")) == takes.isEmpty)
    }

    /// Groups of tare's count the processes of what it started itself.
    @Test func aGroupCountsAProcessAnInstance() throws {
        let limits = HostLimits("x", limits: [.groupTasks: KernelLimit(300, source: "pids.max of /x")])
        #expect(try row(try plan(request(limits: limits))).perHost?.value == 300)
    }

    /// The one that ends first has its name; those that no instance takes, or that nothing limits, end nothing.
    @Test func theLeastOfAllBinds() throws {
        let takes = [
            Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92),
            Take(.memoryGroups, each: 4, lower: 4, upper: 4, inUse: 35),
            Take(.keys, each: 0, lower: 0, upper: 0, inUse: 4),
            Take(.tapDevices, each: 1, lower: 1, upper: 1, inUse: 0),
            Take(.mounts, each: 2, lower: 2, upper: 2, inUse: 40),
        ]
        let row = try row(try plan(request(), takes: ["nginx/runc": takes]))
        // (65535 - 35) / 4 = 16375, before (65536 - 392) / 3.
        #expect(row.perHost?.value == 16_375)
        #expect(try limited(row).resource == .memoryGroups)
        // Keys are not taken, and nothing limits tap devices. Of threads each takes one: 64 GiB / 128 KiB.
        #expect(row.limits.map(\.resource) == [.memoryGroups, .processIDs, .mounts, .threads])
        #expect(row.limits.map(\.holds.value) == [16_375, 21_714, 49_980, 524_288])
    }

    /// 80 % of 3 and 20 % of 1 process ids: 2.6 each; (65536 - 392) / 2.6 = 25055.4. In use is what most had.
    @Test func aMixIsWeighed() throws {
        let row = try row(
            try plan(
                request(cpus: 64, mix: [.init("nginx", 0.8), .init("noop", 0.2)]),
                takes: [
                    "nginx/runc": [Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92)],
                    "noop/runc": [Take(.processIDs, each: 1, lower: 1, upper: 1, inUse: 80)],
                ]))
        #expect(row.perHost?.value == 25_055)
        #expect(try limited(row).inUse == 92)
    }

    @Test func whatWasNotMeasuredIsSaid() throws {
        let plan = try plan(
            request(mix: nil), takes: ["nginx/runc": [Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92)]])
        let unknown = plan.statements.filter { if case .limitsUnknown = $0 { true } else { false } }
        #expect(
            unknown == [
                .limitsUnknown(workload: "noop", platform: "runc"), .limitsUnknown(workload: "noop", platform: "q35"),
                .limitsUnknown(workload: "nginx", platform: "q35"),
            ])
        #expect(plan.rows.filter(\.areLimitsKnown).map(\.platform) == ["runc"])
        #expect(plan.statements.contains(.limits(request().limits)) && plan.statements.contains(.noDisk))
    }

    /// A group counts the processes in it as the host does, whether or not it had a limit when they were measured.
    @Test func limitsOfGroupsBindWhereTheyAreGiven() throws {
        let takes = ["nginx/runc": [Take(.processIDs, each: 2, lower: 2, upper: 2, inUse: 92)]]
        var limits = HostLimits.kernel(memoryBytes: 64 << 30, cpus: 64)
        #expect(limits.limits[.groupTasks] == nil)
        limits.limits[.groupTasks] = KernelLimit(300, source: "pids.max of /x")
        limits.inUse[.groupTasks] = 20
        let row = try row(try plan(request(limits: limits), takes: takes))
        #expect(row.perHost?.value == 140)
        #expect(try limited(row).limit.source == "pids.max of /x")
    }

    /// Read now: what tare needs while it measures counts where it is the same group that limited it then.
    @Test(arguments: [("pids.max of /x", 120.0), ("pids.max of /y", 130)])
    func onThisHostTareItselfIsCounted(source: String, holds: Double) throws {
        let limits = HostLimits(
            "this", limits: [.groupTasks: KernelLimit(300, source: source)], inUse: [.groupTasks: 40],
            isThisHost: true)
        let take = Take(
            .groupTasks, each: 2, lower: 2, upper: 2, inUse: 60, limit: KernelLimit(250, source: "pids.max of /x"))
        let row = try row(try plan(request(limits: limits), takes: ["nginx/runc": [take]]))
        #expect(row.perHost?.value == holds)
    }

    /// Nothing of a disk is in use, whatever the measured host's holds; mke2fs makes an inode for each 16 KiB below 4 TiB.
    @Test func aDiskBinds() throws {
        let limits = HostLimits.kernel(memoryBytes: 64 << 30, cpus: 64).with(
            diskBytes: 1 << 40, source: "--host-disk")
        let takes = [
            Take(.diskBytes, each: 268_435_456, lower: 268_435_456, upper: 268_435_456, inUse: 5e11),
            Take(.diskInodes, each: 20_000, lower: 20_000, upper: 20_000, inUse: 1e6),
        ]
        let plan = try plan(request(limits: limits), takes: ["nginx/runc": takes])
        let row = try row(plan)
        // 2^40 / 2^14 = 2^26 inodes, / 20000 = 3355; (2^40 - 2^26 x 256 - 2^30) / 2^28 = 4096 - 64 - 4.
        #expect(row.limits.prefix(2).map(\.holds.value) == [3_355, 4_028])
        #expect(row.perHost?.value == 3_355 && !plan.statements.contains(.noDisk))
        #expect(plan.statements.contains(.disk(bytes: 1 << 40, usableBytes: 1_081_258_016_768)))
    }

    /// The free blocks of 4 KiB that mke2fs 1.47 really left of disks of 20 and of 100 GiB, as dumpe2fs says.
    @Test(arguments: [(20, 5_116_558), (100, 25_656_552)] as [(UInt64, UInt64)])
    func ext4LeavesSoMuch(gibibytes: UInt64, freeBlocks: UInt64) throws {
        let limits = HostLimits("x", limits: [:]).with(diskBytes: gibibytes << 30, source: "--host-disk")
        let usable = try #require(limits.limits[.diskBytes]?.value)
        #expect(usable <= freeBlocks * 4_096 && usable >= freeBlocks * 4_096 / 100 * 99)
        #expect(limits.diskBytes == gibibytes << 30)
    }

    /// A later disk takes the place of an earlier one; inodes that were told stay.
    @Test func anotherDiskHasOtherInodes() {
        let first = HostLimits("x", limits: [:]).with(diskBytes: 1 << 40, source: "a file")
        #expect(first.with(diskBytes: 1 << 35, source: "b").limits[.diskInodes]?.value == 1 << 21)
        let told = HostLimits("x", limits: [.diskInodes: KernelLimit(77, source: "a file")])
        #expect(told.with(diskBytes: 1 << 35, source: "b").limits[.diskInodes]?.value == 77)
        #expect(told.with(diskBytes: 0, source: "b").limits[.diskBytes]?.value == 0)
    }

    @Test(arguments: [(1 << 40, 16_384), (4 << 40, 32_768), (16 << 40, 65_536)] as [(UInt64, UInt64)])
    func largerDisksHaveFewerInodes(bytes: UInt64, ratio: UInt64) {
        let limits = HostLimits("x", limits: [:]).with(diskBytes: bytes, source: "--host-disk")
        #expect(limits.limits[.diskInodes]?.value == bytes / ratio)
    }

    @Test func anOrchestratorsLimitBinds() throws {
        let plan = try plan(request(maxPerHost: 110))
        let row = try row(plan)
        #expect(row.perHost == CapacityPlan.Range(value: 110, lower: 110, upper: 110))
        #expect(row.binds == .maxPerHost(110) && row.hosts?.value == 2_228)
        // Whole guests of five.
        #expect(try self.row(try self.plan(request(maxPerHost: 112)), "q35 with 5 x runc").perHost?.value == 110)
    }

    /// 70 % of 61440 MiB are 43008, minus 4: 43004. 70 % of 64 CPUs are 44.8: 44800 instances, which are more. Limits are hard.
    @Test func utilisationIsOfMemoryAndCPUs() throws {
        let plan = try plan(request(utilisation: 0.7))
        #expect(try row(plan).perHost?.value == 43_004)
        #expect(plan.statements.contains(.utilisation(0.7)))
        let cpu = try row(try self.plan(request(cpus: 32, utilisation: 0.5)))
        #expect(cpu.perHost?.value == 16_000 && cpu.binds == .cpu)
        let take = Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92)
        #expect(
            try row(try self.plan(request(utilisation: 0.7), takes: ["nginx/runc": [take]])).perHost?.value == 21_714)
    }

    /// 4 hosts are needed and 5 bought: cost and waste are of all.
    @Test func spareHostsAreBought() throws {
        let row = try row(try plan(request(spare: 1, price: 900)))
        #expect(row.hosts == CapacityPlan.Range(value: 4, lower: 4, upper: 5))
        #expect(row.cost == CapacityPlan.Range(value: 4_500, lower: 4_500, upper: 5_400))
        #expect(abs((row.wasted ?? 0) - (1 - 245_000.0 / (5 * 61_440))) < 1e-6)
    }

    /// An eighth of the slope is per-CPU memory measured with 2 CPUs: on 64 it is 32 times as much, 1 + 31 / 8 = 4.875 MiB.
    @Test func perCPUMemoryGrowsWithTheCPUs() throws {
        var run = SyntheticClimbs.run()
        run.facts.facts.append(Fact("CPUs online", "2", mustAgree: true))
        let part: [MemoryFigure: Double] = [.perCPU: SyntheticClimbs.mebibyte / 8]
        let plan = try plan(request(), run: run, slopes: part)
        let row = try row(plan)
        #expect(abs((row.bytesEach?.value ?? 0) - 4.875 * SyntheticClimbs.mebibyte) < 1)
        #expect(row.caveats == [.scaledPerCPU(from: 2, to: 64)])
        #expect(plan.statements.contains(.scaledPerCPU(from: 2, to: 64)))
        // A guest of one CPU has no more than the measured host.
        let mixed = try self.row(plan, "q35 with 5 x runc")
        let guest = try #require(try self.row(plan, "q35").bytesEach)
        #expect(abs((mixed.bytesEach?.value ?? 0) - (guest.value + 4 * SyntheticClimbs.mebibyte) / 5) < 1)
        let same = try self.plan(request(cpus: 2), run: run, slopes: part)
        #expect(try self.row(same).caveats == [] && same.statements.allSatisfy { !$0.isOfCPUs })
    }

    /// A quota of CPU time is no smaller machine: the kernel keeps as much memory as for all its CPUs.
    @Test func aQuotaIsNoSmallerMachine() throws {
        var run = SyntheticClimbs.run()
        run.facts.facts.append(Fact("CPUs online", "64", mustAgree: true))
        let part: [MemoryFigure: Double] = [.perCPU: SyntheticClimbs.mebibyte / 8]
        var asked = request(cpus: 2)
        asked.kernelCPUs = 64
        let plan = try plan(asked, run: run, slopes: part)
        let row = try row(plan)
        #expect(row.bytesEach?.value == SyntheticClimbs.mebibyte && row.caveats == [])
        #expect(plan.statements.allSatisfy { !$0.isOfCPUs })
        // 2 CPUs / 0.001.
        #expect(row.binds == .cpu && row.perHost?.value == 2_000)
        let host = Headroom.Host(availableBytes: 64 << 30, cpus: 2, kernelCPUs: 64, limits: asked.limits)
        let headroom = try Headroom(
            1, on: host, from: [LimitFixture.analysis(run, slopes: part)], workloads: ["nginx"], platforms: ["runc"])
        #expect(headroom.rows.map(\.bytesEach?.value) == [SyntheticClimbs.mebibyte])
    }

    @Test func anUnknownPartIsNotScaledAndSaid() throws {
        var run = SyntheticClimbs.run()
        let unknown = try plan(request(), run: run, slopes: [.perCPU: 1_000])
        #expect(unknown.statements.contains(.perCPUUnknown(workload: "nginx", platform: "runc")))
        run.facts.facts.append(Fact("CPUs online", "2", mustAgree: true))
        var analysis = LimitFixture.analysis(run)
        for index in analysis.footprints.indices { analysis.footprints[index].slopes[.perCPU] = nil }
        let plan = try CapacityPlan(request(), from: [analysis])
        #expect(plan.statements.contains(.perCPUUnknown(workload: "nginx", platform: "runc")))
        #expect(try row(plan).bytesEach?.value == SyntheticClimbs.mebibyte)
    }

    /// A guest of 128 MiB and four more containers of 1 MiB has 132 MiB / 128 KiB = 1056 threads; containers of 300 take more.
    @Test func aGuestsKernelHoldsItsContainers() throws {
        let takes: (Double) -> [String: [Take]] = { each in
            [
                "nginx/runc": [Take(.threads, each: each, lower: each, upper: each, inUse: 0)],
                "nginx/q35": [Take(.processIDs, each: 6, lower: 6, upper: 6, inUse: 92)],
            ]
        }
        let refused = try row(try plan(request(), takes: takes(300)), "q35 with 5 x runc")
        guard case .guestHoldsFewer(let count, let share) = refused.refusal else {
            Issue.record("\(String(describing: refused.refusal))")
            return
        }
        #expect(count == 5 && share.holds.value == 3 && share.limit.value == 1_056)
        // Of the host only the guest takes: 6 process ids for five containers.
        let fits = try row(try plan(request(), takes: takes(2)), "q35 with 5 x runc")
        #expect(fits.refusal == nil && abs((fits.limits.first?.each.value ?? 0) - 1.2) < 1e-9)
        // (65536 - 392) / 6 = 10857.3 guests.
        #expect(fits.limits.first?.holds.value == 54_285)
    }

    /// 1056 threads: at 200 each five fit, at 220 four, and beside 300 of the kernel's own three.
    @Test(arguments: [(200.0, 0.0, nil), (220, 0, 4), (200, 300, 3)] as [(Double, Double, Double?)])
    func ofAGuestsKernelTheSafeEndCounts(upper: Double, inUse: Double, holds: Double?) throws {
        let take = Take(.threads, each: 200, lower: 200, upper: upper, inUse: inUse)
        let row = try row(
            try plan(request(), takes: ["nginx/runc": [take]]), "q35 with 5 x runc")
        guard case .guestHoldsFewer(5, let share) = row.refusal else {
            #expect(holds == nil && row.refusal == nil)
            return
        }
        #expect(share.holds.lower == holds && share.inUse == inUse)
    }

    @Test func nothingFitsByName() throws {
        var limits = HostLimits.kernel(memoryBytes: 64 << 30, cpus: 64)
        limits.limits[.processIDs] = KernelLimit(393, source: "x")
        let row = try row(
            try plan(
                request(limits: limits),
                takes: ["nginx/runc": [Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92)]]))
        guard case .nothingFits(1, .limit(let share)) = row.refusal else {
            Issue.record("\(String(describing: row.refusal))")
            return
        }
        #expect(share.resource == .processIDs && row.perHost == nil)
    }
}

extension CapacityPlan.Statement {
    fileprivate var isOfCPUs: Bool {
        switch self {
        case .scaledPerCPU, .perCPUUnknown: true
        default: false
        }
    }
}

/// Analyses whose cells take what a test says.
enum LimitFixture {
    private static let climbs = RunAnalysis(run: SyntheticClimbs.run(), resamples: 50)

    /// - Parameters:
    ///   - run: nil for ``SyntheticClimbs/run(platforms:budgetBytes:ramps:)``.
    ///   - takes: by `workload/platform`.
    ///   - slopes: of every cell, besides those that were measured.
    static func analysis(
        _ run: Run? = nil, takes: [String: [Take]] = [:], slopes: [MemoryFigure: Double] = [:]
    ) -> RunAnalysis {
        var analysis = run.map { RunAnalysis(run: $0, resamples: 50) } ?? climbs
        for index in analysis.footprints.indices {
            let cell = analysis.footprints[index].cell
            analysis.footprints[index].takes = takes["\(cell.workload)/\(cell.platform)"] ?? []
            for (figure, slope) in slopes { analysis.footprints[index].slopes[figure] = slope }
        }
        return analysis
    }
}
