internal import CLinuxShims
import Dispatch
import Foundation
import Glibc
import LinuxSystem
import Synchronization

/// Reaps QEMU processes that ended.
///
/// libvirt starts QEMU as an orphan, leaves its zombie to whoever adopts it, and waits until the id is gone. Where the
/// host's first process reaps late (in many containers it is no init) every stop and every capability probe would wait
/// with it: up to 2 s each. So tare adopts the orphans of a run (``Orphans``) and reaps here those that are QEMU.
final class OrphanReaper: Sendable {
    /// The one of this process: adoption is an attribute of the process.
    static let shared = OrphanReaper()

    private let users = Mutex(0)
    private let wanted = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                wanted.wait()
                while users.withLock({ $0 > 0 }) {
                    OrphanReaper.reapEnded()
                    // A look is one system call; 2 ms is the most that a stop waits for it.
                    usleep(2_000)
                }
            }
        }
        thread.name = "tare-reaper"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Reaps while the body runs. Outside of such times nothing is looked at, so that no measurement is disturbed.
    func whileReaping<Value>(_ body: () throws -> Value) rethrows -> Value {
        let first = users.withLock { users in
            users += 1
            return users == 1
        }
        if first { wanted.signal() }
        defer { users.withLock { $0 -= 1 } }
        return try body()
    }

    /// Reaps every QEMU process that is a zombie and a child of this process.
    static func reapEnded() {
        let child = tare_ended_child()
        guard child > 0 else { return }
        if reapIfEmulator(child) { return }
        // The kernel shows one ended child, which is somebody else's to wait for; QEMU's may be behind it.
        for task in HostFiles.names(in: "/proc/self/task") {
            let children = HostFiles.value("/proc/self/task/\(task)/children") ?? ""
            for pid in children.split(separator: " ").compactMap({ Int32($0) }) { _ = reapIfEmulator(pid) }
        }
    }

    /// A QEMU that libvirt waits for by itself (the first process of a capability probe, which makes a daemon and ends)
    /// is of tare's own session; one that was adopted made a session when it became a daemon.
    private static func reapIfEmulator(_ pid: Int32) -> Bool {
        guard let name = HostFiles.value("/proc/\(pid)/comm"), EmulatorProcess.isEmulatorName(name),
            let entry = ProcessEntry(pid: pid), entry.session != getsid(0)
        else { return false }
        return waitpid(pid, nil, WNOHANG) == pid
    }
}
