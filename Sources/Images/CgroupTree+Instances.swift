import BenchmarkModel
package import LinuxSystem

extension CgroupTree {
    /// Kills all processes of an instance, in its own control group.
    ///
    /// - Throws: ``TareError`` naming those that survive.
    package func end(_ instance: String, in group: String, deadlineMilliseconds: UInt64) throws {
        let left = killAll(in: group, deadlineMilliseconds: deadlineMilliseconds)
        guard left.isEmpty else {
            throw TareError(
                .platform,
                "processes of \(instance) survive SIGKILL: \(left.sorted().map(String.init).joined(separator: ", "))",
                remedy: "They are stuck in the kernel; look at /proc/PID/stack.")
        }
    }
}
