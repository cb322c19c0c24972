import Glibc

/// Tools that Debian has no package of: `scripts/prepare test` installs each in an environment of its own.
package enum TestTools {
    /// The directory of an environment.
    package static func directory(_ name: String) -> String {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return (variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "/root") + "/.cache") + "/tare/" + name
    }
}
