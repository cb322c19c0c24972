internal import CLinuxShims
import Glibc

/// Processes whose parent ended: runtimes leave containers behind on purpose. While tare measures it adopts them, because
/// the host's first process may reap them late (in many containers it is no init), and runtimes wait for that.
public enum Orphans {
    /// Lets this process adopt the orphans among its descendants.
    public static func adopt() {
        _ = tare_adopt_orphans(1)
    }

    /// Reaps every child that ended by itself in a group or below it. A container whose process ended before it was stopped
    /// is in no list of the group's processes any more, and would stay a zombie for whoever adopts it after this process.
    ///
    /// - Parameter group: a path below each hierarchy's root.
    public static func reapEnded(in group: String) {
        for task in HostFiles.names(in: "/proc/self/task") {
            let children = HostFiles.value("/proc/self/task/\(task)/children") ?? ""
            for pid in children.split(separator: " ").compactMap({ Int32($0) }) {
                guard ProcessEntry(pid: pid)?.state == "Z",
                    (try? HostFiles.read("/proc/\(pid)/cgroup"))?.contains(group) == true
                else { continue }
                waitpid(pid, nil, WNOHANG)
            }
        }
    }

    /// Reaps these processes as far as they are children of this one.
    ///
    /// - Parameter deadline: `CLOCK_MONOTONIC` in nanoseconds, until which an ending process is waited for.
    static func reap(_ pids: Set<Int32>, deadline: UInt64) {
        for pid in pids {
            // 0 means: a child that has not quite ended.
            while waitpid(pid, nil, WNOHANG) == 0, MonotonicClock.now() < deadline { usleep(100) }
        }
    }
}
