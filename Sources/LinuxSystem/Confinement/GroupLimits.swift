import Glibc

/// What the control groups of a process allow it and everything below it, all ancestors included: the least of each.
package struct GroupLimits: Sendable, Equatable {
    /// A limit, and the group that sets it.
    package struct Limit<Value: Sendable & Comparable>: Sendable, Equatable {
        package var value: Value
        /// A path below the hierarchy's root.
        package var group: String

        package init(_ value: Value, group: String) {
            self.value = value
            self.group = group
        }
    }

    /// In bytes.
    package var memoryBytes: Limit<UInt64>?
    /// Processes and threads at once.
    package var tasks: Limit<UInt64>?
    /// Control groups below a group of the v2 hierarchy.
    package var descendants: Limit<UInt64>?
    /// CPU time of so many CPUs, by a quota.
    package var quotaCPUs: Limit<Double>?
    /// The CPUs that may be used; nil where the kernel does not say.
    package var cpus: [Int]?
    /// The group that holds the process in the hierarchy that says which CPUs.
    package var cpusGroup = "/"

    package init() {}

    /// Reads them.
    ///
    /// - Parameters:
    ///   - groups: the hierarchies, as they are seen from where `text` names its paths.
    ///   - text: the text of `/proc/PID/cgroup`.
    package init(groups: CgroupTree, text: String) {
        let isUnified = groups.mode == .v2
        for (group, directory) in GroupLimits.lineage(groups, text, "memory") {
            for file in isUnified ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"] {
                // v1 says that there is none by the largest number of whole pages.
                guard let bytes = GroupLimits.number("\(directory)/\(file)"), bytes < 1 << 62 else { continue }
                GroupLimits.take(bytes, of: group, &memoryBytes)
            }
        }
        for (group, directory) in GroupLimits.lineage(groups, text, "pids") {
            if let most = GroupLimits.number(directory + "/pids.max") { GroupLimits.take(most, of: group, &tasks) }
        }
        for (group, directory) in GroupLimits.lineage(groups, text, "unified") {
            if let most = GroupLimits.number(directory + "/cgroup.max.descendants") {
                GroupLimits.take(most, of: group, &descendants)
            }
        }
        for (group, directory) in GroupLimits.lineage(groups, text, "cpu") {
            if let share = GroupLimits.quota(in: directory, isUnified: isUnified) {
                GroupLimits.take(share, of: group, &quotaCPUs)
            }
        }
        // What a group may use is within what its parent may: the innermost that says something says it all.
        for (group, directory) in GroupLimits.lineage(groups, text, "cpuset") {
            let file = isUnified ? "cpuset.cpus.effective" : "cpuset.cpus"
            guard let list = HostFiles.value("\(directory)/\(file)"), !list.isEmpty else { continue }
            cpus = CPUList.parse(list)
            cpusGroup = group
            break
        }
    }

    /// The group of a process and those above it, innermost first, with their directories.
    ///
    /// - Parameter controller: one of v1 that the host uses, or of v2; `unified` is the v2 hierarchy itself, also beside those of v1.
    static func lineage(
        _ groups: CgroupTree, _ text: String, _ controller: String
    ) -> [(group: String, directory: String)] {
        let own =
            controller == "unified" ? groups.unifiedGroup(in: text) : groups.group(in: text, controller: controller)
        guard var group = own else { return [] }
        var found: [(String, String)] = []
        while true {
            if let directory = groups.directory(of: group == "/" ? "" : group, controller: controller) {
                found.append((group, directory))
            }
            guard group != "/", !group.isEmpty, let slash = group.lastIndex(of: "/") else { return found }
            group = slash == group.startIndex ? "/" : String(group[..<slash])
        }
    }

    private static func take<Value>(_ value: Value, of group: String, _ limit: inout Limit<Value>?) {
        if limit.map({ value < $0.value }) ?? true { limit = Limit(value, group: group) }
    }

    /// nil where there is no such file, and for `max`.
    private static func number(_ path: String) -> UInt64? { HostFiles.value(path).flatMap { UInt64($0) } }

    private static func quota(in directory: String, isUnified: Bool) -> Double? {
        let words =
            isUnified
            ? (HostFiles.value(directory + "/cpu.max") ?? "").split(separator: " ").map(String.init)
            : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].compactMap { HostFiles.value("\(directory)/\($0)") }
        // `max`, and -1 of v1, are no limit.
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
        else { return nil }
        return quota / period
    }
}

extension GroupLimits {
    /// What a host has, against which a limit is one or is none.
    package struct Host: Sendable {
        package var memoryBytes: UInt64
        package var cpus: Int

        package init(memoryBytes: UInt64, cpus: Int) {
            self.memoryBytes = memoryBytes
            self.cpus = cpus
        }

        /// This host.
        package static var current: Host {
            let memory = KeyedNumbers.read("/proc/meminfo")?["MemTotal"].map { $0 * 1_024 }
            return Host(memoryBytes: memory ?? .max, cpus: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        }
    }

    /// So many processes and threads, and control groups, no run of ours needs that is made for a single host; a manager limits
    /// everything that it starts to a share of what the kernel can hold, which is more than this and no limit of somebody's own.
    package static let manyTasks: UInt64 = 2_048

    /// The limits that can be felt on a host, in words that follow "allows": `512 MiB of memory (/x)`.
    package func felt(on host: Host) -> [String] {
        var words: [String] = []
        if let memoryBytes, memoryBytes.value < host.memoryBytes {
            words.append("\(memoryBytes.value >> 20) MiB of memory (\(memoryBytes.group))")
        }
        if let tasks, tasks.value < GroupLimits.manyTasks {
            words.append("\(tasks.value) processes and threads (\(tasks.group))")
        }
        if let descendants, descendants.value < GroupLimits.manyTasks {
            words.append("\(descendants.value) control groups below it (\(descendants.group))")
        }
        if let quotaCPUs, quotaCPUs.value < Double(host.cpus) {
            words.append("the CPU time of \((quotaCPUs.value * 100).rounded() / 100) CPUs (\(quotaCPUs.group))")
        }
        if let cpus, cpus.count < host.cpus {
            words.append("only the CPUs \(CPUList.text(cpus)) (\(cpusGroup))")
        }
        return words
    }
}
