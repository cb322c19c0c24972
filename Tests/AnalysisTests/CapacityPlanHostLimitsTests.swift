import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// The defaults of systems, and what this host as it is now says of a ramp.
@Suite struct CapacityPlanHostLimitsTests {
    /// What Linux 6.18 really set on a host with 2 CPUs whose MemTotal is 24,684,092 KiB: it counts some thousandths less of memory.
    @Test func theKernelsDefaultsAreThoseOfARealHost() throws {
        let limits = HostLimits.kernel(memoryBytes: 24_684_092 << 10, cpus: 2).limits
        let found: [LimitedResource: UInt64] = [
            .processIDs: 32_768, .threads: 192_730, .networkNamespaces: 96_365, .mountNamespaces: 96_365,
            .processNamespaces: 96_365, .ipcNamespaces: 96_365, .hostNameNamespaces: 96_365, .groupNamespaces: 96_365,
            .openFiles: 2_466_186, .mounts: 100_000, .keys: 1_000_000, .keyBytes: 25_000_000, .inotifyInstances: 128,
            .asynchronousRequests: 65_536, .pseudoterminals: 4_096,
        ]
        for (resource, value) in found {
            let limit = try #require(limits[resource], "\(resource)")
            #expect(abs(Double(limit.value) - Double(value)) <= 0.002 * Double(value), "\(resource): \(limit)")
            #expect(limit.source.hasPrefix("default of "))
        }
        #expect(Set(limits.keys) == Set(found.keys).union([.memoryGroups, .bridgePorts]))
        #expect(limits[.memoryGroups]?.value == 65_535 && limits[.bridgePorts]?.value == 1_023)
    }

    @Test(arguments: [(1, 32_768), (32, 32_768), (33, 33_792), (64, 65_536), (4_096, 4_194_304), (9_999, 4_194_304)])
    func processIDsGrowWithTheCPUs(cpus: Int, value: UInt64) {
        #expect(HostLimits.kernel(memoryBytes: 1 << 34, cpus: cpus).limits[.processIDs]?.value == value)
    }

    @Test func debianSetsMore() throws {
        let limits = try #require(HostLimits.system("debian-12", memoryBytes: 512 << 30, cpus: 64))
        #expect(limits.name == "debian-12" && limits.limits[.processIDs]?.value == 4_194_304)
        #expect(limits.limits[.openFiles]?.value == 9_223_372_036_854_775_807)
        // 512 GiB / 128 KiB.
        #expect(limits.limits[.threads]?.value == 4_194_304)
        #expect(HostLimits.system("debian-13", memoryBytes: 1, cpus: 1) == nil)
        #expect(HostLimits.systems.allSatisfy { HostLimits.system($0, memoryBytes: 1 << 34, cpus: 2)?.name == $0 })
    }

    private let takes = [
        "nginx/runc": [
            Take(.processIDs, each: 3, lower: 3, upper: 3, inUse: 92),
            Take(
                .ownOpenFiles, each: 2, lower: 2, upper: 2, inUse: 30,
                limit: KernelLimit(936, source: "RLIMIT_NOFILE of 1000")),
        ]
    ]
    private let host = Headroom.Host(
        availableBytes: 20 << 30, cpus: 2,
        limits: HostLimits(
            "this",
            limits: [
                .processIDs: KernelLimit(4_096, source: "kernel.pid_max"),
                .ownOpenFiles: KernelLimit(19_936, source: "RLIMIT_NOFILE"),
            ], inUse: [.processIDs: 500, .ownOpenFiles: 6], isThisHost: true))

    /// (4096 - 300 - 500) / 3 = 1098.7, before 2 CPUs / 0.001 = 2000, (19936 - 30) / 2 = 9953 and 19.5 GiB / 1 MiB.
    @Test(arguments: [(1_098, true), (1_099, false)]) func aRampEndsAtTheFirstLimit(asked: Int, fits: Bool) throws {
        let headroom = try Headroom(
            asked, on: host, from: [LimitFixture.analysis(takes: takes)], workloads: ["nginx"],
            platforms: ["runc"])
        #expect(headroom.rows.count == 1 && headroom.fits == fits)
        let row = try #require(headroom.rows.first)
        #expect(row.perHost?.value == 1_098)
        guard case .limit(let share) = row.binds else {
            Issue.record("\(String(describing: row.binds))")
            return
        }
        #expect(share.resource == .processIDs && share.inUse == 500)
        #expect(row.limits.map(\.holds.value) == [1_098, 9_953])
    }

    /// A plan with the limits of this host says the same number.
    @Test func aPlanSaysTheSame() throws {
        let analysis = LimitFixture.analysis(takes: takes)
        let headroom = try Headroom(10, on: host, from: [analysis])
        let plan = try CapacityPlan(
            CapacityPlan.Request(
                hostMemoryBytes: host.availableBytes, hostCPUs: 2, reserveBytes: 512 << 20, limits: host.limits,
                instances: 1, acceptsEmulated: true, containersPerVM: []), from: [analysis])
        #expect(headroom.rows.map(\.perHost) == plan.rows.map(\.perHost) && headroom.rows.count == 4)
        // Guests that are emulated here are emulated in a ramp here too.
        #expect(headroom.rows.contains { $0.platform == "q35" && $0.perHost != nil })
        #expect(headroom.statements.contains(.limitsUnknown(workload: "noop", platform: "runc")))
    }

    /// Ladders that say too little of memory still say what instances take of what a ramp may come to; a plan needs both.
    @Test func memoryMayBeUnknown() throws {
        var analysis = LimitFixture.analysis(takes: takes)
        for index in analysis.footprints.indices { analysis.footprints[index].ledger = nil }
        let headroom = try Headroom(1_000, on: host, from: [analysis], workloads: ["nginx"], platforms: ["runc"])
        #expect(headroom.fits == true && headroom.rows.first?.perHost?.value == 1_098)
        #expect(headroom.rows.first?.bytesEach == nil)
        let why = CapacityPlan.Refusal.noFootprint(workload: "nginx", platform: "runc")
        #expect(headroom.statements.contains(.memoryUnknown(workload: "nginx", platform: "runc", why)))
        // Nothing at all is known of a guest without takes.
        let guest = try Headroom(1_000, on: host, from: [analysis], platforms: ["q35"])
        #expect(guest.fits == nil && guest.rows.allSatisfy { $0.perHost == nil })
        let plan = try CapacityPlan(
            CapacityPlan.Request(
                hostMemoryBytes: 1 << 34, hostCPUs: 2, reserveBytes: 1 << 30, limits: host.limits, instances: 1),
            from: [analysis])
        #expect(!plan.saysAnything)
    }

    @Test func whatDoesNotFitAtAllEndsIt() throws {
        var full = host
        full.availableBytes = 1 << 20
        let headroom = try Headroom(
            1, on: full, from: [LimitFixture.analysis(takes: takes)], platforms: ["runc"])
        #expect(headroom.fits == false && headroom.rows.allSatisfy { headroom.fits($0) == false })
    }

    @Test func onlyWhatWasMeasuredCanBeNamed() throws {
        let analyses = [LimitFixture.analysis()]
        let error = try #require(
            #expect(throws: TareError.self) { try Headroom(1, on: host, from: analyses, workloads: ["redis"]) })
        #expect(error.code == .usage && error.message.hasPrefix("no footprint of the workload 'redis' was measured in"))
        #expect(error.remedy == "Measured are: noop, nginx.")
        #expect(throws: TareError.self) { try Headroom(1, on: host, from: analyses, platforms: ["crun"]) }
    }

    /// 12 files for a guest, 3 for a container: (19936 - 6) / 12 = 1660.8, / 3 = 6643.3.
    @Test func withoutAMeasurementOnlyTheFilesOfTareAreKnown() {
        let headroom = Headroom(1_000, on: host, unmeasured: [SyntheticRun.vm, SyntheticRun.runc])
        #expect(headroom.fits == nil && headroom.rows.isEmpty)
        #expect(headroom.unmeasured.map(\.platform) == ["q35", "runc"])
        #expect(headroom.unmeasured.map(\.openFiles.holds.value) == [1_660, 6_643])
    }
}
