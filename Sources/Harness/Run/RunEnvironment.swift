package import BenchmarkModel
import Glibc
package import LinuxSystem

/// Everything that one run has to itself on the host: its directory, its cgroup, its journal rows.
package final class RunEnvironment: Sendable {
    /// The run's name.
    package let runID: String
    /// The run's directory on the host: instance directories, sockets, private layers, runtime state.
    package let directory: String
    /// The run's cgroup. Its name holds a dot, because libvirt appends `.partition` to names without one.
    package let group: String
    /// The host's control groups.
    package let groups: CgroupTree
    /// The run's network, of which nothing is made before somebody asks for it.
    package let network = RunNetwork()
    private let sink: any RunSink
    private let directoryRow: Int64
    private let volumes: RunVolumes
    /// One for each path that the group has in the host's hierarchies.
    private let groupRows: [Int64]
    /// Held as long as the run is measured.
    private let lock: RunLock

    /// The directory in which run directories are made: on disk, short (socket paths are limited to 107 bytes), and open to
    /// the user as whom the VMM runs. `TARE_RUN_DIRECTORY` names another.
    package static var base: String {
        getenv("TARE_RUN_DIRECTORY").map { String(cString: $0) } ?? "/var/tmp"
    }

    /// The names that a run uses, before anything is made.
    package static func names(runID: String) -> (directory: String, group: String) {
        ("\(base)/tare-\(runID)", "/tare-\(runID).run")
    }

    /// The control groups that a run makes for itself, outermost first: where processes and groups cannot be in one group (v2),
    /// what is started for an instance begins in a group of its own.
    package static func ownGroups(of group: String, in mode: CgroupTree.Mode) -> [String] {
        mode == .v2 ? [group, "\(group)/launch"] : [group]
    }

    /// The most memory that all instances together may use, in bytes; nil where nobody limits it.
    package let memoryLimitBytes: UInt64?

    /// Commits the intents, then makes the directory and the cgroup.
    ///
    /// - Parameter volumes: those of the workloads that are measured.
    /// - Throws: ``TareError``; nothing is left then.
    package init(
        runID: String, sink: any RunSink, memoryLimitBytes: UInt64? = nil, volumes: [VolumeSpec] = []
    ) throws {
        self.runID = runID
        self.memoryLimitBytes = memoryLimitBytes
        self.sink = sink
        groups = try CgroupTree.current()
        (directory, group) = RunEnvironment.names(runID: runID)
        guard groups.mode != .none else {
            throw TareError(
                .hostLacks, "no control groups are mounted",
                remedy: "Mount cgroup2 on /sys/fs/cgroup, or run tare outside of the container that lacks it.")
        }
        try RunEnvironment.checkBase()
        // First in the journal is last to be reaped: once nothing can write to volumes any more.
        self.volumes = try RunVolumes(volumes, runID: runID, journal: sink)
        directoryRow = try sink.open(Intent(.directory, directory))
        groupRows = try Confinement.hostPaths(of: group).map { try sink.open(Intent(.cgroup, $0)) }
        do {
            // Closed to all other users: what instances write lies in it, files that set the user id among them.
            guard mkdir(directory, 0o700) == 0 else { throw SystemError("making the run directory \(directory)") }
            lock = try RunLock(directory)
        } catch {
            rmdir(directory)
            for row in groupRows { try? sink.close(row) }
            try? sink.close(directoryRow)
            self.volumes.forget(in: sink)
            throw RunEnvironment.refusal(error)
        }
        do {
            try self.volumes.make(beside: directory)
            for own in RunEnvironment.ownGroups(of: group, in: groups.mode) { try groups.create(own) }
            if let memoryLimitBytes { try groups.limitMemory(of: group, bytes: memoryLimitBytes) }
        } catch {
            try? close()
            throw error as? TareError ?? RunEnvironment.refusal(error)
        }
    }

    private static func refusal(_ error: any Error) -> TareError {
        let isFull = [ENOSPC, EDQUOT].contains((error as? SystemError)?.number ?? 0)
        return TareError(
            .hostLacks, "the run's directory or cgroup cannot be made",
            remedy: isFull
                ? "Free some space there, or name another place with TARE_RUN_DIRECTORY."
                : "tare needs root, write access to the cgroup hierarchies and to \(base).",
            cause: "\(error)")
    }

    /// The least space that a run needs in its directory, in bytes: outputs, bundles, private layers.
    private static let leastBytes: UInt64 = 64 << 20

    /// Looks at the place of run directories before anything is made there.
    ///
    /// - Throws: ``TareError`` where another user could put something in the place of a run's directory, where overlay mounts
    ///   could not take the path, or where there is too little space.
    package static func checkBase() throws {
        let remedy = "Name another place with TARE_RUN_DIRECTORY."
        guard base.hasPrefix("/"), Mounts.overlayTakes(base) else {
            throw TareError(
                .usage,
                "the place of run directories, \(base), is no absolute path, or holds ':', ',' or '\\', which overlay "
                    + "mounts cannot take", remedy: remedy)
        }
        var status = stat()
        guard stat(base, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw TareError(.hostLacks, "\(base), the place of run directories, is no directory", remedy: remedy)
        }
        guard isSafe(status) else {
            throw TareError(
                .hostLacks,
                "\(base), the place of run directories, belongs to another user or may be changed by others",
                remedy: remedy)
        }
        let free = FileSystemUse.freeBytes(at: base) ?? leastBytes
        guard free >= leastBytes else {
            throw TareError(
                .hostLacks,
                "only \(free >> 20) MiB are free in \(base), where instances write; a run needs "
                    + "\(leastBytes >> 20) MiB at least",
                remedy: "Free some space there, or name another place with TARE_RUN_DIRECTORY.")
        }
    }

    /// Whether nobody else can put something in the place of what this process makes in a directory.
    static func isSafe(_ status: stat) -> Bool {
        let isSticky = status.st_mode & S_ISVTX != 0
        return (status.st_uid == 0 || status.st_uid == geteuid()) && (isSticky || status.st_mode & 0o022 == 0)
    }

    /// `cgroup.procs` files that children must join by themselves (cgroup v2 only).
    var childGroupFiles: [String] {
        groups.mode == .v2 ? groups.processFiles(of: group + "/launch") : []
    }

    /// Removes a run's control group.
    ///
    /// - Throws: ``TareError`` naming what keeps it.
    static func remove(_ group: String, from groups: CgroupTree) throws {
        do {
            try groups.remove(group)
        } catch {
            throw TareError(
                .failed, "a run's control group cannot be removed",
                remedy: "End what runs in it, then run 'tare clean'.", cause: "\(error)")
        }
    }

    /// Removes the directory, the cgroup and the directories for volumes and closes their rows.
    ///
    /// - Throws: ``TareError`` naming what stays; its row stays open for `tare clean`.
    package func close() throws {
        var first: (any Error)?
        let left = groups.killAll(in: group)
        do {
            if !left.isEmpty {
                throw TareError(
                    .failed, "processes survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))")
            }
            Orphans.reapEnded(in: group)
            groups.evacuateOwnThreads(from: group)
            try RunEnvironment.remove(group, from: groups)
            for row in groupRows { try sink.close(row) }
        } catch {
            first = error
        }
        do {
            try volumes.remove(from: sink)
        } catch {
            first = first ?? error
        }
        do {
            try HostFiles.removeTree(directory)
            try sink.close(directoryRow)
        } catch {
            first = first ?? error
        }
        if let first { throw first }
    }
}
