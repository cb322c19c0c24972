import BenchmarkModel
import Glibc
import LinuxSystem

/// An instance that tare started itself: one child and what descends from it, in a cgroup of its own.
struct BareInstance: Instance {
    let name: String
    let groups: CgroupTree
    let group: String
    /// Mounts in tare's namespace, the innermost first.
    var mounts: [String] = []
    var child: ChildProcess?

    func processes() throws -> [HostProcess] {
        groups.processes(of: group).sorted().map { HostProcess(pid: $0, role: .workload) }
    }

    /// Kills at once: an instance of a benchmark has nothing to save, and a polite wait would measure the workload.
    func stop(deadline: Duration) throws {
        let milliseconds = UInt64(max(100, deadline / .milliseconds(1)))
        child?.signal(SIGKILL)
        _ = child?.wait(deadlineMilliseconds: Int32(clamping: milliseconds))
        let left = groups.killAll(in: group, deadlineMilliseconds: milliseconds)
        guard left.isEmpty else {
            throw TareError(
                .platform,
                "processes of \(name) survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))",
                remedy: "They are stuck in the kernel; look at /proc/PID/stack.")
        }
        for mount in mounts { try Mounts.unmount(mount) }
        try groups.remove(group, deadlineMilliseconds: milliseconds)
    }
}
