import Synchronization

/// Whether somebody asked the run to end.
public final class Interruption: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Nobody asked yet.
    public init() {}

    /// Asks the run to end after what must be cleaned up is cleaned up. Safe in any thread.
    public func request() {
        flag.store(true, ordering: .sequentiallyConsistent)
    }

    /// Whether somebody asked.
    public var isRequested: Bool { flag.load(ordering: .sequentiallyConsistent) }
}
