public import BenchmarkModel
import Glibc
public import LinuxSystem

/// Everything that one run has to itself on the host: its directory, its cgroup, its journal rows.
public final class RunEnvironment: Sendable {
    /// The run's name.
    public let runID: String
    /// The run's directory on the host: instance directories, sockets, private layers, runtime state.
    public let directory: String
    /// The run's cgroup. Its name holds a dot, because libvirt appends `.partition` to names without one.
    public let group: String
    /// The host's control groups.
    public let groups: CgroupTree
    private let sink: any RunSink
    private let rows: [Int64]

    /// The directory in which run directories are made: on disk, short (socket paths are limited to 107 bytes), and open to
    /// the user as whom the VMM runs. `TARE_RUN_DIRECTORY` names another.
    public static var base: String {
        getenv("TARE_RUN_DIRECTORY").map { String(cString: $0) } ?? "/var/tmp"
    }

    /// The names that a run uses, before anything is made.
    public static func names(runID: String) -> (directory: String, group: String) {
        ("\(base)/tare-\(runID)", "/tare-\(runID).run")
    }

    /// Commits the intents, then makes the directory and the cgroup.
    ///
    /// - Throws: ``TareError``; nothing is left then.
    public init(runID: String, sink: any RunSink) throws {
        self.runID = runID
        self.sink = sink
        groups = try CgroupTree.current()
        (directory, group) = RunEnvironment.names(runID: runID)
        guard groups.mode != .none else {
            throw TareError(
                .hostLacks, "no control groups are mounted",
                remedy: "Mount cgroup2 on /sys/fs/cgroup, or run tare outside of the container that lacks it.")
        }
        rows = [try sink.open(Intent(.directory, directory)), try sink.open(Intent(.cgroup, group))]
        do {
            guard mkdir(directory, 0o711) == 0 else { throw SystemError("making the run directory \(directory)") }
            try groups.create(group)
            if groups.mode == .v2 { try groups.create(group + "/launch") }
        } catch {
            try? close()
            throw TareError(
                .hostLacks, "the run's directory or cgroup cannot be made",
                remedy: "tare needs root, write access to the cgroup hierarchies and to \(RunEnvironment.base).",
                cause: "\(error)")
        }
    }

    /// `cgroup.procs` files that children must join by themselves (cgroup v2 only).
    var childCgroupFiles: [String] {
        groups.mode == .v2 ? groups.processFiles(of: group + "/launch") : []
    }

    /// Removes the directory and the cgroup and closes their rows.
    ///
    /// - Throws: ``TareError`` naming what stays; its row stays open for `tare clean`.
    public func close() throws {
        var first: (any Error)?
        let left = groups.killAll(in: group)
        do {
            if !left.isEmpty {
                throw TareError(
                    .failed, "processes survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))")
            }
            Orphans.reapEnded(in: group)
            groups.evacuateOwnThreads(from: group)
            try groups.remove(group)
            try sink.close(rows[1])
        } catch {
            first = error
        }
        do {
            try HostFiles.removeTree(directory)
            try sink.close(rows[0])
        } catch {
            first = first ?? error
        }
        if let first { throw first }
    }
}
