internal import CLinuxShims
import Glibc

/// Says that a run is being measured: a lock on its directory that the kernel takes away with the process that holds it,
/// however it ends. Unlike a process id it can be neither forged nor taken over, and it is seen from other containers of the
/// same host too.
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a directory that this process has just made.
    ///
    /// - Throws: ``SystemError``, `EWOULDBLOCK` where another process holds it.
    package init(_ directory: String) throws {
        descriptor = tare_open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("opening \(directory)") }
        // Whoever looks whether it is held holds it himself for a moment.
        var attempts = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            attempts += 1
            guard errno == EWOULDBLOCK, attempts < 20 else {
                let error = SystemError("locking \(directory)")
                close(descriptor)
                throw error
            }
            usleep(5_000)
        }
    }

    deinit { close(descriptor) }

    /// Whether a process holds the lock of a directory. One that is not there is held by none.
    package static func isHeld(_ directory: String) -> Bool {
        let descriptor = tare_open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Several may look at the same time.
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Whether a process of root's keeps a directory of this name open, wherever that is: how a run is found whose directory is
    /// in an unknown place.
    package static func isHeldSomewhere(name: String) -> Bool {
        for pid in ProcessTable.pids() {
            var status = stat()
            guard stat("/proc/\(pid)", &status) == 0, status.st_uid == 0 else { continue }
            for descriptor in HostFiles.names(in: "/proc/\(pid)/fd") {
                let target = HostFiles.target(ofLink: "/proc/\(pid)/fd/\(descriptor)")
                if target?.hasSuffix("/\(name)") == true { return true }
            }
        }
        return false
    }
}
