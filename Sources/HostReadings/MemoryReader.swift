package import BenchmarkModel
import Glibc
package import LinuxSystem

/// Reads memory in the three views of the footprint: the host's ledger, what is charged to a control group, and what the
/// processes say of themselves. Where `/proc` and `/sys` are can be changed, so that tests can read recorded trees.
///
/// Sources: `Documentation/filesystems/proc.rst` (meminfo, smaps_rollup), `admin-guide/cgroup-v1/memory.rst`,
/// `admin-guide/cgroup-v2.rst` of the Linux kernel.
package struct MemoryReader: Sendable {
    /// Where `/proc` is.
    package var proc: String
    /// Where `/sys` is.
    package var sys: String
    /// The host's control groups.
    package var groups: CgroupTree
    /// The caches whose slabs can be reclaimed.
    private let reclaimableCaches: Set<String>

    package init(proc: String = "/proc", sys: String = "/sys", groups: CgroupTree) {
        self.proc = proc
        self.sys = sys
        self.groups = groups
        let caches = sys + "/kernel/slab"
        reclaimableCaches = Set(
            HostFiles.names(in: caches).filter { HostFiles.value("\(caches)/\($0)/reclaim_account") == "1" })
    }

    /// The ledger, what stands beside it, and the host's states.
    ///
    /// - Parameter countingGroups: whether dying control groups are counted, for which all directories are looked at.
    package func host(countingGroups: Bool = false) -> MemoryReading {
        // The kernel counts per CPU and adds up late; a read of this file makes the sums exact.
        _ = HostFiles.value(proc + "/sys/vm/stat_refresh")
        var reading = MemoryReading()
        let numbers = KeyedNumbers.read(proc + "/meminfo") ?? [:]
        func kibibytes(_ name: String) -> Int64? { numbers[name].map { Int64($0) * 1_024 } }
        reading[.anonymous] = kibibytes("AnonPages")
        reading[.shared] = kibibytes("Shmem")
        reading[.slabSlack] = slabSlack()
        reading[.unreclaimableSlab] = kibibytes("SUnreclaim").map { $0 - (reading[.slabSlack] ?? 0) }
        reading[.kernelStacks] = kibibytes("KernelStack")
        reading[.pageTables] = kibibytes("PageTables").map { $0 + (kibibytes("SecPageTables") ?? 0) }
        reading[.perCPU] = kibibytes("Percpu")
        // Kernels without huge pages have none in use.
        reading[.hugePages] = kibibytes("Hugetlb") ?? 0
        if let cached = kibibytes("Cached"), let shared = reading[.shared] {
            reading[.fileCache] = cached - shared + (kibibytes("Buffers") ?? 0)
        }
        reading[.reclaimableSlab] = kibibytes("SReclaimable")
        reading[.available] = kibibytes("MemAvailable")
        reading[.free] = kibibytes("MemFree")
        reading[.freeLists] = freeLists()
        reading[.transparentHuge] = kibibytes("AnonHugePages")
        if let total = kibibytes("SwapTotal"), let free = kibibytes("SwapFree") { reading[.swapUsed] = total - free }
        if let pages = HostFiles.value(sys + "/kernel/mm/ksm/pages_sharing").flatMap({ Int64($0) }) {
            reading[.mergedByKSM] = pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
        }
        if countingGroups { reading[.dyingGroups] = dyingGroups() }
        if let own = rollup(of: "self") { reading[.harness] = own.anonymous + own.pageTables }
        return reading
    }

    /// Pages on the lists of all zones and CPUs: the lines `count: N` of `/proc/zoneinfo`, in bytes.
    private func freeLists() -> Int64? {
        guard let text = try? HostFiles.read(proc + "/zoneinfo") else { return nil }
        var pages: Int64?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "count:", let count = Int64(words[1]) { pages = (pages ?? 0) + count }
        }
        return pages.map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// `(num_objs - active_objs) * objsize` over the lines of `/proc/slabinfo` (slabinfo(5)) whose cache is not reclaimable.
    private func slabSlack() -> Int64? {
        guard let text = try? HostFiles.read(proc + "/slabinfo") else { return nil }
        var sum: Int64 = 0
        for line in text.split(separator: "\n").dropFirst(2) {
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count == 5, let active = Int64(words[1]), let all = Int64(words[2]), let size = Int64(words[3])
            else { return nil }
            if !reclaimableCaches.contains(String(words[0])) { sum += max(0, all - active) * size }
        }
        return sum
    }

    /// What is charged to a group and all below it.
    ///
    /// v1: `total_rss`, `total_cache` without `total_shmem`, `total_shmem` of `memory.stat`, and
    /// `memory.kmem.usage_in_bytes`. v2: `anon`, `file` without `shmem`, `shmem`, `kernel` (or the sum of its parts)
    /// of `memory.stat`.
    package func charged(to group: String) -> MemoryReading {
        var reading = MemoryReading()
        guard let directory = groups.directory(of: group, controller: "memory") else { return reading }
        let numbers = KeyedNumbers.read(directory + "/memory.stat") ?? [:]
        func value(_ name: String) -> Int64? { numbers[name].map { Int64(clamping: $0) } }
        if groups.mode == .v2 {
            reading[.chargedAnonymous] = value("anon")
            reading[.chargedShared] = value("shmem")
            if let file = value("file"), let shared = value("shmem") { reading[.chargedFile] = file - shared }
            // Before Linux 5.18 there is no sum; its parts are there.
            let parts = ["slab", "kernel_stack", "pagetables", "percpu"].compactMap(value)
            reading[.chargedKernel] = value("kernel") ?? (parts.isEmpty ? nil : parts.reduce(0, +))
        } else {
            reading[.chargedAnonymous] = value("total_rss")
            reading[.chargedShared] = value("total_shmem")
            if let cache = value("total_cache"), let shared = value("total_shmem") {
                reading[.chargedFile] = cache - shared
            }
            reading[.chargedKernel] = HostFiles.value(directory + "/memory.kmem.usage_in_bytes").flatMap { Int64($0) }
        }
        return reading
    }

    /// The sums over processes, by what they do for their instance. A process that ends meanwhile is left out.
    ///
    /// - Parameter guestMemoryBytes: the RAM that each guest was given; nil where the platform runs none.
    package func processes(_ processes: [HostProcess], guestMemoryBytes: UInt64? = nil) -> MemoryReading {
        var sums: [MemoryFigure: Int64] = [.pssWorkload: 0, .pssRuntime: 0, .residentSet: 0, .uniqueSet: 0]
        if guestMemoryBytes != nil {
            for figure in [MemoryFigure.pssVMM, .guestConfigured, .guestTouched] { sums[figure] = 0 }
        }
        for process in processes {
            guard let rollup = rollup(of: "\(process.pid)") else { continue }
            let figure: MemoryFigure =
                switch process.role {
                case .workload: .pssWorkload
                case .runtime: .pssRuntime
                case .vmm: .pssVMM
                }
            sums[figure, default: 0] += rollup.proportional
            sums[.residentSet, default: 0] += rollup.resident
            sums[.uniqueSet, default: 0] += rollup.unique
            if process.role == .vmm, let memory = guestMemoryBytes {
                sums[.guestConfigured, default: 0] += Int64(memory)
                sums[.guestTouched, default: 0] += guestResident(of: process.pid, memoryBytes: memory) ?? 0
            }
        }
        return MemoryReading(sums)
    }

    /// The proportional set size of daemons.
    package func daemons(_ pids: [Int32]) -> MemoryReading {
        MemoryReading([.pssDaemons: pids.reduce(0) { $0 + (rollup(of: "\($1)")?.proportional ?? 0) }])
    }

    private struct Rollup {
        var resident: Int64
        var proportional: Int64
        var unique: Int64
        var anonymous: Int64
        var pageTables: Int64
    }

    private func rollup(of pid: String) -> Rollup? {
        guard let numbers = KeyedNumbers.read("\(proc)/\(pid)/smaps_rollup"), let resident = numbers["Rss"] else {
            return nil
        }
        func bytes(_ name: String) -> Int64 { Int64(numbers[name] ?? 0) * 1_024 }
        let tables = pid == "self" ? KeyedNumbers.read("\(proc)/self/status")?["VmPTE"] ?? 0 : 0
        return Rollup(
            resident: Int64(resident) * 1_024, proportional: bytes("Pss"),
            unique: bytes("Private_Clean") + bytes("Private_Dirty"), anonymous: bytes("Anonymous"),
            pageTables: Int64(tables) * 1_024)
    }

    /// Resident bytes of the monitor's mapping of guest RAM: the one mapping that is as large as the RAM, or larger by less
    /// than 4 MiB where the kernel has joined a neighbour to it.
    func guestResident(of pid: Int32, memoryBytes: UInt64) -> Int64? {
        guard let text = try? HostFiles.read("\(proc)/\(pid)/smaps") else { return nil }
        var size: UInt64 = 0
        var best: (excess: UInt64, resident: Int64)?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("Size:") {
                size = MemoryReader.kibibytes(line) * 1_024
            } else if line.hasPrefix("Rss:"), size >= memoryBytes, size - memoryBytes < 4 << 20 {
                let excess = size - memoryBytes
                if best.map({ excess < $0.excess }) ?? true {
                    best = (excess, Int64(MemoryReader.kibibytes(line)) * 1_024)
                }
            }
        }
        return best?.resident
    }

    private static func kibibytes(_ line: Substring) -> UInt64 {
        line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { UInt64($0) } ?? 0
    }

    /// Memory groups that were removed and are not gone: `nr_dying_descendants` (v2); the kernel's count without the
    /// directories that are there (v1).
    func dyingGroups() -> Int64? {
        if groups.mode == .v2 {
            return groups.mounts["unified"].flatMap { KeyedNumbers.read($0 + "/cgroup.stat")?["nr_dying_descendants"] }
                .map { Int64($0) }
        }
        guard let root = groups.mounts["memory"], let text = try? HostFiles.read(proc + "/cgroups"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("memory\t") }),
            let count = line.split(separator: "\t").dropFirst(2).first.flatMap({ Int64($0) })
        else { return nil }
        return count - Int64(CgroupTree.countDirectories(below: root))
    }
}
