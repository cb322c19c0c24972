import BenchmarkModel
import Glibc
import TestSupport
import Testing

@testable import HostReadings
import LinuxSystem

private func kibibytes(_ count: Int) -> Int64 { Int64(count) * 1_024 }

/// Trees of files as kernels write them, made by the tests; numbers are chosen so that sums show where they come from.
@Suite struct MemoryReaderTests {
    let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    private func put(_ text: String, at path: String) throws {
        var directory = scratch.path
        for part in path.split(separator: "/").dropLast() {
            directory += "/\(part)"
            try HostFiles.makeDirectory(directory)
        }
        try HostFiles.create("\(scratch.path)/\(path)", bytes: Array(text.utf8))
    }

    /// A reader of the recorded tree; the hierarchies are in it too.
    private func reader(_ mode: CgroupTree.Mode = .v2) -> MemoryReader {
        let memory = "31 25 0:27 / \(scratch.path)/memory rw,nosuid - cgroup cgroup rw,memory\n"
        let unified = "35 24 0:30 / \(scratch.path)/unified rw - cgroup2 cgroup2 rw\n"
        let table =
            switch mode {
            case .v1: memory
            case .hybrid: memory + unified
            case .v2: unified
            case .none: ""
            }
        return MemoryReader(
            proc: scratch.path + "/proc", sys: scratch.path + "/sys", groups: CgroupTree(mountinfo: table))
    }

    static let meminfo = """
        MemTotal:       24680000 kB
        MemFree:          900000 kB
        MemAvailable:    2000000 kB
        Buffers:             100 kB
        Cached:             7000 kB
        SwapCached:            0 kB
        Active(anon):          9 kB
        SwapTotal:          5000 kB
        SwapFree:           4200 kB
        AnonPages:             1 kB
        Mapped:            99999 kB
        Shmem:                 2 kB
        Slab:              88888 kB
        SReclaimable:        300 kB
        SUnreclaim:            4 kB
        KernelStack:           8 kB
        PageTables:           16 kB
        SecPageTables:        32 kB
        Percpu:               64 kB
        AnonHugePages:      2048 kB
        HugePages_Total:      10
        Hugepagesize:       2048 kB
        Hugetlb:             128 kB

        """

    @Test func theLedgerIsTheSumOfItsKinds() throws {
        try put(MemoryReaderTests.meminfo, at: "proc/meminfo")
        try put("3\n", at: "sys/kernel/mm/ksm/pages_sharing")
        let reading = reader().host()
        // 1 + 2 + 4 + 8 + (16 + 32) + 64 + 128 KiB, each kind once.
        #expect(reading.ledger == kibibytes(255))
        #expect(reading[.pageTables] == kibibytes(48))
        #expect(reading[.hugePages] == kibibytes(128))
        #expect(reading[.fileCache] == kibibytes(7_098))
        #expect(reading[.reclaimableSlab] == kibibytes(300))
        #expect(reading[.available] == kibibytes(2_000_000))
        #expect(reading[.free] == kibibytes(900_000))
        #expect(reading[.swapUsed] == kibibytes(800))
        #expect(reading[.transparentHuge] == kibibytes(2_048))
        #expect(reading[.mergedByKSM] == 3 * Int64(sysconf(Int32(_SC_PAGESIZE))))
        #expect(reading[.harness] == nil && reading[.dyingGroups] == nil)
    }

    /// Pages on the lists per CPU are the `count:` lines alone; slack is that of caches that cannot be reclaimed.
    @Test func whatTheMemoryFilesDoNotTell() throws {
        try put(MemoryReaderTests.meminfo, at: "proc/meminfo")
        #expect(reader().host()[.freeLists] == nil && reader().host()[.slabSlack] == nil)
        let zones = """
            Node 0, zone      DMA
              pages free     3840
                    boost    0
              pagesets
                cpu: 0
                          count:    3
                          high:     9
                          batch:    1
                cpu: 1
                          count:    40
                          high:     9
            Node 0, zone    DMA32
                cpu: 0
                          count:    500

            """
        try put(zones, at: "proc/zoneinfo")
        let slabs = """
            slabinfo - version: 2.1
            # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit>
            kmalloc-1k           100    104   1024   16    4 : tunables    0    0    0 : slabdata      7      7      0
            dentry              1000   2000    192   21    1 : tunables    0    0    0 : slabdata     96     96      0
            task_struct           10     12   5888    5    8 : tunables    0    0    0 : slabdata      3      3      0

            """
        try put(slabs, at: "proc/slabinfo")
        try put("1\n", at: "sys/kernel/slab/dentry/reclaim_account")
        try put("0\n", at: "sys/kernel/slab/task_struct/reclaim_account")
        let reading = reader().host()
        #expect(reading[.freeLists] == 543 * Int64(sysconf(Int32(_SC_PAGESIZE))))
        // 4 of 1,024 bytes and 2 of 5,888.
        #expect(reading[.slabSlack] == Int64(15_872))
        // What is free in slabs is not in use.
        #expect(reading[.unreclaimableSlab] == kibibytes(4) - 15_872 && reading.ledger == kibibytes(255) - 15_872)
        // 900,000 + 7,098 + 300 - 2,000,000 KiB, and 255 + 900,000 + 7,098 + 300 KiB with the lists.
        #expect(reading.uncountedCache == kibibytes(-1_092_602))
        #expect(reading.named == kibibytes(907_653) + (reading[.freeLists] ?? 0))
    }

    @Test func aKernelWithoutHugeOrSecondaryTablesHasNoneInUse() throws {
        let old = MemoryReaderTests.meminfo.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("Huge") && !$0.hasPrefix("SecPage") }.joined(separator: "\n")
        try put(old, at: "proc/meminfo")
        let reading = reader().host()
        #expect(reading[.hugePages] == 0 && reading[.pageTables] == kibibytes(16))
        #expect(reading.ledger == kibibytes(95))
        #expect(reading[.mergedByKSM] == nil)
    }

    /// A ledger without one of its kinds would be a smaller ledger; there is none instead.
    @Test func aMissingKindGivesNoLedger() throws {
        let cut = MemoryReaderTests.meminfo.replacing("Percpu:", with: "Perhaps:")
        try put(cut, at: "proc/meminfo")
        #expect(reader().host().ledger == nil)
        #expect(MemoryReader(proc: "/nowhere", sys: "/nowhere", groups: reader().groups).host().ledger == nil)
    }

    @Test func whatTareItselfNeedsIsTakenOff() throws {
        try put(MemoryReaderTests.meminfo, at: "proc/meminfo")
        try put(rollup(resident: 90, proportional: 80, clean: 1, dirty: 2, anonymous: 40), at: "proc/self/smaps_rollup")
        try put("Name:\ttare\nVmPTE:\t      10 kB\n", at: "proc/self/status")
        let reading = reader().host()
        #expect(reading[.harness] == kibibytes(50))
        #expect(reading.ledger == kibibytes(205))
    }

    @Test(arguments: [CgroupTree.Mode.v1, .hybrid]) func chargesOfAGroupOnV1(_ mode: CgroupTree.Mode) throws {
        try put(
            "cache 1\nrss 2\nshmem 3\ntotal_cache 7000\ntotal_rss 500\ntotal_shmem 2000\n",
            at: "memory/a.run/memory.stat"
        )
        try put("123456\n", at: "memory/a.run/memory.kmem.usage_in_bytes")
        try put("anon 9\n", at: "unified/a.run/memory.stat")
        let reading = reader(mode).charged(to: "/a.run")
        #expect(reader(mode).groups.mode == mode)
        #expect(reading[.chargedAnonymous] == 500 && reading[.chargedShared] == 2_000)
        #expect(reading[.chargedFile] == 5_000 && reading[.chargedKernel] == 123_456)
        // File cache can be taken back and is not in the sum.
        #expect(reading.charged == 125_956)
    }

    @Test func chargesOfAGroupOnV2() throws {
        try put(
            "anon 500\nfile 7000\nkernel 4000\nkernel_stack 16\npagetables 32\npercpu 64\nshmem 2000\nslab 3000\n",
            at: "unified/a.run/memory.stat")
        let reading = reader().charged(to: "/a.run")
        #expect(reading[.chargedAnonymous] == 500 && reading[.chargedShared] == 2_000)
        #expect(reading[.chargedFile] == 5_000 && reading[.chargedKernel] == 4_000)
        #expect(reading.charged == 6_500)
        #expect(reader().charged(to: "/b.run").figures.isEmpty)
        #expect(reader(.none).charged(to: "/a.run").figures.isEmpty)
    }

    /// `kernel` came with Linux 5.18; before, only its parts are told.
    @Test func chargesOfAGroupOnAnOlderV2() throws {
        try put(
            "anon 500\nfile 7000\nkernel_stack 16\npercpu 64\nshmem 2000\nslab_reclaimable 1000\nslab 3000\n",
            at: "unified/a.run/memory.stat")
        #expect(reader().charged(to: "/a.run")[.chargedKernel] == 3_080)
    }

    private func rollup(resident: Int, proportional: Int, clean: Int, dirty: Int, anonymous: Int) -> String {
        """
        55d0c0000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]
        Rss:          \(resident) kB
        Pss:          \(proportional) kB
        Pss_Dirty:    1 kB
        Shared_Clean: 7 kB
        Private_Clean: \(clean) kB
        Private_Dirty: \(dirty) kB
        Anonymous:    \(anonymous) kB

        """
    }

    @Test func processesAreSummedByWhatTheyDo() throws {
        for (pid, resident) in [(11, 100), (12, 200), (13, 400), (14, 800)] {
            try put(
                rollup(resident: resident, proportional: resident / 2, clean: 1, dirty: 9, anonymous: 5),
                at: "proc/\(pid)/smaps_rollup")
        }
        let roles: [(Int32, HostProcess.Role)] = [
            (11, .workload), (12, .workload), (13, .runtime), (14, .workload), (99, .runtime),
        ]
        let reading = reader().processes(roles.map { HostProcess(pid: $0.0, role: $0.1) })
        #expect(reading[.pssWorkload] == kibibytes(550) && reading[.pssRuntime] == kibibytes(200))
        #expect(reading[.residentSet] == kibibytes(1_500) && reading[.uniqueSet] == kibibytes(40))
        // Without guests there is no figure of guests, not a 0.
        #expect(reading[.pssVMM] == nil && reading[.guestTouched] == nil && reading[.guestConfigured] == nil)
        // No process costs nothing; that the line may begin at a rung without instances, it is a 0.
        #expect(reader().processes([])[.pssWorkload] == 0)
        #expect(reader().processes([], guestMemoryBytes: 1)[.guestTouched] == 0)
    }

    private func mapping(_ range: String, size: Int, resident: Int) -> String {
        """
        \(range) rw-p 00000000 00:00 0
        Size:           \(size) kB
        KernelPageSize:        4 kB
        MMUPageSize:           4 kB
        Rss:            \(resident) kB
        Pss:            \(resident) kB
        VmFlags: rd wr mr mw me ac sd

        """
    }

    /// What a monitor maps: guest RAM of 128 MiB alone or joined with a neighbour by the kernel, beside other mappings.
    @Test(arguments: [(131_072, 48_000), (131_072 + 4_092, 52_000)]) func guestRAMIsFound(size: Int, resident: Int)
        throws
    {
        try put(
            mapping("10-20", size: 131_068, resident: 1) + mapping("30-40", size: size, resident: resident)
                + mapping("50-60", size: 131_072 + 4_096, resident: 7) + mapping("70-80", size: 65_536, resident: 9),
            at: "proc/20/smaps")
        try put(
            rollup(resident: 90_000, proportional: 80_000, clean: 0, dirty: 1, anonymous: 1), at: "proc/20/smaps_rollup"
        )
        let reading = reader().processes([HostProcess(pid: 20, role: .vmm)], guestMemoryBytes: 128 << 20)
        #expect(reading[.guestTouched] == kibibytes(resident))
        #expect(reading[.guestConfigured] == 128 << 20)
        #expect(reading[.pssVMM] == kibibytes(80_000))
        #expect(reading[.pssWorkload] == 0)
    }

    /// Of two that could be it, the nearer in size is taken, wherever it stands.
    @Test func theNearestMappingIsGuestRAM() throws {
        let exact = mapping("30-40", size: 131_072, resident: 5)
        let larger = mapping("50-60", size: 131_076, resident: 6)
        for (text, pid) in [(exact + larger, Int32(21)), (larger + exact, 22)] {
            try put(text, at: "proc/\(pid)/smaps")
            #expect(reader().guestResident(of: pid, memoryBytes: 128 << 20) == kibibytes(5))
        }
        try put(mapping("1-2", size: 4, resident: 4), at: "proc/23/smaps")
        #expect(reader().guestResident(of: 23, memoryBytes: 128 << 20) == nil)
        #expect(reader().guestResident(of: 24, memoryBytes: 128 << 20) == nil)
    }

    @Test func dyingGroupsOnV2AreTold() throws {
        try put("nr_descendants 40\nnr_dying_descendants 17\n", at: "unified/cgroup.stat")
        #expect(reader().dyingGroups() == 17)
        try put(MemoryReaderTests.meminfo, at: "proc/meminfo")
        #expect(reader().host(countingGroups: true)[.dyingGroups] == 17)
    }

    /// The kernel counts 9 memory groups; the root, two below it and one below those are there.
    @Test(arguments: [CgroupTree.Mode.v1, .hybrid]) func dyingGroupsOnV1AreCounted(_ mode: CgroupTree.Mode) throws {
        try put(
            "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t50\t1\nmemory\t4\t9\t1\n", at: "proc/cgroups")
        try put("", at: "memory/a/b/tasks")
        try put("", at: "memory/c/tasks")
        #expect(reader(mode).dyingGroups() == 5)
        #expect(reader(.none).dyingGroups() == nil)
    }
}
