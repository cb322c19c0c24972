import Dispatch
import LinuxSystem
import Synchronization

/// A thread of its own for the timed path. It lives in the run's control group and network namespace, so that what it starts is
/// born there, and its own CPU time counts as the cost of the start.
final class Launcher: @unchecked Sendable {
    // Safe to share: `work` is guarded by the mutex, everything else never changes.
    private let work = Mutex<(@Sendable () -> Void)?>(nil)
    private let wanted = DispatchSemaphore(value: 0)
    private let host: any BenchHost

    /// Starts the thread.
    ///
    /// - Throws: when the thread cannot enter what the host has for it.
    init(host: any BenchHost) throws {
        self.host = host
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
        try run(goingHome: false) { try host.enterLauncher() }
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
                if goingHome { try host.goHome() }
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
    /// Lets the calling thread, which is this launcher's, go home.
    func goHome() throws { try host.goHome() }
}
