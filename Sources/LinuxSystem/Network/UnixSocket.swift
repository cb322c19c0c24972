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

    /// The process that works with a socket on which somebody listens: the one that made it, or where a service manager holds it, another
    /// that has it too. nil where there is none, or it cannot be seen.
    package static func holder(of path: String) -> Int32? {
        guard let listener = listener(at: path) else { return nil }
        if listener > 1 { return listener }
        // A path below /var/run is one below /run.
        let paths = [path, path.hasPrefix("/var/run/") ? String(path.dropFirst("/var".count)) : path]
        let table = (try? HostFiles.read("/proc/net/unix")) ?? ""
        let inodes = table.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(separator: " ")
            return words.count > 7 && paths.contains(String(words[7])) ? words[6] : nil
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
