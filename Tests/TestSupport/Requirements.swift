package import Testing
import Glibc

/// Capabilities of the host that integration tests need, with the reason that a skipped test shows.
///
/// With `TARE_REQUIRE_INTEGRATION=1` nothing is skipped: what is missing then fails the test.
package enum Requirement {
    /// Whether skipping is forbidden.
    package static var isEnforced: Bool { getenv("TARE_REQUIRE_INTEGRATION").map { String(cString: $0) } == "1" }

    /// Whether the tests run as root.
    package static var root: Bool { isEnforced || geteuid() == 0 }

    /// Whether a program is on the PATH.
    package static func program(_ name: String) -> Bool {
        if isEnforced { return true }
        let path = (getenv("PATH").map { String(cString: $0) } ?? "") + ":/usr/local/sbin:/usr/sbin:/sbin"
        return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs as root only.
    package static var needsRoot: Self { .enabled(if: Requirement.root, "needs root") }

    /// Runs where a program is installed.
    package static func needs(program name: String) -> Self {
        .enabled(if: Requirement.program(name), "needs the program \(name)")
    }
}
