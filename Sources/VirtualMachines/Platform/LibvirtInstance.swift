import BenchmarkModel
import Glibc
import Images
import LinuxSystem
import Synchronization

/// A running guest.
final class LibvirtInstance: Instance {
    private enum Emulator {
        case unknown
        /// The one that was found; nil where it had ended before it was looked for. Another never runs the same domain.
        case known(PinnedProcess?)
    }

    let name: String
    private let connection: LibvirtConnection
    private let find: @Sendable () -> PinnedProcess?
    private let found = Mutex(Emulator.unknown)
    private let askToEnd: (@Sendable () -> Void)?
    private let volumes: InstanceVolumes?
    private let gone: @Sendable () -> Void

    /// - Parameters:
    ///   - find: finds the domain's emulator. Called once, when the emulator is first asked for: that is no part of a start.
    ///   - askToEnd: has the command end, and with it the guest; nil where it is destroyed at once.
    ///   - volumes: removed once the guest is gone.
    init(
        name: String, connection: LibvirtConnection, find: @escaping @Sendable () -> PinnedProcess?,
        askToEnd: (@Sendable () -> Void)? = nil, volumes: InstanceVolumes? = nil, gone: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.connection = connection
        self.find = find
        self.askToEnd = askToEnd
        self.volumes = volumes
        self.gone = gone
    }

    private var emulator: PinnedProcess? {
        found.withLock { found in
            if case .known(let emulator) = found { return emulator }
            let emulator = find()
            found = .known(emulator)
            return emulator
        }
    }

    func processes() throws -> [HostProcess] {
        guard let emulator, emulator.runs else { return [] }
        return [HostProcess(pid: emulator.pid, role: .vmm)]
    }

    func death() -> String? {
        guard let emulator, emulator.runs else { return "QEMU of \(name) ended" }
        do {
            return try connection.isRunning(name: name) ? nil : "libvirt does not call \(name) running any more"
        } catch {
            return "libvirt does not know \(name) any more: \(error)"
        }
    }

    /// Destroys the domain, and looks by itself whether QEMU is really gone.
    func stop(deadline: Duration) throws {
        if let askToEnd, let emulator, emulator.runs {
            askToEnd()
            // A guest is over with its first process, and QEMU with the guest.
            _ = emulator.waitUntilGone(
                deadline: MonotonicClock.now() + UInt64(StopSignal.patienceSeconds) * 1_000_000_000)
        }
        let end = MonotonicClock.now() + UInt64(max(0.1, deadline / .seconds(1)) * 1e9)
        // Taken before libvirt forgets it.
        let emulator = emulator
        try OrphanReaper.shared.whileReaping {
            do {
                try connection.destroy(name: name)
            } catch let failure as LibvirtFailure {
                // A QEMU that ends by itself at this very moment confuses the driver; what counts is that it is gone.
                guard let emulator, emulator.waitUntilGone(deadline: end) else {
                    throw TareError(
                        .platform, "the domain \(name) could not be destroyed", remedy: "Run 'tare clean'.",
                        cause: failure.text)
                }
            }
            if let emulator, !emulator.waitUntilGone(deadline: end) {
                emulator.signal(SIGKILL)
                guard emulator.waitUntilGone(deadline: MonotonicClock.now() + 2_000_000_000) else {
                    throw TareError(
                        .platform, "QEMU of \(name) (process \(emulator.pid)) survives SIGKILL",
                        remedy: "It is stuck in the kernel; look at /proc/\(emulator.pid)/stack.")
                }
            }
        }
        gone()
        try volumes?.remove()
    }
}
