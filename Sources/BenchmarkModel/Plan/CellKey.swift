/// The parts of a ``Cell/key``: `EXPERIMENT/WORKLOAD/PLATFORM/PARAMETERS`. A key may come from a file of anybody's making, and have
/// more or fewer of them.
package struct CellKey: Sendable, Equatable {
    private var parts: [String]

    package init(_ key: String) {
        parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether it has the four parts that a key has.
    package var isWhole: Bool { parts.count == 4 }

    /// Never absent, but perhaps empty.
    package var experiment: String { parts[0] }
    /// Empty where there is none.
    package var workload: String { self[.workload] ?? "" }
    /// Empty where there is none.
    package var platform: String { self[.platform] ?? "" }
    /// The last part.
    package var parameters: String { parts[parts.count - 1] }

    /// The name of the platform, or of the workload; nil where there is none. One that is not there cannot be set.
    package subscript(kind: Sides.Kind) -> String? {
        get { parts.count > place(of: kind) ? parts[place(of: kind)] : nil }
        set { if let newValue, parts.count > place(of: kind) { parts[place(of: kind)] = newValue } }
    }

    package var text: String { parts.joined(separator: "/") }

    private func place(of kind: Sides.Kind) -> Int {
        switch kind {
        case .workload: 1
        case .platform: 2
        }
    }
}
