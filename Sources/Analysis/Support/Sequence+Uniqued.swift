extension Sequence where Element: Equatable {
    /// Each element once, where it first stood. For the few names of a run.
    package func uniqued() -> [Element] {
        reduce(into: []) { seen, element in if !seen.contains(element) { seen.append(element) } }
    }
}
