import Glibc

extension CgroupTree {
    /// All groups below and including this one, deepest first, as group paths.
    package func subtree(of group: String) -> [String] {
        var found: Set<String> = []
        for root in roots { collect(root: root, group: group, into: &found) }
        return found.sorted { ($0.split(separator: "/").count, $0) > ($1.split(separator: "/").count, $1) }
    }

    private func collect(root: String, group: String, into found: inout Set<String>) {
        guard let children = HostFiles.directories(in: root + group) else { return }
        found.insert(group)
        for name in children { collect(root: root, group: "\(group)/\(name)", into: &found) }
    }

    /// How many groups there are below and including a hierarchy's directory.
    package static func countDirectories(below path: String) -> Int {
        guard let children = HostFiles.directories(in: path) else { return 0 }
        return children.reduce(1) { $0 + countDirectories(below: "\(path)/\($1)") }
    }

    /// Ids of the processes directly in a group and in those directly below it, as one hierarchy shows them: cheap enough to
    /// be asked of a thousand groups.
    package func members(of group: String) -> [Int32] {
        let controller = mounts["memory"] != nil ? "memory" : mode == .v2 ? "unified" : mounts.keys.sorted().first ?? ""
        guard let directory = directory(of: group, controller: controller) else { return [] }
        var found: [Int32] = []
        for path in [directory] + (HostFiles.directories(in: directory) ?? []).map({ "\(directory)/\($0)" }) {
            guard let text = try? HostFiles.read(path + "/cgroup.procs") else { continue }
            found += text.split(separator: "\n").compactMap { Int32($0) }
        }
        return found
    }

    /// Ids of all processes in a group and below it.
    package func processes(of group: String) -> Set<Int32> {
        var found: Set<Int32> = []
        for group in subtree(of: group) {
            for file in processFiles(of: group) {
                guard let text = try? HostFiles.read(file) else { continue }
                found.formUnion(text.split(separator: "\n").compactMap { Int32($0) })
            }
        }
        return found
    }

    /// Kills everything in a group and below it, and waits until it is gone. The calling process is spared, and so are those
    /// that it descends from.
    ///
    /// - Returns: ids of processes that are still there at the deadline.
    ///
    /// - Parameter sparing: groups below it whose processes go on.
    package func killAll(
        in group: String, sparing others: [String] = [], deadlineMilliseconds: UInt64 = 5_000
    ) -> Set<Int32> {
        let end = MonotonicClock.now() + deadlineMilliseconds * 1_000_000
        var pause: UInt32 = 100
        var killed: Set<Int32> = []
        var spared = ProcessTable.ownLineage()
        while true {
            for other in others { spared.formUnion(processes(of: other)) }
            let left = processes(of: group).subtracting(spared)
            if left.isEmpty {
                Orphans.reap(killed, deadline: end)
                return []
            }
            for pid in left { kill(pid, SIGKILL) }
            killed.formUnion(left)
            if MonotonicClock.now() > end { return left }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    /// Moves threads of this process that are in a group back to where its first thread is. A thread is born in the group of
    /// the one that made it: what a library makes while an instance is launched (libvirt: its event workers) stays in the
    /// run's group for as long as the process lives, and would keep the group from being removed.
    package func evacuateOwnThreads(from group: String) {
        // On v2 a process is in one group as a whole, and tare itself enters none.
        guard mode != .v2, let own = try? HostFiles.read("/proc/self/cgroup") else { return }
        for (controller, root) in mounts where root != mounts["unified"] {
            guard let home = self.group(in: own, controller: controller) else { continue }
            for inner in subtree(of: group) {
                let tasks = (try? HostFiles.read("\(root)\(inner)/tasks")) ?? ""
                for thread in tasks.split(separator: "\n") where HostFiles.exists("/proc/self/task/\(thread)") {
                    // One that ended meanwhile is no error; one that stays is named when the group cannot be removed.
                    try? HostFiles.write(String(thread), to: root + (home == "/" ? "" : home) + "/tasks")
                }
            }
        }
    }

    /// Removes a group and all below it from every hierarchy. The kernel says busy for a while after the last process
    /// ended, so that is tried again.
    ///
    /// - Throws: ``SystemError`` naming the directory that stays and the processes in it.
    package func remove(_ group: String, deadlineMilliseconds: UInt64 = 5_000) throws {
        let end = MonotonicClock.now() + deadlineMilliseconds * 1_000_000
        var pause: UInt32 = 100
        while true {
            var stuck: (path: String, number: Int32)?
            for group in subtree(of: group) {
                for directory in directories(of: group) where rmdir(directory) != 0 && errno != ENOENT {
                    stuck = (directory, errno)
                }
            }
            guard let stuck else { return }
            if stuck.number != EBUSY || MonotonicClock.now() > end {
                let pids = HostFiles.value(stuck.path + "/cgroup.procs")?.split(separator: "\n").joined(separator: ", ")
                throw SystemError(
                    "removing the control group \(stuck.path) (processes: \(pids ?? "unknown"))", number: stuck.number)
            }
            usleep(pause)
            pause = min(pause * 2, 50_000)
        }
    }
}

extension CgroupTree {
    /// The paths of all groups with a name like that, over all hierarchies, sorted; what is below such a group is not looked at.
    package func paths(named isWanted: (String) -> Bool) -> [String] {
        var found: Set<String> = []
        func look(_ root: String, _ group: String) {
            for name in HostFiles.directories(in: root + group) ?? [] {
                let path = "\(group)/\(name)"
                if isWanted(name) { found.insert(path) } else { look(root, path) }
            }
        }
        for root in roots { look(root, "") }
        return found.sorted()
    }
}
