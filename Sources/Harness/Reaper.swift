public import BenchmarkModel
import Glibc
import LinuxSystem

/// Removes what a dead run left on the host, by its journal.
public enum Reaper {
    /// Makes a journalled thing go away; true when it is gone.
    public typealias Reap = @Sendable (Intent) throws -> Void

    /// What to do about a directory or a cgroup. Containers and domains are their platforms' own affair.
    ///
    /// - Throws: ``TareError`` naming what stays.
    public static func reap(_ intent: Intent) throws {
        switch intent.kind {
        case .directory: try reapDirectory(intent.subject)
        case .cgroup: try reapGroup(intent.subject)
        case .container, .domain: break
        }
    }

    private static func isOurs(_ path: String) -> Bool {
        // The journal is only a file: it must not make tare remove what cannot be tare's.
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        return path.hasPrefix("/") && last.hasPrefix("tare-") && !path.split(separator: "/").contains("..")
    }

    private static func reapGroup(_ group: String) throws {
        guard isOurs(group) else { throw TareError(.store, "the journal names a cgroup that is not tare's: \(group)") }
        let groups = try CgroupTree.current()
        let left = groups.killAll(in: group)
        guard left.isEmpty else {
            throw TareError(
                .failed,
                "processes of \(group) survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))")
        }
        try groups.remove(group)
    }

    private static func reapDirectory(_ path: String) throws {
        guard isOurs(path) else { throw TareError(.store, "the journal names a directory that is not tare's: \(path)") }
        try endProcesses(naming: path)
        // Mounts below it lived in the dead run's mount namespace. Should one have got out, it is taken away here.
        for line in Mounts.lines(containing: path).reversed() {
            let fields = line.split(separator: " ")
            if fields.count > 4 { try Mounts.unmount(String(fields[4])) }
        }
        try HostFiles.removeTree(path)
    }

    /// Ends programs that were started for the run and name its directory on their command line, such as a VMM or a
    /// runtime that was not yet in the run's cgroup.
    private static func endProcesses(naming path: String) throws {
        let end = MonotonicClock.now() + 5_000_000_000
        while true {
            let left = ProcessTable.pids(withCommandLineContaining: path)
            if left.isEmpty { return }
            for pid in left { kill(pid, SIGKILL) }
            guard MonotonicClock.now() < end else {
                throw TareError(.failed, "processes that use \(path) survive SIGKILL: \(left)")
            }
            usleep(5_000)
        }
    }
}
