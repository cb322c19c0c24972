import Dispatch
import Synchronization

extension Array where Element: Sendable {
    /// The results for all elements, in their order. Elements are worked on at the same time, so none may depend on another.
    func concurrently<Result: Sendable>(_ work: @Sendable (Element) -> Result) -> [Result] {
        guard count > 1 else { return map(work) }
        let results = Mutex([Result?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = work(self[index])
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}
