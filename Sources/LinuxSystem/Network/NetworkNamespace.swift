internal import CLinuxShims
import Glibc
import Synchronization

/// A network namespace of the run's own, held by a descriptor: instances without isolation share it, so that they can
/// neither meet a server of the host nor take a port from it. It ends with the process.
package final class NetworkNamespace: Sendable {
    private let descriptor: Int32

    /// Makes one with its loopback interface up. The calling thread stays in it.
    ///
    /// - Throws: ``SystemError``.
    package init() throws {
        guard tare_unshare(TARE_CLONE_NEWNET) == 0 else { throw SystemError("making a network namespace") }
        guard tare_loopback_up() == 0 else { throw SystemError("raising the loopback interface") }
        let path = "/proc/self/task/\(tare_gettid())/ns/net"
        descriptor = tare_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("holding the network namespace") }
    }

    deinit {
        close(descriptor)
    }

    /// Lets the calling thread move through other network namespaces, and brings it back to its own.
    ///
    /// - Throws: ``SystemError`` where it cannot be brought back.
    package static func excursion(_ body: () -> Void) throws {
        let home = tare_open("/proc/self/task/\(tare_gettid())/ns/net", O_RDONLY | O_CLOEXEC, 0)
        guard home >= 0 else { throw SystemError("holding the thread's network namespace") }
        defer { close(home) }
        body()
        guard tare_setns(home, TARE_CLONE_NEWNET) == 0 else {
            throw SystemError("going back to the thread's network namespace")
        }
    }

    /// Moves the calling thread into it.
    ///
    /// - Throws: ``SystemError``.
    package func enter() throws {
        guard tare_setns(descriptor, TARE_CLONE_NEWNET) == 0 else {
            throw SystemError("entering the network namespace")
        }
    }
}
