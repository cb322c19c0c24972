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

    /// All emulators that run a domain: those whose command line says `-name guest=NAME`.
    static func running(domain: String) -> [EmulatorProcess] {
        ProcessTable.pids(withCommandLineContaining: "guest=\(domain)").compactMap { pid in
            guard let text = try? HostFiles.read("/proc/\(pid)/cmdline"), names(domain: domain, commandLine: text),
                let name = HostFiles.value("/proc/\(pid)/comm"), isEmulatorName(name)
            else { return nil }
            return EmulatorProcess(pid: pid)
        }
    }

    /// Whether a NUL-separated command line is that of a domain with exactly this name.
    static func names(domain: String, commandLine: String) -> Bool {
        let arguments = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
        for (index, argument) in arguments.enumerated() where argument == "-name" && index + 1 < arguments.count {
            let guest = arguments[index + 1].split(separator: ",").first { $0.hasPrefix("guest=") }
            if guest?.dropFirst("guest=".count) == domain[...] { return true }
        }
        return false
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
