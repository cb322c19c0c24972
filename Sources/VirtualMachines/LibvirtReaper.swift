import BenchmarkModel
import Glibc
import LinuxSystem

/// Ends domains that a dead run left with a libvirt daemon.
public enum LibvirtReaper {
    /// Destroys the domain of a journalled intent; one that is not there any more is no error.
    ///
    /// - Parameter subject: `URI NAME`.
    /// - Throws: ``TareError`` when the daemon cannot be asked or refuses.
    public static func reap(intent subject: String) throws {
        let parts = subject.split(separator: " ").map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("tare-") else {
            throw TareError(.store, "the journal names a domain that is not tare's: \(subject)")
        }
        let connection = try LibvirtConnection(uri: parts[0])
        defer { connection.close() }
        do {
            try connection.destroy(name: parts[1])
        } catch let failure as LibvirtFailure {
            throw TareError(.platform, "the domain \(parts[1]) could not be destroyed", cause: failure.text)
        }
    }
}
