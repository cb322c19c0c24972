import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// The instances of a climb, all of one workload on one platform: started in batches, read, checked, and ended together.
final class Crowd {
    /// A batch that was requested.
    struct Batch {
        /// The startups of those that became ready, in nanoseconds.
        var startupsNanoseconds: [UInt64] = []
        /// Why the first that failed did; nil where all are ready.
        var failure: String?
    }

    private let launchers: [Launcher]
    private let interruption: Interruption
    /// What could not be removed, in words: it ends nothing, and is told.
    private(set) var troubles: [String] = []
    /// Those that became ready, in the order of their requests.
    private(set) var instances: [LaunchedInstance] = []

    /// - Parameter launchers: as many as are requested at the same time.
    init(launchers: [Launcher], interruption: Interruption) {
        self.launchers = launchers
        self.interruption = interruption
    }

    /// Starts instances, as many at once as there are launchers. What fails is ended at once; the rest stay.
    ///
    /// - Parameter isStopped: asked before each request; true leaves the rest of the batch out.
    func start(_ batch: [LaunchedInstance], isStopped: @escaping @Sendable () -> Bool = { false }) -> Batch {
        struct Outcome {
            var next = 0
            var ready: [Int: UInt64] = [:]
            var failures: [Int: String] = [:]
        }
        let outcome = Mutex(Outcome())
        let group = DispatchGroup()
        for launcher in launchers.prefix(max(1, batch.count)) {
            group.enter()
            launcher.start { [interruption] in
                while let index = outcome.withLock({ outcome -> Int? in
                    guard outcome.next < batch.count, outcome.failures.isEmpty, !interruption.isRequested, !isStopped()
                    else { return nil }
                    defer { outcome.next += 1 }
                    return outcome.next
                }) {
                    let result = batch[index].startAndAwait(on: launcher, interruption: interruption)
                    outcome.withLock { outcome in
                        switch result {
                        case .success(let startup): outcome.ready[index] = startup
                        case .failure(let reason): outcome.failures[index] = reason.text
                        }
                    }
                }
                group.leave()
            }
        }
        group.wait()
        let found = outcome.withLock { $0 }
        for (index, instance) in batch.enumerated() {
            if found.ready[index] != nil { instances.append(instance) } else { end(instance) }
        }
        return Batch(
            startupsNanoseconds: found.ready.sorted { $0.key < $1.key }.map(\.value),
            failure: found.failures.min { $0.key < $1.key }?.value)
    }

    /// All processes of all instances.
    func processes() -> [HostProcess] {
        instances.flatMap { $0.processes() }
    }

    /// Takes those that are not alive any more out of the crowd and ends what is left of them.
    ///
    /// - Returns: why, for each.
    func buryDead(_ death: (LaunchedInstance) -> String?) -> [String] {
        var reasons: [String] = []
        var living: [LaunchedInstance] = []
        var dead: [LaunchedInstance] = []
        for instance in instances {
            if let reason = death(instance) {
                reasons.append(reason)
                dead.append(instance)
            } else {
                living.append(instance)
            }
        }
        instances = living
        for instance in dead { end(instance) }
        return reasons
    }

    /// Ends the newest instance.
    func endNewest() {
        if let newest = instances.popLast() { end(newest) }
    }

    private func end(_ instance: LaunchedInstance) {
        do { try instance.stop() } catch { troubles.append("\(error)") }
    }

    /// Ends all, as many at once as there are launchers. Idempotent.
    ///
    /// - Returns: how long it took, in nanoseconds.
    @discardableResult
    func end() -> UInt64 {
        let all = instances
        instances = []
        guard !all.isEmpty else { return 0 }
        let start = MonotonicClock.now()
        let next = Atomic<Int>(0)
        let trouble = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: launchers.count) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < all.count else { return }
                do {
                    try all[index].stop()
                } catch {
                    trouble.withLock { $0.append("\(error)") }
                }
            }
        }
        troubles += trouble.withLock { $0 }
        return MonotonicClock.now() - start
    }
}
