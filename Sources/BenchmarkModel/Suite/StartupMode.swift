/// The condition of the host when a start is requested.
package enum StartupMode: Sendable, Equatable, Hashable, Codable {
    /// The image and the binaries are in the page cache.
    case warm
    /// Caches are dropped before every sample.
    case cold
    /// This many requests are due at the same moment.
    case concurrent(Int)
    /// This many instances already run and idle.
    case occupied(Int)

    /// How it is written in keys and reports: `warm`, `cold`, `concurrent-4`, `occupied-8`.
    package var key: String {
        switch self {
        case .warm: "warm"
        case .cold: "cold"
        case .concurrent(let count): "concurrent-\(count)"
        case .occupied(let count): "occupied-\(count)"
        }
    }

    /// How many instances one pass of the cell measures.
    package var requestsPerPass: Int {
        if case .concurrent(let count) = self { return count }
        return 1
    }

    /// How many instances of the workload run at the same time, at the most.
    package var instancesAtOnce: Int {
        switch self {
        case .warm, .cold: 1
        case .concurrent(let count): count
        case .occupied(let count): count + 1
        }
    }
}
