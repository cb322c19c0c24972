internal import CLinuxShims
import Glibc

/// A UNIX stream socket on which another process listens.
package enum UnixSocket {
    /// The process that works with a socket on which somebody listens, without waking a service that a manager would start for it; nil where
    /// there is none beside such a manager, or it cannot be seen.
    package static func server(of path: String) -> Int32? {
        // A path below /var/run is one below /run.
        let paths = [path, path.hasPrefix("/var/run/") ? String(path.dropFirst("/var".count)) : path]
        let table = (try? HostFiles.read("/proc/net/unix")) ?? ""
        let inodes = table.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(separator: " ")
            // The fourth is the flags, of which one says that it takes connections.
            return words.count > 7 && words[3] == "00010000" && paths.contains(String(words[7])) ? words[6] : nil
        }
        let wanted = Set(inodes.map { "socket:[\($0)]" })
        return ProcessTable.pids().first { pid in
            pid > 1
                && HostFiles.names(in: "/proc/\(pid)/fd").contains { name in
                    HostFiles.target(ofLink: "/proc/\(pid)/fd/\(name)").map { wanted.contains($0) } ?? false
                }
        }
    }

    /// Whether somebody listens.
    package static func answers(_ path: String) -> Bool {
        let descriptor = tare_connect_unix(path)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
