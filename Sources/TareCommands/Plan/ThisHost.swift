import Analysis
import BenchmarkModel
import Glibc
import Harness
import HostReadings
import LinuxSystem

/// This host as it is now, for plans and forecasts of it.
enum ThisHost {
    /// Its limits, and what is in use of them.
    ///
    /// - Throws: ``TareError`` where nobody knows what control groups there are.
    static func limits() throws -> HostLimits {
        let ancestry: GroupAncestry
        do {
            ancestry = try groups().ancestry
        } catch {
            throw TareError(
                .hostLacks, "the control groups of this host cannot be read",
                remedy: "Mount /proc and the cgroup hierarchies.", cause: "\(error)")
        }
        let reader = LimitsReader(directory: RunEnvironment.base, ancestry: ancestry)
        var limits = HostLimits("this", limits: reader.limits(), isThisHost: true)
        for (resource, count) in reader.used().used { limits.inUse[resource] = Double(max(0, count)) }
        if let tasks = limits.inUse[.groupTasks] { limits.inUse[.groupTasks] = tasks + threadsOfARun }
        if let groups = limits.inUse[.descendantGroups] {
            limits.inUse[.descendantGroups] = groups + groupsOfARun(in: ancestry.groups.mode)
        }
        return limits
    }

    /// Threads that a run has and this command has not: launchers, readers, the store's (8 were found), and one of Swift's pool for
    /// each CPU.
    private static var threadsOfARun: Double { 8 + Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Control groups that a run has in the unified hierarchy before its first instance, and this command has not. In a limited group
    /// of v2 tare goes to one of its own first (``Confinement``).
    private static func groupsOfARun(in mode: CgroupTree.Mode) -> Double {
        let hasGoneThere = Confinement.outcome?.prefixes.isEmpty == false
        let own = RunEnvironment.ownGroups(of: "", in: mode).count
        return Double(own + (mode == .v2 && !hasGoneThere ? 1 : 0))
    }

    /// What is free of it.
    ///
    /// - Throws: ``TareError`` where it cannot be read.
    static func host() throws -> Headroom.Host {
        let text = (try? HostFiles.read("/proc/meminfo")) ?? ""
        guard var bytes = available(in: text) else {
            throw TareError(.hostLacks, "/proc/meminfo does not say what is available", remedy: "Mount /proc.")
        }
        let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var cpus = online
        if let groups = try? groups(), let limits = groups.limits {
            if let memory = limits.memoryBytes {
                let hierarchies = groups.ancestry.groups
                let isUnified = hierarchies.mode == .v2
                let directories = lineage(of: memory.group).compactMap {
                    hierarchies.directory(of: $0, controller: "memory")
                }
                let left = directories.compactMap { Self.left(in: $0, isUnified: isUnified) }
                bytes = min(bytes, left.min() ?? memory.value)
            }
            cpus = min(cpus, max(1, Int(min(limits.quotaCPUs?.value ?? Double(cpus), Double(cpus)))))
        }
        return Headroom.Host(availableBytes: bytes, cpus: cpus, kernelCPUs: online, limits: try self.limits())
    }

    /// A group and those above it, the root as an empty path. A group that is below the one that allows the least has no less left.
    static func lineage(of group: String) -> [String] {
        let names = group.split(separator: "/")
        return (0...names.count).reversed().map { count in names.prefix(count).map { "/\($0)" }.joined() }
    }

    /// What a group has left of the memory that it is allowed, in bytes; nil where it has no limit. Like `MemAvailable` it counts file
    /// cache that was not used lately as free.
    static func left(in directory: String, isUnified: Bool) -> UInt64? {
        func number(_ file: String) -> UInt64? { HostFiles.value("\(directory)/\(file)").flatMap { UInt64($0) } }
        let limits = (isUnified ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"]).compactMap(number)
        // v1 says that there is none by the largest number of whole pages.
        guard let limit = limits.min(), limit < 1 << 62 else { return nil }
        let used = number(isUnified ? "memory.current" : "memory.usage_in_bytes") ?? 0
        let statistics = KeyedNumbers.read("\(directory)/memory.stat") ?? [:]
        let idleCache = statistics[isUnified ? "inactive_file" : "total_inactive_file"] ?? 0
        let taken = used - min(used, idleCache)
        return limit - min(limit, taken)
    }

    /// `MemAvailable` of the text of `/proc/meminfo`, in bytes.
    static func available(in text: String) -> UInt64? {
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }.map { $0 << 10 }
        }
        return nil
    }

    /// What is said besides of limits that were read so.
    static func notes() -> [String] {
        geteuid() == 0
            ? []
            : ["Read without root: what processes of other users hold (namespaces, inotify instances) is not counted."]
    }

    /// The groups that a run started here has above its own, and what they allow. A command that starts no instances does not enter
    /// them, as a run does where it can feel their limits.
    private static func groups() throws -> (ancestry: GroupAncestry, limits: GroupLimits?) {
        if let outcome = Confinement.outcome {
            return (try GroupAncestry.ofRuns(), outcome.prefixes.isEmpty ? nil : outcome.limits)
        }
        let tree = try CgroupTree.current()
        guard let text = try? HostFiles.read("/proc/self/cgroup") else {
            return (GroupAncestry(groups: tree, text: nil), nil)
        }
        let limits = GroupLimits(groups: tree, text: text)
        let isFelt = !limits.felt(on: .current).isEmpty
        return (GroupAncestry(groups: tree, text: isFelt ? text : nil), isFelt ? limits : nil)
    }
}
