internal import CLinuxShims
import Glibc

/// A UNIX stream socket on which another process listens.
package enum UnixSocket {
    /// The id of the process that listens on it; nil where nobody does. Of one that a service manager opened beforehand it is that.
    package static func listener(at path: String) -> Int32? {
        let descriptor = tare_connect_unix(path)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let pid = tare_peer_process(descriptor)
        return pid > 0 ? Int32(clamping: pid) : nil
    }

    /// Whether somebody listens.
    package static func answers(_ path: String) -> Bool {
        let descriptor = tare_connect_unix(path)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
