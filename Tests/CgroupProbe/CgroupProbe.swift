import BenchmarkModel
import Glibc
import LinuxSystem

/// Tries tare's control group code on the unified hierarchy for real. It runs in a guest of the tests' own, whose kernel has
/// mounted no hierarchy of v1, so that all controllers are free for v2.
///
/// Prints one line, `probe: all well` or `probe: FAILED` with what was found, and sleeps. As a child of itself it does what
/// its first argument names, see ``Child``.
@main
enum CgroupProbe {
    static func main() {
        if CommandLine.arguments.count > 1 {
            Child.main(CommandLine.arguments[1])
        }
        var checks = Checks()
        do {
            // An instance sees its control groups read-only. The root of a guest may have them otherwise.
            try Mounts.unmount("/sys/fs/cgroup")
            try Mounts.mount(source: "cgroup2", target: "/sys/fs/cgroup", type: "cgroup2", flags: 0, data: nil)
            // No instance finds them in its /dev, but whose root may make nodes can have them.
            guard mknod("/dev/vda", S_IFBLK | 0o600, dev_t(254 << 8)) == 0,
                mknod("/dev/ttyS1", S_IFCHR | 0o600, dev_t(4 << 8 | 65)) == 0
            else { throw SystemError("making nodes of the guest's devices") }
            try checks.all()
        } catch {
            checks.failures.append("\(error)")
        }
        tell(checks.failures.isEmpty ? "all well" : "FAILED: " + checks.failures.joined(separator: "; "))
        while true { pause() }
    }

    /// To standard output, where the readiness condition looks, and to the console, which the host keeps.
    private static func tell(_ text: String) {
        let line = Array("probe: \(text)\n".utf8)
        _ = write(1, line, line.count)
        let console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC)
        guard console >= 0 else { return }
        _ = write(console, line, line.count)
        close(console)
    }
}
