internal import CLinuxShims
import Glibc

/// A process, held by its id and its start time so that the id can never mean another process.
package struct PinnedProcess: Sendable, Equatable {
    package let pid: Int32
    /// Clock ticks between the host's boot and its start.
    package let startTicks: UInt64

    /// Takes the process that has this id now; nil where there is none.
    package init?(pid: Int32) {
        guard let entry = ProcessEntry(pid: pid) else { return nil }
        self.pid = pid
        startTicks = entry.startTicks
    }

    /// The last part of the path that it executes; nil where that may not be read. A name (`comm`) and a command line are only
    /// what a process says of itself.
    package static func program(of pid: Int32) -> String? {
        HostFiles.target(ofLink: "/proc/\(pid)/exe")?.split(separator: "/").last.map(String.init)
    }

    /// Whether it still runs. A zombie does not.
    package var runs: Bool {
        guard let entry = ProcessEntry(pid: pid), entry.startTicks == startTicks else { return false }
        return entry.state != "Z" && entry.state != "X"
    }

    /// Sends a signal to this very process; one that has ended is no error.
    package func signal(_ number: Int32) {
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
    package func waitUntilGone(deadline: UInt64) -> Bool {
        var pause: UInt32 = 200
        while runs {
            if MonotonicClock.now() >= deadline { return false }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return true
    }
}
