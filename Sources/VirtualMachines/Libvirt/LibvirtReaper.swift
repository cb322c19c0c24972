import BenchmarkModel
import Glibc
import LinuxSystem

/// Ends guests that a dead run left.
package enum LibvirtReaper {
    /// Destroys the domain of a journalled intent; one that is not there any more is no error.
    ///
    /// - Parameter subject: `URI NAME`, which was checked.
    /// - Throws: ``TareError`` when the daemon cannot be asked or refuses.
    package static func reap(intent subject: String) throws {
        let parts = subject.split(separator: " ").map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("tare-") else {
            throw TareError(.store, "the journal names a domain that is not tare's: \(subject)")
        }
        let connection = try LibvirtConnection(uri: parts[0])
        defer { connection.close() }
        do {
            try connection.destroy(name: parts[1])
        } catch let failure as LibvirtFailure {
            throw TareError(.platform, "the domain \(parts[1]) could not be destroyed", cause: failure.text)
        }
    }

    /// Ends emulators that the embedded driver started for a run and had not yet put into the run's cgroup when tare died,
    /// those among them that it only asked what they can do.
    ///
    /// An emulator is known by its executable, and by the name of its guest in its own argument, not by any mention of it.
    ///
    /// - Throws: ``TareError`` naming those that survive.
    package static func endEmulators(of runID: String) throws {
        let end = MonotonicClock.now() + 5_000_000_000
        while true {
            let guests = EmulatorProcess.running { $0.hasPrefix("tare-\(runID)-") }
            let left = (guests + EmulatorProcess.asked(by: runID)).filter(\.runs)
            if left.isEmpty { return }
            for emulator in left { emulator.signal(SIGKILL) }
            guard MonotonicClock.now() < end else {
                throw TareError(.failed, "emulators of the run survive SIGKILL: \(left.map(\.pid))")
            }
            usleep(5_000)
        }
    }
}
