import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// The directory in which libvirt's QEMU driver lives inside this process (`qemu:///embed?root=DIR`). One a run.
struct EmbedRoot: Sendable {
    let path: String
    private let capabilityCache: String

    /// The longest path below it that becomes a UNIX socket: `lib/qemu/domain-NNN-` and the first 20 bytes of a domain's name.
    private static let longestBelow = "/lib/qemu/domain-999-12345678901234567890/monitor.sock".utf8.count

    /// Makes the directory and its configuration.
    ///
    /// - Parameters:
    ///   - directory: short: socket paths are limited to 107 bytes.
    ///   - cacheDirectory: where capabilities that were probed are kept from run to run.
    ///   - user: as whom QEMU runs.
    /// - Throws: ``TareError`` when the path is too long or cannot be made.
    init(directory: String, cacheDirectory: String, user: QEMUUser) throws {
        path = directory
        capabilityCache = cacheDirectory + "/libvirt-capabilities"
        guard directory.utf8.count + EmbedRoot.longestBelow <= 107 else {
            throw TareError(
                .usage, "the run directory \(directory) is too long for libvirt's sockets",
                remedy: "Name a shorter one with TARE_RUN_DIRECTORY.")
        }
        for name in ["", "/etc", "/cache", "/cache/qemu", "/cache/qemu/capabilities"] {
            try HostFiles.makeDirectory(directory + name, mode: 0o755)
        }
        let configuration = """
            # Written by tare for one run.
            # QEMU's output goes to a file: virtlogd, the default, would be a daemon to leave behind.
            stdio_handler = "file"
            # Not root: a fault in the emulator must not have all rights.
            user = "\(user.name)"
            group = "\(user.group)"
            # tare gives QEMU its files itself; libvirt would change the owner of the shared base disk at every start and stop.
            dynamic_ownership = 0
            remember_owner = 0
            security_driver = "none"
            seccomp_sandbox = 1
            # A mount namespace for each QEMU would only hide devices that these guests do not have.
            namespaces = []

            """
        // Two platforms of a run (two kernels, say) share it: the driver is there once in a process, and lets itself be opened again.
        if !HostFiles.exists(directory + "/etc/qemu.conf") {
            try HostFiles.create(directory + "/etc/qemu.conf", bytes: Array(configuration.utf8))
        }
        try KVMAccess.grant(to: user, in: directory)
        copyCapabilities(from: capabilityCache, to: directory + "/cache/qemu/capabilities")
    }

    /// The URI that opens it.
    var uri: String { "qemu:///embed?root=\(path)" }

    /// Where libvirt writes the process id of a domain's emulator.
    func pidFiles(of domain: String) -> [String] { ["\(path)/run/qemu/\(domain).pid"] }

    /// Where QEMU's own output goes.
    func logFile(of domain: String) -> String { "\(path)/log/qemu/\(domain).log" }

    /// Keeps what was probed for later runs: probing costs seconds. libvirt itself notices when it is out of date.
    func keepCapabilities() {
        try? HostFiles.makeDirectory(capabilityCache)
        copyCapabilities(from: path + "/cache/qemu/capabilities", to: capabilityCache)
    }

    private func copyCapabilities(from source: String, to target: String) {
        for name in HostFiles.names(in: source) where name.hasSuffix(".xml") {
            guard let data = FileManager.default.contents(atPath: "\(source)/\(name)") else { continue }
            try? HostFiles.replace("\(target)/\(name)", bytes: Array(data))
        }
    }
}
