import Glibc
import LinuxSystem
import Synchronization

/// The daemon behind a connection that is not tare's own: its processes, and where it writes those of its guests.
final class LibvirtDaemon: Sendable {
    /// Those that run domains: the one for all drivers, and that of QEMU alone. One of them serves.
    private static let servers = ["libvirtd", "virtqemud"]
    /// What reads the emulators' output.
    private static let helpers = ["virtlogd"]

    private let directory: String
    private let guestDirectory: String
    private let known = Mutex<[PinnedProcess]>([])

    /// - Parameters:
    ///   - directory: where daemons write their process ids.
    ///   - guestDirectory: where they write those of guests, as they see it themselves.
    init(directory: String, guestDirectory: String) {
        self.directory = directory
        self.guestDirectory = guestDirectory
    }

    /// The daemon of a URI that suites may name.
    convenience init(uri: String) {
        guard uri == "qemu:///session" else {
            self.init(directory: "/run", guestDirectory: "/run/libvirt/qemu")
            return
        }
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        let base = (variable("XDG_RUNTIME_DIR") ?? (variable("HOME") ?? "") + "/.cache") + "/libvirt"
        self.init(directory: base, guestDirectory: base + "/qemu/run")
    }

    /// The processes that serve all guests. They are looked for once, and again where one has ended since.
    func processes() -> [PinnedProcess] {
        known.withLock { known in
            if known.isEmpty || !known.allSatisfy(\.runs) { known = find() }
            return known
        }
    }

    private func find() -> [PinnedProcess] {
        let found = (LibvirtDaemon.servers + LibvirtDaemon.helpers).map { ($0, byPidFile(of: $0)) }
        let written = found.compactMap(\.1)
        if found.contains(where: { LibvirtDaemon.servers.contains($0.0) && $0.1 != nil }) { return written }
        // A daemon may have been told to write its id elsewhere.
        return written
            + ProcessTable.pids().filter { pid in LibvirtDaemon.servers.contains { isProgram($0, pid) } }
            .compactMap { PinnedProcess(pid: $0) }
    }

    private func byPidFile(of program: String) -> PinnedProcess? {
        guard let pid = HostFiles.value("\(directory)/\(program).pid").flatMap({ Int32($0) }),
            let process = PinnedProcess(pid: pid), isProgram(program, pid)
        else { return nil }
        return process
    }

    private func isProgram(_ name: String, _ pid: Int32) -> Bool {
        // The kernel says so behind the path of a program that was replaced while it runs.
        [name, name + " (deleted)"].contains(PinnedProcess.program(of: pid))
    }

    /// Where the process id of a domain's emulator may be written: a daemon may have a mount namespace of its own.
    func pidFiles(of domain: String) -> [String] {
        ["\(guestDirectory)/\(domain).pid"]
            + processes().map { "/proc/\($0.pid)/root\(guestDirectory)/\(domain).pid" }
    }
}
