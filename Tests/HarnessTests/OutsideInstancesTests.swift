import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import Harness

/// Instances in control groups that a daemon makes, on a recorded tree.
@Suite struct OutsideInstancesTests {
    private let scratch: TemporaryDirectory
    private let outside: OutsideInstances
    /// Any process that lives as long as the test does, and is not the test's.
    private let pid = getppid()

    init() throws {
        scratch = try TemporaryDirectory()
        let path = scratch.path
        let groups = CgroupTree(
            mountinfo: "31 25 0:27 / \(path)/memory rw - cgroup cgroup rw,memory\n"
                + "32 25 0:28 / \(path)/cpuacct rw - cgroup cgroup rw,cpuacct\n")
        outside = OutsideInstances(groups: groups, runGroup: "/tare-x.run", proc: path + "/proc")
        try put("4:memory:/tare\n5:cpuacct:/tare\n", at: "proc/\(getpid())/cgroup")
        try put("4:memory:/\n5:cpuacct:/\n", at: "proc/1/cgroup")
        try put("7000000000\n", at: "cpuacct/machine/one/cpuacct.usage")
        try put("5000000 11 22\n", at: "proc/\(pid)/task/\(pid)/schedstat")
        try put("1000000 11 22\n", at: "proc/\(pid)/task/99/schedstat")
    }

    private func put(_ text: String, at place: String) throws {
        let parts = "\(scratch.path)/\(place)".split(separator: "/")
        for count in 1..<parts.count { mkdir("/" + parts[..<count].joined(separator: "/"), 0o755) }
        try HostFiles.replace("/" + parts.joined(separator: "/"), bytes: Array(text.utf8))
    }

    private func adopt(group: String, as instance: String = "i1") throws {
        try put("4:memory:\(group)\n5:cpuacct:\(group)/emulator\n", at: "proc/\(pid)/cgroup")
        outside.adopt([HostProcess(pid: pid, role: .vmm)], of: instance)
    }

    private func charged(_ read: @escaping (String) -> MemoryReading) -> MemoryReading {
        outside.charged(beside: MemoryReading([.chargedAnonymous: 100, .chargedKernel: 7]), read: read)
    }

    @Test func withoutAnyNothingIsAdded() {
        #expect(outside.nanoseconds() == 0)
        #expect(charged { _ in MemoryReading() }[.chargedAnonymous] == 100)
    }

    @Test func anInstancesOwnGroupIsRead() throws {
        try adopt(group: "/machine/one")
        // The whole group's, though the process lies in a part of it.
        #expect(outside.nanoseconds() == 7_000_000_000)
        let sum = charged {
            $0 == "/machine/one" ? MemoryReading([.chargedAnonymous: 23, .chargedKernel: 1]) : MemoryReading()
        }
        #expect(sum[.chargedAnonymous] == 123 && sum[.chargedKernel] == 8)
        // What cannot be read of one is unknown of all.
        #expect(charged { _ in MemoryReading([.chargedAnonymous: 23]) }[.chargedKernel] == nil)
    }

    @Test(arguments: ["/", "/tare"]) func aGroupThatOthersShareIsNobodys(group: String) throws {
        try adopt(group: group)
        // Its threads say how long they ran; what is charged to it cannot be told.
        #expect(outside.nanoseconds() == 6_000_000)
        #expect(charged { _ in MemoryReading([.chargedAnonymous: 1]) } == MemoryReading())
    }

    /// To the run's own peak comes what the kernel kept of the instance's group; of one without a group nothing can be said.
    @Test func thePeakOfAnInstancesOwnGroupIsAdded() throws {
        #expect(outside.peak(of: ["i1"], beside: 5) == 5)
        try adopt(group: "/machine/one")
        #expect(outside.peak(of: ["i1"], beside: 5) == nil)
        try put("70000\n", at: "memory/machine/one/memory.max_usage_in_bytes")
        #expect(outside.peak(of: ["i1"], beside: 5) == 70_005)
        #expect(outside.peak(of: ["i2"], beside: 5) == 5)
        try adopt(group: "/tare", as: "i2")
        #expect(outside.peak(of: ["i1", "i2"], beside: 5) == nil)
    }

    @Test func whatEndedInstancesUsedIsKept() throws {
        try adopt(group: "/machine/one")
        outside.release("i1")
        unlink(scratch.path + "/cpuacct/machine/one/cpuacct.usage")
        #expect(outside.nanoseconds() == 7_000_000_000)
        #expect(charged { _ in MemoryReading([.chargedAnonymous: 1]) }[.chargedAnonymous] == 100)
        outside.release("i1")
        #expect(outside.nanoseconds() == 7_000_000_000)
    }

    /// Of a daemon counts what it used since it is watched.
    @Test func aDaemonsTimeCountsFromTheBeginningOfTheRun() throws {
        let fields = "S 1 1 1 0 -1 0 0 0 0 0"
        try put("\(pid) (a) b) \(fields) 200 100 0 0 20 0 1 0 5 0\n", at: "proc/\(pid)/stat")
        outside.watch(daemons: [pid])
        #expect(outside.nanoseconds() == 0)
        try put("\(pid) (a) b) \(fields) 230 120 0 0 20 0 1 0 5 0\n", at: "proc/\(pid)/stat")
        let tick = 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))
        #expect(outside.nanoseconds() == 50 * tick)
        // It is no instance's.
        #expect(outside.instancesNanoseconds() == 0)
        // The kernel's threads are no daemons of anybody: one that is gone adds nothing.
        unlink("\(scratch.path)/proc/\(pid)/stat")
        #expect(outside.nanoseconds() == 0)
    }
}
