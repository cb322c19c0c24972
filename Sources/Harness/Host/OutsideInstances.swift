import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization

/// Instances whose processes a daemon starts, in control groups of its own: their CPU time and what is charged to them is read
/// there. A group is an instance's only where the daemon made it for that instance; one that it shares with others is not read.
final class OutsideInstances: Sendable {
    private struct Entry: Sendable {
        var members: [PinnedProcess]
        /// The instance's own group; nil where it has none outside of the run's.
        var group: String?
        /// Whether the workload's processes are in the run's group, where they are counted and charged anyhow: the members are
        /// what the engine has beside them.
        var isWorkloadInside: Bool
        /// Whether the members are in a daemon's group below the run's: what they use is counted with that.
        var areMembersInside = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// CPU time of instances that have ended, in nanoseconds.
        var ended: UInt64 = 0
        /// Each daemon with the CPU time that it had used when it was first watched, in nanoseconds.
        var daemons: [Int32: UInt64] = [:]
        /// Groups below the run's of daemons of tare's own.
        var daemonGroups: [String] = []
    }

    private let groups: CgroupTree
    private let proc: String
    private let state = Mutex(State())

    private let runGroup: String

    /// - Parameter runGroup: what is in it or below it is read there.
    init(groups: CgroupTree, runGroup: String, proc: String = "/proc") {
        self.groups = groups
        self.runGroup = runGroup
        self.proc = proc
    }

    func watch(daemons: [Int32]) {
        state.withLock { state in
            for pid in daemons where state.daemons[pid] == nil { state.daemons[pid] = processTime(of: pid) }
        }
    }

    func watch(daemonGroup group: String) { state.withLock { $0.daemonGroups.append(group) } }

    /// All processes that it takes account of.
    var members: Set<Int32> { Set(state.withLock { $0.entries }.values.flatMap(\.members).map(\.pid)) }

    /// CPU time of what daemons of tare's own keep for each instance that runs, in nanoseconds.
    func keptInsideNanoseconds() -> UInt64 {
        state.withLock { $0.entries }.values.filter(\.areMembersInside).reduce(0) { $0 + nanoseconds(of: $1) }
    }

    func adopt(_ processes: [HostProcess], of instance: String) {
        let main = processes.first { $0.role != .runtime }
        let isInside = main.flatMap { group(of: $0.pid) }.map(isInRunGroup) ?? false
        if isInside {
            let ofDaemons = state.withLock { $0.daemonGroups }
            func isADaemons(_ group: String) -> Bool { ofDaemons.contains { group == $0 || group.hasPrefix($0 + "/") } }
            let beside = processes.filter { process in
                guard process.role == .runtime else { return false }
                let group = group(of: process.pid)
                return group.map { !isInRunGroup($0) || isADaemons($0) } ?? true
            }
            guard let first = beside.first else { return }
            let isInside = group(of: first.pid).map(isADaemons) ?? false
            return state.withLock {
                $0.entries[instance] = Entry(
                    members: beside.compactMap { PinnedProcess(pid: $0.pid) }, group: nil, isWorkloadInside: true,
                    areMembersInside: isInside)
            }
        }
        let members = processes.compactMap { PinnedProcess(pid: $0.pid) }
        guard let first = members.first else { return }
        let shared = Set(([getpid(), 1] + state.withLock { Array($0.daemons.keys) }).compactMap(group(of:)))
        let own = group(of: first.pid).flatMap { $0 == "/" || shared.contains($0) ? nil : $0 }
        state.withLock { $0.entries[instance] = Entry(members: members, group: own, isWorkloadInside: false) }
    }

    func release(_ instance: String) {
        guard let entry = state.withLock({ $0.entries[instance] }) else { return }
        let used = entry.areMembersInside ? 0 : nanoseconds(of: entry)
        state.withLock { state in
            state.entries[instance] = nil
            state.ended += used
        }
    }

    /// CPU time of all instances so far, those that have ended included, and of the daemons.
    func nanoseconds() -> UInt64 {
        let daemons = state.withLock { $0.daemons }
        return instancesNanoseconds()
            + daemons.reduce(0) { sum, daemon in
                let used = processTime(of: daemon.key)
                return sum + (used > daemon.value ? used - daemon.value : 0)
            }
    }

    /// The same without daemons, which by themselves do something for nobody.
    func instancesNanoseconds() -> UInt64 {
        let (entries, ended) = state.withLock { ($0.entries, $0.ended) }
        return ended + entries.values.filter { !$0.areMembersInside }.reduce(0) { $0 + nanoseconds(of: $1) }
    }

    /// What is charged to all instances: to the run's group, and to theirs. Where one has no group of its own, nothing can be
    /// said of the sum.
    func charged(beside run: MemoryReading, read: (String) -> MemoryReading) -> MemoryReading {
        let entries = state.withLock { $0.entries }.filter { !$0.value.isWorkloadInside }
        guard !entries.isEmpty else { return run }
        var sum = run
        for entry in entries.values {
            guard let group = entry.group else { return MemoryReading() }
            let one = read(group)
            for figure in MemoryFigure.allCases {
                guard let before = sum[figure] else { continue }
                sum[figure] = one[figure].map { before + $0 }
            }
        }
        return sum
    }

    /// The most memory that instances had at once: what was found for the run's group, and what the kernel kept of the groups of
    /// those that are outside, each since it was made. nil where one has no group of its own, or the kernel keeps nothing.
    func peak(of instances: [String], beside run: UInt64) -> UInt64? {
        let entries = state.withLock { state in instances.compactMap { state.entries[$0] } }
            .filter { !$0.isWorkloadInside }
        return entries.reduce(Optional(run)) { sum, entry in
            guard let sum, let own = entry.group.flatMap({ groups.peakMemory(of: $0) }) else { return nil }
            return sum + own
        }
    }

    /// Ends the processes of all, each only while its id still means it.
    func killAll() {
        for member in state.withLock({ $0.entries }).values.flatMap(\.members) { member.signal(SIGKILL) }
    }

    private func isInRunGroup(_ group: String) -> Bool { group == runGroup || group.hasPrefix(runGroup + "/") }

    private func nanoseconds(of entry: Entry) -> UInt64 {
        guard let own = entry.group, let used = groups.cpuNanoseconds(of: own) else {
            return entry.members.reduce(0) {
                $0 + (entry.isWorkloadInside ? keeperTime(of: $1.pid) : runTime(of: $1.pid))
            }
        }
        // A shim or a monitor lies beside the group.
        let beside = entry.members.filter { member in
            group(of: member.pid).map { $0 != own && !$0.hasPrefix(own + "/") } ?? false
        }
        return beside.reduce(used) { $0 + keeperTime(of: $1.pid) }
    }

    /// The control group in which memory is charged, without the parts into which a daemon divides it by thread.
    private func group(of pid: Int32) -> String? {
        guard let text = try? HostFiles.read("\(proc)/\(pid)/cgroup"),
            var group = groups.group(in: text, controller: "memory")
        else { return nil }
        while let directory = groups.directory(of: group, controller: "memory"), group != "/",
            HostFiles.value(directory + "/cgroup.type") == "threaded", let slash = group.lastIndex(of: "/")
        {
            group = slash == group.startIndex ? "/" : String(group[..<slash])
        }
        return group
    }

    /// User and system time of a process, threads that have ended included, in nanoseconds; it counts in ticks of 10 ms.
    private func processTime(of pid: Int32) -> UInt64 {
        guard let text = try? HostFiles.read("\(proc)/\(pid)/stat"), let entry = ProcessEntry(pid: pid, stat: text)
        else { return 0 }
        return entry.cpuTicks * OutsideInstances.tickNanoseconds
    }

    /// The time of a shim or a monitor, with that of the runtimes that it called, which is counted in ticks of 10 ms.
    private func keeperTime(of pid: Int32) -> UInt64 {
        let entry = (try? HostFiles.read("\(proc)/\(pid)/stat")).flatMap { ProcessEntry(pid: pid, stat: $0) }
        return runTime(of: pid) + (entry?.reapedTicks ?? 0) * OutsideInstances.tickNanoseconds
    }

    private static var tickNanoseconds: UInt64 { 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))) }

    /// The time that the threads of a process ran, in nanoseconds (`schedstat`, first field); those that have ended are not in it.
    private func runTime(of pid: Int32) -> UInt64 {
        HostFiles.names(in: "\(proc)/\(pid)/task").reduce(0) { sum, thread in
            let text = HostFiles.value("\(proc)/\(pid)/task/\(thread)/schedstat") ?? ""
            return sum + (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }
}
