import BenchmarkModel
internal import CLibvirt
import Foundation
import Glibc
import LinuxSystem

/// What libvirt needs once in a process, before its first connection.
enum LibvirtRuntime {
    /// Prepares libvirt. Later calls do nothing.
    ///
    /// - Throws: ``TareError`` where libvirt cannot be initialised.
    static func start() throws {
        if let failure = outcome { throw failure }
    }

    /// Where libvirt writes its own log, unless the user's environment says otherwise. Effective before ``start()``.
    static func logTo(_ path: String) {
        // Warnings would go to standard error, which belongs to tare. 3 is the level "warning".
        setenv("LIBVIRT_LOG_OUTPUTS", "3:file:\(path)", 0)
    }

    private static let outcome: TareError? = {
        guard virInitialize() == 0 else {
            return TareError(
                .hostLacks, "libvirt cannot be initialised", remedy: "Reinstall libvirt.",
                cause: LibvirtFailure.last().text)
        }
        // Without a function of ours libvirt prints every error to standard error.
        virSetErrorFunc(nil) { _, _ in }
        guard virEventRegisterDefaultImpl() == 0 else {
            return TareError(
                .hostLacks, "libvirt's event loop cannot be set up", remedy: "Reinstall libvirt.",
                cause: LibvirtFailure.last().text)
        }
        do {
            try StartedThread.start("tare-libvirt", stackBytes: 1 << 20) {
                while true {
                    // A failing round must not become a busy loop.
                    if virEventRunDefaultImpl() < 0 { usleep(10_000) }
                }
            }
        } catch {
            return TareError(
                .hostLacks, "libvirt's event loop cannot be started", remedy: "Free some memory or processes.",
                cause: "\(error)")
        }
        return nil
    }()
}
