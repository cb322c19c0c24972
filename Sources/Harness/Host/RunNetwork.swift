import LinuxSystem
import Synchronization

/// The run's network namespace, made by the first thread that enters.
final class RunNetwork: Sendable {
    private let namespace = Mutex<NetworkNamespace?>(nil)

    /// Moves the calling thread into the run's network.
    func enter() throws {
        try namespace.withLock { namespace in
            if let namespace {
                try namespace.enter()
            } else {
                namespace = try NetworkNamespace()
            }
        }
    }
}
