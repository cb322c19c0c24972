import Glibc
package import Images
import LinuxSystem

/// The images of all tests, kept beside what was built, so that a second round of tests makes none of them again and
/// nobody's own cache is touched.
package enum TestCache {
    /// What tests give `tare` as `XDG_CACHE_HOME`.
    package static var home: String { ((try? BuiltProgram.directory()) ?? "/var/tmp") + "/tare-test-cache" }

    /// A kernel for guests, obtained as `tare` obtains it. `TARE_TEST_KERNEL` names another.
    ///
    /// - Throws: ``TareError`` when there is none to be had.
    package static func guestKernel() async throws -> GuestKernel {
        try await ImageCache(directory: home + "/tare").guestKernel(
            named: getenv("TARE_TEST_KERNEL").map { String(cString: $0) },
            drivers: ["virtio_pci", "virtio_console", "virtio_blk"])
    }
}
