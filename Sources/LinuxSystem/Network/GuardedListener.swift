internal import CLinuxShims
import Glibc

/// A UNIX stream socket on which one connection is awaited, from one user: what comes over it is believed to come from the
/// process that this user runs.
///
/// Three things keep others away: the rights of the directory it is in, those of the socket, and the peer's user, which the
/// kernel tells. After the connection the socket listens no more.
package final class GuardedListener {
    /// To be watched for connections; -1 once it listens no more.
    package private(set) var descriptor: Int32
    /// Where it is.
    package let path: String
    private let user: UInt32

    /// Listens.
    ///
    /// - Parameters:
    ///   - user: who may connect, besides this process's own user.
    ///   - group: the group of that user's process, which gets the right to reach the socket.
    /// - Throws: ``SystemError``, `ENAMETOOLONG` for a path over 107 bytes.
    package init(_ path: String, user: UInt32, group: UInt32) throws {
        self.path = path
        self.user = user
        descriptor = tare_listen_unix(path)
        guard descriptor >= 0 else { throw SystemError("listening on \(path)") }
        guard chmod(path, 0o660) == 0, chown(path, geteuid(), group) == 0 else {
            let error = SystemError("giving \(path) to its group")
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit { close() }

    /// Accepts what waits. A stranger's connection is closed, and the socket goes on listening.
    ///
    /// - Returns: the connection's descriptor, which the caller closes; nil where there is none, or a stranger's.
    package func accept() -> Int32? {
        let connection = tare_accept(descriptor)
        guard connection >= 0 else { return nil }
        let peer = tare_peer_user(connection)
        guard peer >= 0, UInt32(peer) == user || UInt32(peer) == geteuid() else {
            Glibc.close(connection)
            return nil
        }
        close()
        return connection
    }

    /// Listens no more. Idempotent.
    package func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
