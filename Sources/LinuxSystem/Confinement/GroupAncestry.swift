/// The control groups above those of a run, as the host shows them: what they limit holds for all that the run starts.
///
/// Where tare was started in groups with limits, a run's groups lie below these (``Confinement``), and else directly below the root
/// of each hierarchy. A root that can be seen is not always the host's: that of a container has the limits of its engine.
package struct GroupAncestry: Sendable {
    /// A group and its directory.
    package struct Place: Sendable, Equatable {
        /// A path below the hierarchy's root.
        package var group: String
        package var directory: String
    }

    /// The hierarchies as the host shows them.
    package var groups: CgroupTree
    /// In the hierarchy that counts processes, innermost first.
    package var tasks: [Place]
    /// In the v2 hierarchy, innermost first; empty where there is none.
    package var unified: [Place]

    /// - Parameters:
    ///   - groups: the hierarchies as the host shows them.
    ///   - text: the text of `/proc/PID/cgroup` of a process in whose groups those of a run are made; nil where they are made at
    ///     the roots.
    package init(groups: CgroupTree, text: String?) {
        self.groups = groups
        func places(_ controller: String, root: String?) -> [Place] {
            guard let text else { return root.map { [Place(group: "/", directory: $0)] } ?? [] }
            return GroupLimits.lineage(groups, text, controller).map { Place(group: $0.group, directory: $0.directory) }
        }
        tasks = places("pids", root: groups.mode == .v2 ? groups.mounts["unified"] : groups.mounts["pids"])
        unified = places("unified", root: groups.mounts["unified"])
    }

    /// Those of the runs of this process.
    ///
    /// - Throws: ``SystemError`` where nobody knows what is mounted.
    package static func ofRuns() throws -> GroupAncestry {
        guard let outcome = Confinement.outcome, !outcome.prefixes.isEmpty else {
            return GroupAncestry(groups: try CgroupTree.current(), text: nil)
        }
        return GroupAncestry(groups: outcome.host, text: outcome.text)
    }
}

extension GroupAncestry {
    /// How often a group refused a process because of `pids.max`, over the groups above a run's, the run's, and those in it.
    ///
    /// v1, and v2 before Linux 6.11, count in the group that wanted the process, later kernels in the one whose limit it was and
    /// those above it (`admin-guide/cgroup-v2.rst`, `pids.events`): only whether the sum grows says something.
    ///
    /// - Parameters:
    ///   - run: the run's group.
    ///   - tree: the hierarchies in which it is.
    /// - Returns: nil where nothing counts it.
    package func refusedForks(below run: String, in tree: CgroupTree) -> UInt64? {
        var directories = tasks.map(\.directory)
        if let own = tree.directory(of: run, controller: "pids") {
            directories += [own] + (HostFiles.directories(in: own) ?? []).map { "\(own)/\($0)" }
        }
        let counts = directories.compactMap { KeyedNumbers.read($0 + "/pids.events")?["max"] }
        return counts.isEmpty ? nil : counts.reduce(0, &+)
    }
}
