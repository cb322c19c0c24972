import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// What groups allow, on recorded trees.
@Suite struct GroupLimitsTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func put(_ files: [String: String]) throws {
        for (place, text) in files {
            let parts = "\(scratch.path)/\(place)".split(separator: "/")
            for count in 1..<parts.count { mkdir("/" + parts[..<count].joined(separator: "/"), 0o755) }
            try HostFiles.replace("/" + parts.joined(separator: "/"), bytes: Array("\(text)\n".utf8))
        }
    }

    private var v1: CgroupTree {
        let lines = ["memory", "pids", "cpu", "cpuset"].enumerated().map { index, name in
            "3\(index) 25 0:2\(index) / \(scratch.path)/\(name) rw - cgroup cgroup rw,\(name)"
        }
        return CgroupTree(mountinfo: lines.joined(separator: "\n"))
    }

    private var v2: CgroupTree {
        CgroupTree(mountinfo: "35 24 0:30 / \(scratch.path)/all rw - cgroup2 cgroup2 rw\n")
    }

    private let host = GroupLimits.Host(memoryBytes: 8 << 30, cpus: 4)

    /// The least of a group and its ancestors, in each hierarchy by itself: on v1 a process has a path of its own in each.
    @Test func theLeastOfAllAncestorsOfEachHierarchy() throws {
        try put([
            "memory/memory.limit_in_bytes": "9223372036854771712", "memory/a/memory.limit_in_bytes": "104857600",
            "memory/a/b/memory.limit_in_bytes": "9223372036854771712", "pids/x/pids.max": "60",
            "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000", "cpu/q/cpu.cfs_quota_us": "150000",
            "cpu/q/cpu.cfs_period_us": "100000", "cpuset/cpuset.cpus": "0-3", "cpuset/c/cpuset.cpus": "0,2-3",
        ])
        let limits = GroupLimits(groups: v1, text: "4:memory:/a/b\n3:pids:/x\n2:cpu:/q\n1:cpuset:/c\n0::/")
        #expect(limits.memoryBytes == GroupLimits.Limit(100 << 20, group: "/a"))
        #expect(limits.tasks == GroupLimits.Limit(60, group: "/x"))
        #expect(limits.quotaCPUs == GroupLimits.Limit(1.5, group: "/q"))
        #expect(limits.cpus == [0, 2, 3])
        #expect(
            limits.felt(on: host) == [
                "100 MiB of memory (/a)", "60 processes and threads (/x)", "the CPU time of 1.5 CPUs (/q)",
                "only the CPUs 0,2-3 (/c)",
            ])
    }

    @Test func theRootsLimitNothing() throws {
        try put([
            "memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1",
            "cpu/cpu.cfs_period_us": "100000", "cpuset/cpuset.cpus": "0-3",
        ])
        let limits = GroupLimits(groups: v1, text: "4:memory:/\n3:pids:/\n2:cpu:/\n1:cpuset:/\n0::/")
        #expect(limits.memoryBytes == nil && limits.tasks == nil && limits.quotaCPUs == nil)
        #expect(limits.felt(on: host) == [])
    }

    @Test func theUnifiedHierarchy() throws {
        try put([
            "all/s.slice/memory.max": "max", "all/s.slice/memory.high": "1073741824", "all/s.slice/pids.max": "30000",
            "all/s.slice/r.scope/memory.max": "2147483648", "all/s.slice/r.scope/pids.max": "60",
            "all/s.slice/r.scope/cpu.max": "50000 100000", "all/s.slice/r.scope/cpuset.cpus.effective": "0",
        ])
        let limits = GroupLimits(groups: v2, text: "0::/s.slice/r.scope\n")
        #expect(limits.memoryBytes == GroupLimits.Limit(1 << 30, group: "/s.slice"))
        #expect(limits.tasks?.value == 60 && limits.quotaCPUs?.value == 0.5 && limits.cpus == [0])
        // What a manager gives every unit is not felt: more tasks than any run needs, all the memory there is.
        let above = GroupLimits(groups: v2, text: "0::/s.slice\n")
        #expect(above.tasks?.value == 30_000)
        #expect(above.felt(on: GroupLimits.Host(memoryBytes: 1 << 30, cpus: 4)) == [])
    }

    @Test func groupsBelowAGroupAreLimitedToo() throws {
        try put([
            "all/cgroup.max.descendants": "max", "all/s/cgroup.max.descendants": "50",
            "all/s/t/cgroup.max.descendants": "90",
        ])
        let limits = GroupLimits(groups: v2, text: "0::/s/t\n")
        #expect(limits.descendants == GroupLimits.Limit(50, group: "/s"))
        #expect(limits.felt(on: host) == ["50 control groups below it (/s)"])
        // Beside hierarchies of v1 that of v2 limits its groups as well.
        let table = """
            30 25 0:20 / \(scratch.path)/memory rw - cgroup cgroup rw,memory
            35 24 0:30 / \(scratch.path)/all rw - cgroup2 cgroup2 rw
            """
        let hybrid = GroupLimits(groups: CgroupTree(mountinfo: table), text: "4:memory:/\n0::/s\n")
        #expect(hybrid.descendants == GroupLimits.Limit(50, group: "/s"))
    }

    @Test func theGroupsAboveARun() throws {
        try put(["pids/a/b/pids.max": "9"])
        let nested = GroupAncestry(groups: v1, text: "3:pids:/a/b\n4:memory:/\n")
        #expect(nested.tasks.map(\.group) == ["/a/b", "/a", "/"])
        #expect(nested.tasks.first?.directory == scratch.path + "/pids/a/b")
        #expect(nested.unified.isEmpty)
        let outside = GroupAncestry(groups: v1, text: nil)
        #expect(outside.tasks == [GroupAncestry.Place(group: "/", directory: scratch.path + "/pids")])
        #expect(GroupAncestry(groups: v2, text: nil).unified.map(\.directory) == [scratch.path + "/all"])
    }

    /// A process is refused in one group, and the count of another grows: which one depends on the kernel.
    @Test func refusedProcessesAreSeenInEveryGroup() throws {
        try put([
            "pids/a/pids.events": "max 2", "pids/a/r/pids.events": "max 30", "pids/a/r/i1/pids.events": "max 400",
            "pids/a/r/i2/pids.events": "max 0", "pids/other/pids.events": "max 5000",
        ])
        let ancestry = GroupAncestry(groups: v1, text: "3:pids:/a\n")
        #expect(ancestry.refusedForks(below: "/a/r", in: v1) == 432)
        // Those of the groups above are seen without a run.
        #expect(ancestry.refusedForks(below: "/none", in: v1) == 2)
        #expect(GroupAncestry(groups: v2, text: nil).refusedForks(below: "/none", in: v2) == nil)
    }

    // MARK: A scope of one's own

    @Test func onlyUnitsOfTheHostsOwnManagerHaveASlice() {
        #expect(ManagedScope.slice(of: "/system.slice/run-r1.scope") == "system.slice")
        #expect(ManagedScope.slice(of: "/user.slice/user-0.slice/session-3.scope") == "user-0.slice")
        #expect(ManagedScope.slice(of: "/init.scope") == "-.slice")
        for other in ["/", "/system.slice", "/user.slice/user-0.slice/user@0.service/app.slice/x.scope", "/lim"] {
            #expect(ManagedScope.slice(of: other) == nil, "\(other)")
        }
    }

    @Test func theLimitsOfAUnitAsProperties() throws {
        try put([
            "r/memory.max": "536870912", "r/memory.high": "max", "r/pids.max": "60", "r/cpuset.cpus": "0",
            "r/cpuset.mems": "", "r/cpu.max": "150000 100000", "r/cpu.weight": "100",
        ])
        #expect(
            ManagedScope.properties(of: scratch.path + "/r") == [
                "MemoryMax=536870912", "TasksMax=60", "AllowedCPUs=0", "CPUQuota=150%",
            ])
        try put(["r/cpu.max": "max 100000", "r/cpu.weight": "50"])
        #expect(ManagedScope.properties(of: scratch.path + "/r").suffix(2) == ["AllowedCPUs=0", "CPUWeight=50"])
    }

    @Test func whyNothingIsMadeBelowAGroup() throws {
        try put(["all/s/cgroup.procs": "\(getpid())", "all/t/cgroup.procs": "\(getpid())\n1"])
        let nobody = scratch.path + "/none"
        #expect(UnifiedNesting.obstacle(v2, group: "/s", managerDirectory: nobody) == nil)
        let others = try #require(UnifiedNesting.obstacle(v2, group: "/t", managerDirectory: nobody))
        #expect(others.hasPrefix("other processes are in /t: ") && others.hasSuffix(" (1)"))
        #expect(
            UnifiedNesting.obstacle(v2, group: "/s", managerDirectory: scratch.path)
                == "systemd owns /s and has not delegated it")
    }

    /// In the host's view a group of the run is below another group in each hierarchy, and the journal names each once.
    @Test func thePathsOfAGroupInTheHostsView() {
        var outcome = Confinement.Outcome(host: v1, text: "", limits: GroupLimits(), felt: ["x"])
        #expect(outcome.hostPaths(of: "/tare.run") == ["/tare.run"])
        outcome.prefixes = ["/m": "/a/b", "/p": "/a/b", "/c": ""]
        #expect(outcome.hostPaths(of: "/tare.run") == ["/a/b/tare.run", "/tare.run"])
    }
}
