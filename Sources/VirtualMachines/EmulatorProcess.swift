internal import CLinuxShims
import Glibc
import LinuxSystem

/// A QEMU process, held by its id and its start time so that the id can never mean another process.
struct EmulatorProcess: Sendable, Equatable {
    /// The process id.
    let pid: Int32
    /// Clock ticks between the host's boot and its start.
    let startTicks: UInt64

    /// Takes the process that has this id now; nil where there is none.
    init?(pid: Int32) {
        guard let entry = ProcessEntry(pid: pid) else { return nil }
        self.pid = pid
        startTicks = entry.startTicks
    }

    /// Whether a process name is that of a QEMU system emulator. The kernel cuts names at 15 bytes.
    static func isEmulatorName(_ name: String) -> Bool {
        name.hasPrefix("qemu-system") || name.hasPrefix("qemu-kvm")
    }

    /// All emulators that run a domain with exactly this name.
    static func running(domain: String) -> [EmulatorProcess] { running { $0 == domain } }

    /// All processes whose executable is an emulator and whose argument `-name guest=NAME` fits.
    static func running(where fits: (String) -> Bool) -> [EmulatorProcess] {
        ProcessTable.pids().compactMap { pid in
            guard isEmulator(pid), let text = try? HostFiles.read("/proc/\(pid)/cmdline"),
                let guest = guestName(in: text), fits(guest)
            else { return nil }
            return EmulatorProcess(pid: pid)
        }
    }

    /// The emulators that libvirt asks what they can do, on a socket in the directory of that run. They are daemons and name no
    /// guest: whoever asked must end them.
    static func asked(by runID: String) -> [EmulatorProcess] {
        ProcessTable.pids().compactMap { pid in
            guard isEmulator(pid), let text = try? HostFiles.read("/proc/\(pid)/cmdline"),
                isAsked(by: runID, commandLine: text)
            else { return nil }
            return EmulatorProcess(pid: pid)
        }
    }

    /// Whether a NUL-separated command line is that of an emulator which is only asked.
    static func isAsked(by runID: String, commandLine: String) -> Bool {
        let arguments = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
        return zip(arguments, arguments.dropFirst()).contains { option, value in
            option == "-qmp" && value.hasPrefix("unix:/") && value.contains("/tare-\(runID)/")
        }
    }

    /// By the file that it executes: a name (`comm`) and a command line are what a process says of itself.
    private static func isEmulator(_ pid: Int32) -> Bool {
        let path = HostFiles.target(ofLink: "/proc/\(pid)/exe") ?? ""
        return path.split(separator: "/").last.map { isEmulatorName(String($0)) } ?? false
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

    /// Whether it still runs. A zombie does not.
    var runs: Bool {
        guard let entry = ProcessEntry(pid: pid), entry.startTicks == startTicks else { return false }
        return entry.state != "Z" && entry.state != "X"
    }

    /// Sends a signal to this very process; one that has ended is no error.
    func signal(_ number: Int32) {
        let descriptor = tare_pidfd_open(pid)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // The descriptor may be of a process that took over the id in between.
        if runs { _ = tare_pidfd_send_signal(descriptor, number) }
    }

    /// Waits until it has ended.
    ///
    /// - Parameter deadline: `CLOCK_MONOTONIC` in nanoseconds.
    /// - Returns: whether it has.
    func waitUntilGone(deadline: UInt64) -> Bool {
        var pause: UInt32 = 200
        while runs {
            if MonotonicClock.now() >= deadline { return false }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return true
    }
}
