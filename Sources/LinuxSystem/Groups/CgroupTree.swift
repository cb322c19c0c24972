internal import CLinuxShims
import Glibc

/// The host's control groups: v1, hybrid and v2 behind one interface. A group is named by its path below the root of
/// every hierarchy, such as `/tare-20261124-074313-3f9a.run`.
package struct CgroupTree: Sendable, Equatable {
    /// How the host arranges its control groups.
    package enum Mode: String, Sendable {
        /// One hierarchy a controller.
        case v1
        /// Controllers in v1 hierarchies, and a v2 hierarchy beside them that lacks memory and CPU.
        case hybrid
        /// The single unified hierarchy.
        case v2
        /// None that could be used.
        case none
    }

    /// How the host arranges its control groups.
    package let mode: Mode
    /// The mount point of each v1 controller that is used, and of the v2 hierarchy as `unified`.
    package let mounts: [String: String]

    /// Distinct mount points, sorted: some hosts mount `cpu` and `cpuacct` at one place.
    package var roots: [String] { Array(Set(mounts.values)).sorted() }

    init(mode: Mode, mounts: [String: String]) {
        self.mode = mode
        self.mounts = mounts
    }

    /// Reads what is mounted.
    ///
    /// - Parameter mountinfo: the text of `/proc/self/mountinfo`.
    package init(mountinfo: String) {
        var v1: [String: String] = [:]
        var unified: String?
        for line in mountinfo.split(separator: "\n") {
            let halves = line.components(separatedBy: " - ")
            guard halves.count == 2 else { continue }
            let left = halves[0].split(separator: " ").map(String.init)
            let right = halves[1].split(separator: " ").map(String.init)
            guard left.count >= 5, right.count >= 3 else { continue }
            let point = left[4].replacing("\\040", with: " ")
            if right[0] == "cgroup2", unified == nil { unified = point }
            if right[0] == "cgroup" {
                // Hierarchies without a controller, such as `name=systemd`, are used by runtimes and libvirt as well.
                for option in right[2].split(separator: ",").map(String.init)
                where CgroupTree.controllers.contains(option) || option.hasPrefix("name=") {
                    v1[option] = v1[option] ?? point
                }
            }
        }
        if v1["memory"] != nil || v1["cpuacct"] != nil {
            mode = unified == nil ? .v1 : .hybrid
            // Runtimes and libvirt put an instance into the v2 hierarchy too.
            if let unified { v1["unified"] = unified }
            mounts = v1
        } else if let unified {
            mode = .v2
            mounts = ["unified": unified]
        } else {
            mode = .none
            mounts = [:]
        }
    }

    /// The controllers of v1 in which an instance gets a group.
    static let controllers = [
        "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls", "net_prio",
        "perf_event",
        "hugetlb", "rdma", "misc",
    ]

    /// What this host has.
    package static func current() throws -> CgroupTree {
        CgroupTree(mountinfo: try HostFiles.read("/proc/self/mountinfo"))
    }

    /// The directory of a group in the hierarchy of one controller; nil where the host lacks it.
    package func directory(of group: String, controller: String) -> String? {
        (mode == .v2 ? mounts["unified"] : mounts[controller]).map { $0 + group }
    }

    /// All directories of a group.
    package func directories(of group: String) -> [String] {
        roots.map { $0 + group }
    }

    /// Whether any directory of the group is there.
    package func exists(_ group: String) -> Bool {
        directories(of: group).contains { HostFiles.exists($0) }
    }

    /// Makes a group in all hierarchies. On v2 the controllers are enabled for it.
    ///
    /// - Throws: ``SystemError``.
    package func create(_ group: String) throws {
        for root in roots {
            if mode == .v2 { CgroupTree.enableControllers(in: parent(of: root + group)) }
            try HostFiles.makeDirectory(root + group)
        }
        if let cpuset = mounts["cpuset"], mode != .v2 {
            // A new cpuset of v1 is empty, and no process may enter an empty one.
            for file in ["cpuset.cpus", "cpuset.mems"] {
                if let value = HostFiles.value("\(parent(of: cpuset + group))/\(file)"), !value.isEmpty {
                    try? HostFiles.write(value, to: "\(cpuset)\(group)/\(file)")
                }
            }
        }
    }

    private static func enableControllers(in directory: String) {
        for controller in ["cpu", "memory", "pids", "cpuset", "io"] {
            // One that is absent or already on is no error; what is missing shows when a limit is set.
            try? HostFiles.write("+\(controller)", to: "\(directory)/cgroup.subtree_control")
        }
    }

    private func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[..<slash])
    }

    /// The `cgroup.procs` files of a group.
    package func processFiles(of group: String) -> [String] {
        directories(of: group).map { $0 + "/cgroup.procs" }
    }

    /// Moves the calling thread into a group: its children are then born there and need not be moved, which costs
    /// milliseconds on v1. Not possible on v2.
    ///
    /// - Throws: ``SystemError``.
    package func moveCallingThread(to group: String) throws {
        guard mode != .v2 else { return }
        // The v2 hierarchy of a hybrid host moves whole processes only; it has no controller that an instance is held by.
        for root in roots where root != mounts["unified"] {
            try HostFiles.write("\(tare_gettid())", to: root + group + "/tasks")
        }
    }
}

extension CgroupTree {
    /// Whether the calling thread is in a group, as the hierarchy says in which its CPU time is counted. Moving it is far
    /// dearer than asking. On v2, where threads are not moved, it always is.
    package func callingThreadIsIn(_ group: String) throws -> Bool {
        guard mode != .v2 else { return true }
        let controller = mounts["cpuacct"] != nil ? "cpuacct" : "memory"
        return self.group(in: try HostFiles.read("/proc/thread-self/cgroup"), controller: controller) == group
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Parts between each occurrence of a separator.
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
