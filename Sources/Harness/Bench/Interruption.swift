import Synchronization

/// Whether somebody asked the run to end.
package final class Interruption: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    /// Asks the run to end after what must be cleaned up is cleaned up. Safe in any thread.
    package func request() {
        flag.store(true, ordering: .sequentiallyConsistent)
    }

    /// Whether somebody asked.
    package var isRequested: Bool { flag.load(ordering: .sequentiallyConsistent) }
}
