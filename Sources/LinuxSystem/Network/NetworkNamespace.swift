internal import CLinuxShims
import Dispatch
import Glibc
import Synchronization

/// A network namespace of the run's own, held by a descriptor: instances without isolation share it, so that they can
/// neither meet a server of the host nor take a port from it. It ends with the process.
package final class NetworkNamespace: Sendable {
    /// By which it is held, and found as ``path``.
    package let descriptor: Int32

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

    /// Makes one without moving the calling thread, which waits.
    ///
    /// - Throws: ``SystemError``.
    package static func make() throws -> NetworkNamespace {
        let made = Mutex<Result<NetworkNamespace, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        try StartedThread.start("tare-network") {
            let result = Result { try NetworkNamespace() }
            made.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = made.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    /// Interfaces that come into the calling thread's network from now on have no IPv6. A kernel without it has nothing to leave out.
    static func leaveOutIPv6() {
        try? HostFiles.write("1", to: "/proc/sys/net/ipv6/conf/default/disable_ipv6")
    }

    /// How other processes open it, as long as it is held.
    package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    /// Does something in it on the calling thread, which comes back: what it opens and starts meanwhile is of this network.
    ///
    /// - Throws: ``SystemError`` where the thread cannot go or cannot come back, and what the body throws.
    package func inside<Value>(_ body: () throws -> Value) throws -> Value {
        var outcome: Result<Value, any Error>?
        try NetworkNamespace.excursion {
            outcome = Result {
                try enter()
                return try body()
            }
        }
        guard let outcome else { throw CancellationError() }
        return try outcome.get()
    }

    /// Lets the calling thread move through other network namespaces, and brings it back to its own.
    ///
    /// - Throws: ``SystemError`` where it cannot be brought back.
    package static func excursion(_ body: () -> Void) throws {
        let home = tare_open("/proc/self/task/\(tare_gettid())/ns/net", O_RDONLY | O_CLOEXEC, 0)
        guard home >= 0 else { throw SystemError("holding the thread's network namespace") }
        defer { close(home) }
        body()
        // The kernel may want memory for that, and the run may have none at the moment: a thread that stays away would start what comes
        // next in the wrong network.
        var attempts = 0
        while tare_setns(home, TARE_CLONE_NEWNET) != 0 {
            attempts += 1
            guard attempts < 100 else { throw SystemError("going back to the thread's network namespace") }
            usleep(20_000)
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
