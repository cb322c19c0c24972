internal import CLinuxShims
import Glibc
import Synchronization

/// The control groups that tare was started in, where they limit it.
///
/// A run makes its groups at the root of every hierarchy. Where tare itself was put into a group with limits, somebody wants them to
/// hold for all that it does: it then enters a control group namespace, of which its own groups are the roots, and mounts the
/// hierarchies anew in its mount namespace. Every path that it or a runtime names lies below its own groups from then on,
/// whatever these are called in each hierarchy.
package enum Confinement {
    /// What became of it.
    package struct Outcome: Sendable {
        /// The hierarchies as the host shows them, whatever is mounted over them.
        package var host: CgroupTree
        /// The text of `/proc/self/cgroup` as the process was started.
        package var text: String
        package var limits: GroupLimits
        /// The nice value that the process was started with.
        package var niceValue = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        /// The limits that can be felt on this host, in words; empty where there are none.
        package var felt: [String]
        /// Where the groups of this process are, by each hierarchy's mount point: what stands before the path of a group in the
        /// host's view. Empty where nothing was entered.
        package var prefixes: [String: String] = [:]
        /// Why instances are not made below the groups of this process although those limit it, in words.
        package var problem: String?

        package init(host: CgroupTree, text: String, limits: GroupLimits, felt: [String]) {
            self.host = host
            self.text = text
            self.limits = limits
            self.felt = felt
        }

        /// The paths of a group in the host's view, each once.
        package func hostPaths(of group: String) -> [String] {
            prefixes.isEmpty ? [group] : Set(prefixes.values.map { $0 + group }).sorted()
        }
    }

    private static let state = Mutex<Outcome?>(nil)

    /// What became of it; nil where nobody tried.
    package static var outcome: Outcome? { state.withLock { $0 } }

    /// The hierarchies as the host shows them.
    package static func hostGroups() throws -> CgroupTree { try outcome?.host ?? CgroupTree.current() }

    /// The paths of a group of a run in the host's view, for its journal.
    package static func hostPaths(of group: String) -> [String] { outcome?.hostPaths(of: group) ?? [group] }

    /// Looks at the limits of the groups that hold this process, and makes these groups the roots of all that it sees where they
    /// can be felt. To be called while the process has a single thread, in a mount namespace of its own.
    package static func enter() {
        defer { ManagedScope.forget() }
        guard outcome == nil, let groups = try? CgroupTree.current(), groups.mode != .none,
            let text = try? HostFiles.read("/proc/self/cgroup")
        else { return }
        let limits = GroupLimits(groups: groups, text: text)
        var outcome = Outcome(host: groups, text: text, limits: limits, felt: limits.felt(on: .current))
        defer { state.withLock { $0 = outcome } }
        let prefixes = self.prefixes(groups, text)
        // Where all of them are roots, what is made lies below them anyway: a container sees its own groups as roots.
        guard !outcome.felt.isEmpty, prefixes.values.contains(where: { !$0.isEmpty }) else { return }
        if groups.mode == .v2, let why = UnifiedNesting.obstacle(groups, group: prefixes.values.first ?? "") {
            outcome.problem = why
            return
        }
        do {
            outcome.host = try remount(groups, prefixes)
            outcome.prefixes = prefixes
        } catch {
            outcome.problem = "\(error)"
        }
    }

    /// Undoes what it did on the host, right before the process ends.
    package static func leave() {
        guard let outcome, outcome.host.mode == .v2, !outcome.prefixes.isEmpty,
            let root = outcome.prefixes.keys.first
        else { return }
        UnifiedNesting.leave(root)
    }

    /// The groups of this process by mount point; empty for a root.
    private static func prefixes(_ groups: CgroupTree, _ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for (controller, root) in groups.mounts {
            let own =
                controller == "unified"
                ? groups.unifiedGroup(in: text) : groups.group(in: text, controller: controller)
            found[root] = own.flatMap { $0 == "/" ? nil : $0 } ?? ""
        }
        return found
    }

    /// Enters a control group namespace and mounts every hierarchy anew.
    ///
    /// - Returns: the hierarchies as they were, by descriptors that stay open.
    /// - Throws: ``SystemError``.
    private static func remount(_ groups: CgroupTree, _ prefixes: [String: String]) throws -> CgroupTree {
        let old = try groups.throughDescriptors()
        guard tare_unshare(TARE_CLONE_NEWCGROUP) == 0 else { throw SystemError("entering a control group namespace") }
        if groups.mode == .v2, let root = groups.mounts["unified"], let prefix = prefixes[root] {
            try UnifiedNesting.makeRoom(in: root + prefix)
        }
        for root in groups.roots {
            let controllers = groups.mounts.filter { $0.value == root }.map(\.key).sorted()
            let isUnified = controllers == ["unified"]
            try Mounts.unmount(root)
            try Mounts.mount(
                source: "none", target: root, type: isUnified ? "cgroup2" : "cgroup",
                flags: Mounts.Flag.noSUID | Mounts.Flag.noDevices | Mounts.Flag.noExec,
                data: isUnified ? nil : controllers.joined(separator: ","))
        }
        return old
    }
}

extension CgroupTree {
    /// The same hierarchies by descriptors of their roots, which show them whatever is mounted there later. They stay open for as
    /// long as the process lives, and no child inherits them.
    fileprivate func throughDescriptors() throws -> CgroupTree {
        var descriptors: [String: String] = [:]
        for root in roots {
            let descriptor = tare_open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
            guard descriptor >= 0 else { throw SystemError("opening \(root)") }
            descriptors[root] = "/proc/self/fd/\(descriptor)/."
        }
        return CgroupTree(mode: mode, mounts: mounts.mapValues { descriptors[$0] ?? $0 })
    }
}
