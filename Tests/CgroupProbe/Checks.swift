import BenchmarkModel
import Glibc
import HostReadings
import LinuxSystem

/// The checks, in the order of a run: groups are made, instances live in them, are measured, and end.
struct Checks {
    /// What was found wrong, in words.
    var failures: [String] = []

    private static let run = "/tare-probe.run"
    private static let worker = run + "/i1"
    private static let hog = run + "/i2"
    /// More than `work` needs, less than `hog` does, in bytes.
    private static let memoryLimitBytes: UInt64 = 64 << 20

    mutating func all() throws {
        let tree = try CgroupTree.current()
        expect(tree.mode == .v2, "the mode is \(tree.mode)")
        expect(tree.mounts == ["unified": "/sys/fs/cgroup"], "the mounts are \(tree.mounts)")
        let own = tree.group(in: try HostFiles.read("/proc/self/cgroup"), controller: "memory")
        expect(own == "/", "the probe's own group is \(own ?? "unknown")")
        for group in [Checks.run, Checks.worker, Checks.hog] { try tree.create(group) }
        for group in [Checks.worker, Checks.hog] {
            try tree.limitMemory(of: group, bytes: Checks.memoryLimitBytes)
            try tree.limitCPUs(of: group, count: 1)
        }
        let limits = ["memory.max", "cpu.max"].map { HostFiles.value("/sys/fs/cgroup\(Checks.worker)/\($0)") ?? "-" }
        expect(limits == ["\(Checks.memoryLimitBytes)", "100000 100000"], "the limits are \(limits)")
        try devices(tree)
        try countedLimits(tree)
        try work(tree)
        try outOfMemory(tree)
        try end(tree)
    }

    private mutating func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
        if !holds { failures.append(text()) }
    }

    private mutating func expect(
        _ value: (some BinaryInteger)?, in range: ClosedRange<Int64>, _ what: String
    ) {
        guard let value else { return failures.append("\(what) cannot be read") }
        expect(range.contains(Int64(value)), "\(what): \(value), not \(range.lowerBound) to \(range.upperBound)")
    }

    /// A group opens and makes the devices that it may, and no others.
    private mutating func devices(_ tree: CgroupTree) throws {
        let group = Checks.run + "/i3"
        try tree.create(group)
        expect(tree.deviceLimitProblem == nil, "devices cannot be limited: \(tree.deviceLimitProblem ?? "")")
        try tree.limitDevices(
            of: group, to: [CgroupTree.Device(major: 1, minor: 3), CgroupTree.Device(major: 136, minor: nil)])
        let (child, line) = try start("devices", in: group, of: tree)
        child.end(graceMilliseconds: 0)
        expect(HostFiles.trimmed(line) == "as allowed", "devices: \(HostFiles.trimmed(line))")
        // The probe itself, in no such group, opens what it likes.
        let zero = open("/dev/zero", O_RDONLY | O_CLOEXEC)
        expect(zero >= 0, "/dev/zero cannot be opened outside of the group")
        close(zero)
    }

    /// What is in use of a group's limits is what the kernel compares with them: it refuses one more when that is the limit.
    private mutating func countedLimits(_ tree: CgroupTree) throws {
        let group = Checks.run + "/limited"
        let directory = "/sys/fs/cgroup" + group
        try tree.create(group)
        try HostFiles.write("3", to: directory + "/cgroup.max.descendants")
        try HostFiles.write("5", to: directory + "/pids.max")
        let ancestry = GroupAncestry(groups: tree, text: "0::\(group)\n")
        let reader = LimitsReader(directory: "/", ancestry: ancestry)
        let found = reader.limits()
        expect(found[.descendantGroups]?.value == 3 && found[.groupTasks]?.value == 5, "the limits are \(found)")
        expect(reader.used()[.descendantGroups], in: 0...0, "groups below an empty group")
        var refusal: Int32 = 0
        for number in 1...9 where refusal == 0 {
            do {
                try HostFiles.makeDirectory("\(directory)/g\(number)")
            } catch let error as SystemError {
                refusal = error.number
            }
        }
        expect(refusal == EAGAIN, "one group too many is refused by \(refusal)")
        expect(reader.used()[.descendantGroups], in: 3...3, "groups below a full group")
        let refused = ancestry.refusedForks(below: group, in: tree)
        expect(refused, in: 0...0, "refused processes before there was one")
        let (_, line) = try start("threads", in: group, of: tree)
        expect(HostFiles.trimmed(line) == "5, then \(EAGAIN)", "threads: \(HostFiles.trimmed(line))")
        expect(reader.used()[.groupTasks], in: 5...5, "processes and threads of a full group")
        expect(ancestry.refusedForks(below: group, in: tree), in: 1...99, "refused processes")
        let directories = Int64(CgroupTree.countDirectories(below: "/sys/fs/cgroup"))
        expect(reader.used()[.memoryGroups], in: directories...(directories + 4), "memory groups")
        expect(tree.killAll(in: group).isEmpty, "killAll left threads")
        try tree.remove(group)
    }

    /// An instance that uses a known amount of everything is found to have used it.
    private mutating func work(_ tree: CgroupTree) throws {
        let reader = MemoryReader(groups: tree)
        let ledger = reader.host().ledger
        let peak = mark(of: tree)
        let chargedBefore = peak?.begin()
        let (child, line) = try start("work", in: Checks.worker, of: tree)
        guard let used = UInt64(HostFiles.trimmed(line)) else {
            let ending = child.wait(deadlineMilliseconds: 0).map { "\($0)" } ?? "it still runs"
            return failures.append("work did not end its work: \(ending)")
        }
        expect(tree.processes(of: Checks.run) == [child.pid], "the processes are \(tree.processes(of: Checks.run))")
        expect(tree.members(of: Checks.worker) == [child.pid], "the members are \(tree.members(of: Checks.worker))")
        // The group has used what the process had used when it said so, and at most what starting and sleeping cost besides.
        let cpu = Int64(used)
        for group in [Checks.run, Checks.worker] {
            let range = (cpu - 20_000_000)...(cpu + 2_000_000_000)
            expect(tree.cpuNanoseconds(of: group), in: range, "CPU nanoseconds of \(group)")
        }
        expect(tree.throttledCount(of: Checks.worker), in: 1...Int64.max, "how often it was throttled")
        expect(tree.outOfMemoryKills(of: Checks.run), in: 0...0, "out-of-memory kills before there was one")
        for group in [Checks.run, Checks.worker] {
            let charged = reader.charged(to: group)
            // The kernel may leave 64 pages of each CPU out of these sums for up to two seconds: 1 MiB is enough for that.
            // Besides what it touches, a process has a heap, stacks and relocated data, some of it in huge pages.
            let touched = Int64(Child.anonymousBytes)
            expect(
                charged[.chargedAnonymous], in: (touched - 1 << 20)...(touched + 12 << 20),
                "anonymous memory of \(group)")
            let shared = Int64(Child.sharedBytes)
            expect(
                charged[.chargedShared], in: (shared - 1 << 20)...(shared + 1 << 20), "tmpfs memory of \(group)")
            // Code is charged to whoever read it first, which is the probe itself for most of it.
            expect(charged[.chargedFile], in: 0...(32 << 20), "file cache of \(group)")
            // Page tables and a process's small objects, at most.
            expect(charged[.chargedKernel], in: (16 << 10)...(8 << 20), "kernel memory of \(group)")
        }
        let needed = Int64(Child.anonymousBytes + Child.sharedBytes)...Int64(Checks.memoryLimitBytes)
        expect(tree.peakMemory(of: Checks.worker), in: needed, "the peak memory since the group was made")
        if let peak, let chargedBefore {
            let more = peak.read().map { Int64($0) - Int64(chargedBefore) }
            expect(more, in: needed, "the peak memory since the mark was set back")
        }
        let sums = reader.processes([HostProcess(pid: child.pid, role: .workload)])
        expect(sums[.pssWorkload], in: Int64(Child.anonymousBytes)...(64 << 20), "PSS of the process")
        guard let ledger, let later = reader.host().ledger else { return failures.append("there is no ledger") }
        let known = Int64(Child.anonymousBytes + Child.sharedBytes)
        expect(later - ledger, in: (known - 2 << 20)...(known + 24 << 20), "growth of the host's ledger")
    }

    /// The mark of the run's group, where this kernel can set one back.
    private mutating func mark(of tree: CgroupTree) -> MemoryPeak? {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
        let can = numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 12)
        do {
            let mark = try MemoryPeak(of: Checks.run, in: tree)
            expect(can, "Linux \(release) sets the mark of the peak memory back")
            return mark
        } catch {
            let problem = (error as? MemoryPeak.Problem)?.text ?? "\(error)"
            expect(!can && problem.contains("Linux 6.12"), "Linux \(release): \(problem)")
            return nil
        }
    }

    /// A group's limit is a limit, and the kill is noticed in the group and above it, and nowhere else.
    private mutating func outOfMemory(_ tree: CgroupTree) throws {
        let (child, _) = try start("hog", in: Checks.hog, of: tree)
        let ending = child.wait(deadlineMilliseconds: 20_000)
        expect(ending == .signalled(SIGKILL), "hog ended as \(ending.map { "\($0)" } ?? "nothing: it still runs")")
        for group in [Checks.hog, Checks.run] {
            expect(tree.outOfMemoryKills(of: group), in: 1...1, "out-of-memory kills of \(group)")
        }
        expect(tree.outOfMemoryKills(of: Checks.worker), in: 0...0, "out-of-memory kills of the other group")
    }

    private mutating func end(_ tree: CgroupTree) throws {
        try tree.limitMemory(of: Checks.worker, bytes: nil)
        let limit = HostFiles.value("/sys/fs/cgroup\(Checks.worker)/memory.max")
        expect(limit == "max", "the limit that was taken away is \(limit ?? "unknown")")
        let left = tree.killAll(in: Checks.run)
        expect(left.isEmpty, "killAll left \(left)")
        expect(tree.processes(of: Checks.run).isEmpty, "processes are left after killAll")
        // The tmpfs file outlives its process, and pins what it is charged to: a removed group that is not gone.
        try tree.remove(Checks.run)
        expect(!tree.exists(Checks.run) && !tree.exists(Checks.worker), "the groups are there after remove")
        let dying = MemoryReader(groups: tree).host(countingGroups: true)[.dyingGroups]
        expect(dying, in: 1...4, "dying groups")
    }

    /// Starts the probe as a child of itself in a group.
    ///
    /// - Returns: the child, and what it printed before it went on or ended.
    private func start(_ word: String, in group: String, of tree: CgroupTree) throws -> (ChildProcess, String) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("making a pipe") }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { for descriptor in [ends[0], null] { close(descriptor) } }
        let path = CommandLine.arguments[0]
        var request = SpawnRequest(
            path: path, arguments: [path, word], environment: [], descriptors: (null, ends[1], 2))
        request.cgroupFiles = tree.processFiles(of: group)
        let child: ChildProcess
        do {
            defer { close(ends[1]) }
            child = try ChildProcess.spawn(request)
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(ends[0], &bytes, bytes.count)
        return (child, String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }
}
