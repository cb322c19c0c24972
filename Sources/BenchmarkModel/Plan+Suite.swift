extension Plan {
    /// Draws the plan of a suite: the same suite and seed give the same plan on every machine.
    ///
    /// Cells of the mode `cold` come in blocks of their own, after those of all other cells.
    ///
    /// A cell whose pass holds several requests (`concurrent-k`) yields k samples a pass, so it appears in
    /// ceil(samples / k) blocks.
    public init(suite: Suite, seed: UInt64) {
        var cells: [Cell] = []
        var passes: [Int] = []
        var warmupBlocks = 0
        if let startup = suite.startup {
            warmupBlocks = startup.warmupBlocks
            for workload in suite.workloads where startup.workloads?.contains(workload.name) ?? true {
                for platform in suite.platforms where startup.platforms?.contains(platform.name) ?? true {
                    for mode in startup.modes {
                        let why = Plan.impossible(workload: workload, platform: platform, mode: mode)
                        let perPass = mode.requestsPerPass
                        let passCount = why == nil ? (startup.samples + perPass - 1) / perPass : 0
                        cells.append(
                            Cell(
                                workload: workload.name, platform: platform.name, mode: mode,
                                planned: passCount * perPass, impossible: why))
                        passes.append(passCount)
                    }
                }
            }
        }
        var random = SplitMix64(seed: seed)
        var blocks: [Block] = []
        // A sample for which the caches were dropped leaves them cold for the next one: those form a stage of their own, after
        // all others, with its own warm-up.
        for isCold in [false, true] {
            let stage = cells.indices.filter { passes[$0] > 0 && (cells[$0].mode == .cold) == isCold }
            guard !stage.isEmpty else { continue }
            for number in 0..<(warmupBlocks + (stage.map { passes[$0] }.max() ?? 0)) {
                let counted = number >= warmupBlocks
                var order = stage.filter { !counted || number - warmupBlocks < passes[$0] }
                order.shuffle(using: &random)
                blocks.append(Block(index: blocks.count, counted: counted, order: order))
            }
        }
        self.init(seed: seed, cells: cells, blocks: blocks)
        footprint = ClimbPlan.footprint(of: suite, using: &random)
        density = ClimbPlan.density(of: suite, using: &random)
    }

    /// Why a combination cannot be measured, or nil.
    static func impossible(workload: Workload, platform: PlatformSpec, mode: StartupMode) -> String? {
        mode.instancesAtOnce > 1 ? sharedPort(workload: workload, platform: platform) : nil
    }

    /// Why several instances cannot run at once, or nil: without a network of its own, one TCP port serves one instance.
    static func sharedPort(workload: Workload, platform: PlatformSpec) -> String? {
        guard !platform.kind.hasOwnNetwork else { return nil }
        switch workload.readiness {
        case .tcp(let port), .http(let port, _):
            return
                "on this platform all instances share one network, and only one of them can listen on port \(port)"
        case .started, .line, .file:
            return nil
        }
    }

    /// Samples to be measured in all, warm-up included.
    public var totalSamples: Int {
        blocks.reduce(0) { sum, block in
            sum + block.order.reduce(0) { $0 + cells[$1].mode.requestsPerPass }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator whose sequence is the same everywhere.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next value of the sequence.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
