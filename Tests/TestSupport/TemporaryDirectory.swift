import Glibc
import LinuxSystem

/// A directory that is removed with its owner.
package final class TemporaryDirectory: Sendable {
    /// Its path.
    package let path: String

    /// Makes one below `/var/tmp`: on disk, where overlays can have their upper directory.
    ///
    /// - Parameter prefix: how its name begins; short where socket paths lie below it.
    package init(prefix: String = "tare-test") throws {
        var template = Array("/var/tmp/\(prefix)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SystemError("making a temporary directory") }
        path = String(cString: made)
        chmod(path, 0o755)
    }

    deinit {
        try? HostFiles.removeTree(path)
    }
}
