import Glibc
import LinuxSystem

/// Finds QEMU processes.
enum EmulatorProcess {
    /// Whether a process name is that of a QEMU system emulator. The kernel cuts names at 15 bytes.
    static func isEmulatorName(_ name: String) -> Bool {
        name.hasPrefix("qemu-system") || name.hasPrefix("qemu-kvm")
    }

    /// The emulator that runs a domain with exactly this name; nil where none does any more.
    ///
    /// - Parameters:
    ///   - pidFiles: where libvirt may have written its process id. What a file says is believed of an emulator of that domain only.
    ///   - search: the last resort, which looks at every process of the host.
    static func find(
        domain: String, pidFiles: [String], search: (String) -> PinnedProcess? = { running(domain: $0) }
    ) -> PinnedProcess? {
        for file in pidFiles {
            guard let pid = HostFiles.value(file).flatMap({ Int32($0) }), let process = PinnedProcess(pid: pid),
                guest(of: pid) == domain
            else { continue }
            return process
        }
        return search(domain)
    }

    private static func running(domain: String) -> PinnedProcess? { running { $0 == domain }.first }

    /// All processes whose executable is an emulator and whose argument `-name guest=NAME` fits.
    static func running(where fits: (String) -> Bool) -> [PinnedProcess] {
        ProcessTable.pids().compactMap { pid in
            guard let guest = guest(of: pid), fits(guest) else { return nil }
            return PinnedProcess(pid: pid)
        }
    }

    /// The domain that a process runs, if it is an emulator.
    private static func guest(of pid: Int32) -> String? {
        commandLine(ofEmulator: pid).flatMap { guestName(in: $0) }
    }

    /// The emulators that libvirt asks what they can do, on a socket in the directory of that run. They are daemons and name no
    /// guest: whoever asked must end them.
    static func asked(by runID: String) -> [PinnedProcess] {
        ProcessTable.pids().compactMap { pid in
            guard let text = commandLine(ofEmulator: pid), isAsked(by: runID, commandLine: text) else { return nil }
            return PinnedProcess(pid: pid)
        }
    }

    /// Whether a NUL-separated command line is that of an emulator which is only asked.
    static func isAsked(by runID: String, commandLine: String) -> Bool {
        let arguments = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
        return zip(arguments, arguments.dropFirst()).contains { option, value in
            option == "-qmp" && value.hasPrefix("unix:/") && value.contains("/tare-\(runID)/")
        }
    }

    private static func commandLine(ofEmulator pid: Int32) -> String? {
        guard let program = PinnedProcess.program(of: pid), isEmulatorName(program) else { return nil }
        return try? HostFiles.read("/proc/\(pid)/cmdline")
    }

    /// The domain's name in a NUL-separated command line; nil where it names none.
    static func guestName(in commandLine: String) -> String? {
        let arguments = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
        for (index, argument) in arguments.enumerated() where argument == "-name" && index + 1 < arguments.count {
            if let guest = arguments[index + 1].split(separator: ",").first(where: { $0.hasPrefix("guest=") }) {
                return String(guest.dropFirst("guest=".count))
            }
        }
        return nil
    }
}
