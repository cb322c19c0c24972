internal import CLinuxShims
import Glibc

extension CgroupTree {
    /// Hierarchies of v1 with their controllers, by mount point: some hosts mount several at one place.
    package var hierarchies: [(point: String, controllers: [String])] {
        guard mode != .v2 else { return [] }
        let controllers = mounts.keys.filter { $0 != "unified" }.sorted()
        return Dictionary(grouping: controllers) { mounts[$0] ?? "" }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// Whether the host can confine groups to CPUs.
    package var hasCPUSets: Bool {
        guard mode == .v2 else { return mounts["cpuset"] != nil }
        let controllers = mounts["unified"].flatMap { HostFiles.value($0 + "/cgroup.controllers") }
        return controllers?.split(separator: " ").contains("cpuset") == true
    }

    /// Lets the processes of a group run on these CPUs and no others.
    ///
    /// - Throws: ``SystemError``, also where the host has no cpuset controller.
    package func confine(_ group: String, to cpus: [Int]) throws {
        guard let directory = directory(of: group, controller: "cpuset") else {
            throw SystemError("confining \(group) to CPUs: there is no cpuset controller", number: ENOENT)
        }
        try HostFiles.write(CPUList.text(cpus), to: directory + "/cpuset.cpus")
    }

    /// The CPUs on which processes of a group may run; nil where the host does not say.
    package func cpus(of group: String) -> [Int]? {
        let suffix = group == "/" ? "" : group
        guard let directory = directory(of: suffix, controller: "cpuset") else { return nil }
        for name in ["cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"] {
            if let text = HostFiles.value("\(directory)/\(name)"), let cpus = CPUList.parse(text), !cpus.isEmpty {
                return cpus
            }
        }
        return nil
    }
}

/// Lists of CPUs, as the kernel writes them: `0-3,8`.
package enum CPUList {
    /// Numbers in the kernel's form, sorted.
    package static func text(_ cpus: [Int]) -> String {
        var ranges: [(first: Int, last: Int)] = []
        for cpu in Set(cpus).sorted() {
            if let last = ranges.last, last.last + 1 == cpu {
                ranges[ranges.count - 1].last = cpu
            } else {
                ranges.append((cpu, cpu))
            }
        }
        return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }.joined(separator: ",")
    }

    /// Reads the kernel's form; nil where the text is of another.
    package static func parse(_ text: String) -> [Int]? {
        var cpus: [Int] = []
        for part in HostFiles.trimmed(text).split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
                last >= first, last < 1 << 16
            else { return nil }
            cpus += first...last
        }
        return cpus
    }

    /// The CPUs that are online and that the control group of this process allows: what instances can be given.
    package static func available(in groups: CgroupTree) -> [Int] {
        let online =
            HostFiles.value("/sys/devices/system/cpu/online").flatMap(parse)
            ?? Array(0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        guard let own = try? HostFiles.read("/proc/self/cgroup"),
            let group = groups.group(in: own, controller: "cpuset"), let allowed = groups.cpus(of: group)
        else { return online }
        return online.filter(Set(allowed).contains)
    }
}

extension StartedThread {
    /// Lets the calling thread, and what it starts, run on every CPU that its control group allows, whatever affinity whoever
    /// started this process has.
    ///
    /// - Throws: ``SystemError``.
    package static func freeAffinity() throws {
        guard tare_free_affinity() == 0 else { throw SystemError("freeing the thread's CPU affinity") }
    }
}
