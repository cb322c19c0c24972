import LinuxSystem
import Synchronization

/// The run's network namespace, made by the first thread that enters.
final class RunNetwork: Sendable {
    private struct State {
        var namespace: NetworkNamespace?
        var thread: Int32?
    }
    private let state = Mutex(State())

    /// Moves the calling thread into the run's network.
    func enter() throws {
        try state.withLock { state in
            if let namespace = state.namespace {
                try namespace.enter()
            } else {
                state.namespace = try NetworkNamespace()
                state.thread = StartedThread.ownID
            }
        }
    }

    /// The thread that made it and is in it; nil before there is one.
    var thread: Int32? { state.withLock { $0.thread } }
}
