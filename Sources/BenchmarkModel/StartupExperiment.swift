/// The startup experiment of a suite.
public struct StartupExperiment: Sendable, Equatable, Codable {
    /// Counted samples a cell.
    public var samples: Int
    /// Blocks that are run and recorded first and are not counted.
    public var warmupBlocks: Int
    /// The modes, each a cell of its own.
    public var modes: [StartupMode]
    /// Echoed bytes per platform with which the mark channel is measured.
    public var echoes: Int
    /// The workloads that are measured; nil for all of the suite.
    public var workloads: [String]?
    /// The platforms that are measured; nil for all of the suite.
    public var platforms: [String]?

    /// The default number of counted samples a cell.
    public static let defaultSamples = 20

    /// The version of what startup means. Figures of different versions are not compared.
    ///
    /// 1 began wherever the sample before had left the kernel; 2 begins from a quiet kernel, after ``restNanoseconds``.
    public static let definitionVersion = 2

    /// The rest before each t0, in nanoseconds: after staging and all of tare's own joins to control groups nothing is done
    /// for so long, on every platform and in every mode.
    ///
    /// Linux lets a process join a control group at once only if somebody joined one a moment ago; otherwise the join waits
    /// for a grace period of RCU. After 50 ms that no longer depends on the join before; but the end of an instance goes on in the
    /// kernel for some 150 ms more (its network namespace, its control groups), with grace periods of its own.
    public static let restNanoseconds: UInt64 = 200_000_000

    /// Makes an experiment.
    public init(
        samples: Int = StartupExperiment.defaultSamples, warmupBlocks: Int = 1, modes: [StartupMode] = [.warm],
        echoes: Int = 200, workloads: [String]? = nil, platforms: [String]? = nil
    ) {
        self.samples = samples
        self.warmupBlocks = warmupBlocks
        self.modes = modes
        self.echoes = echoes
        self.workloads = workloads
        self.platforms = platforms
    }
}

/// The condition of the host when a start is requested.
public enum StartupMode: Sendable, Equatable, Hashable, Codable {
    /// The image and the binaries are in the page cache.
    case warm
    /// Caches are dropped before every sample.
    case cold
    /// This many requests are due at the same moment.
    case concurrent(Int)
    /// This many instances already run and idle.
    case occupied(Int)

    /// How it is written in keys and reports: `warm`, `cold`, `concurrent-4`, `occupied-8`.
    public var key: String {
        switch self {
        case .warm: "warm"
        case .cold: "cold"
        case .concurrent(let count): "concurrent-\(count)"
        case .occupied(let count): "occupied-\(count)"
        }
    }

    /// How many instances one pass of the cell measures.
    public var requestsPerPass: Int {
        if case .concurrent(let count) = self { return count }
        return 1
    }

    /// How many instances of the workload run at the same time, at the most.
    public var instancesAtOnce: Int {
        switch self {
        case .warm, .cold: 1
        case .concurrent(let count): count
        case .occupied(let count): count + 1
        }
    }
}
