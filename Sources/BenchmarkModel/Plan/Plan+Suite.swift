extension Plan {
    /// Draws the plan of a suite: the same suite and seed give the same plan on every machine.
    package init(suite: Suite, seed: UInt64) {
        var cells: [Cell] = []
        var stages: [Stage] = []
        var random = SplitMix64(seed: seed)
        var next = 0
        for experiment in suite.experiments {
            let planned = suite.workloads.filter { experiment.workloads?.contains($0.name) ?? true }.flatMap {
                workload in
                suite.platforms.filter { experiment.platforms?.contains($0.name) ?? true }.flatMap { platform in
                    experiment.cells(workload, platform)
                }
            }
            let first = cells.count
            cells += planned.map(\.cell)
            for stage in Set(planned.map(\.stage)).sorted() {
                let members = planned.indices.filter { planned[$0].stage == stage && planned[$0].passes > 0 }
                guard let most = members.map({ planned[$0].passes }).max() else { continue }
                let blocks = (0..<(experiment.warmupBlocks + most)).map { number -> Block in
                    let counted = number >= experiment.warmupBlocks
                    var order = members.filter { !counted || number - experiment.warmupBlocks < planned[$0].passes }
                    order.shuffle(using: &random)
                    return Block(index: next + number, counted: counted, order: order.map { first + $0 })
                }
                next += blocks.count
                stages.append(Stage(experiment: experiment.name, blocks: blocks))
            }
        }
        self.init(seed: seed, cells: cells, stages: stages)
    }

    /// Why several instances cannot run at once, or nil: without a network of its own, one TCP port serves one instance.
    static func sharedPort(_ workload: Workload, _ platform: PlatformSpec) -> String? {
        guard !platform.traits.hasOwnNetwork else { return nil }
        switch workload.readiness {
        case .tcp(let port), .http(let port, _):
            return
                "on this platform all instances share one network, and only one of them can listen on port \(port)"
        case .started, .line, .file:
            return nil
        }
    }
}
