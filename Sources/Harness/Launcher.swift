import Dispatch
import Foundation
import LinuxSystem
import Synchronization

/// A thread of its own for the timed path. It lives in the run's cgroup and network namespace, so that what it starts is
/// born there, and its own CPU time counts as the cost of the start.
final class Launcher: @unchecked Sendable {
    // Safe to share: `work` is guarded by the mutex, everything else never changes.
    private let work = Mutex<(@Sendable () -> Void)?>(nil)
    private let wanted = DispatchSemaphore(value: 0)
    fileprivate let groups: CgroupTree
    fileprivate let home: String

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - home: the run's cgroup.
    ///   - network: the run's network namespace; the thread enters it at once.
    /// - Throws: when the thread cannot enter either.
    init(groups: CgroupTree, home: String, network: RunNetwork) throws {
        self.groups = groups
        self.home = home
        try StartedThread.start("tare-launch", stackBytes: 1 << 20) { [self] in
            while true {
                wanted.wait()
                guard
                    let next = work.withLock({ work -> (@Sendable () -> Void)? in
                        defer { work = nil }
                        return work
                    })
                else { return }
                next()
            }
        }
        try run { try network.enter() }
    }

    /// Ends the thread.
    func close() {
        wanted.signal()
    }

    /// Starts work on the thread without waiting for it. One piece at a time.
    func start(_ body: @escaping @Sendable () -> Void) {
        work.withLock { $0 = body }
        wanted.signal()
    }

    /// Does work on the thread and waits for it.
    ///
    /// - Parameter goingHome: whether the thread goes back to the run's cgroup first. Before an instance is staged it must;
    ///   between staging and launch it must not, because staging may have put it elsewhere.
    func run<Value: Sendable>(goingHome: Bool = true, _ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        start { [self] in
            let result = Result {
                if goingHome { try goHome() }
                return try body()
            }
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}

extension Launcher {
    /// Moves the calling thread, which is this launcher's, back to the run's cgroup where staging has put it elsewhere.
    func goHome() throws {
        guard try !groups.callingThreadIsIn(home) else { return }
        try groups.moveCallingThread(to: home)
    }
}

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
