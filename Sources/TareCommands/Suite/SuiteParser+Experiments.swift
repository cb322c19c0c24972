import BenchmarkModel
import Yams

/// What a suite says of the experiments.
extension SuiteParser {
    /// Names of the suite's workloads and platforms, against which a selection is checked.
    struct Known {
        var workloads: [String]
        var platforms: [String]
        /// The workloads whose commands end.
        var completed: Set<String> = []
    }

    func startup(_ node: Node, _ known: Known) -> StartupExperiment? {
        guard let keys = mapping(node, .startup) else { return nil }
        var experiment = StartupExperiment()
        experiment.samples = integer(keys["samples"], "samples", 1...100_000) ?? experiment.samples
        experiment.warmupBlocks = integer(keys["warm-up"], "warm-up", 0...100) ?? experiment.warmupBlocks
        experiment.echoes = integer(keys["echoes"], "echoes", 1...100_000) ?? experiment.echoes
        experiment.workloads = selection(keys["workloads"], "workloads", known.workloads)
        experiment.platforms = selection(keys["platforms"], "platforms", known.platforms)
        if keys["modes"] != nil {
            experiment.modes = []
            for item in items(keys["modes"], "modes") {
                guard let mode = mode(item) else { continue }
                if experiment.modes.contains(mode) {
                    fail(item, "modes: \(mode.key) is given twice", "Remove one of them.")
                }
                experiment.modes.append(mode)
            }
        }
        return experiment
    }

    private func mode(_ node: Node) -> StartupMode? {
        if case .scalar(let scalar) = node {
            if scalar.string == "warm" { return .warm }
            if scalar.string == "cold" { return .cold }
            fail(
                node, "modes: '\(printable(scalar.string))' is no mode",
                "Write warm, cold, {concurrent: K} or {occupied: N}.")
            return nil
        }
        guard let keys = mapping(node, .mode) else { return nil }
        if let count = keys["concurrent"] { return integer(count, "concurrent", 2...1_000).map { .concurrent($0) } }
        return integer(keys["occupied"], "occupied", 1...10_000).map { .occupied($0) }
    }

    func footprint(_ node: Node, _ known: Known) -> FootprintExperiment? {
        guard let keys = mapping(node, .footprint) else { return nil }
        var experiment = FootprintExperiment()
        experiment.ladders =
            integer(keys["ladders"], "ladders", FootprintExperiment.fewestLadders...100) ?? experiment.ladders
        experiment.cap = integer(keys["cap"], "cap", 4...100_000) ?? experiment.cap
        experiment.holdSeconds = seconds(keys["hold"], "footprint: hold", 0.1...3_600) ?? experiment.holdSeconds
        experiment.workloads = selection(keys["workloads"], "workloads", known.workloads)
        experiment.platforms = selection(keys["platforms"], "platforms", known.platforms)
        return experiment
    }

    func density(_ node: Node, _ known: Known) -> DensityExperiment? {
        guard let keys = mapping(node, .density) else { return nil }
        guard let budget = bytes(keys["budget"], "density: budget") else { return nil }
        var experiment = DensityExperiment(budgetBytes: budget)
        experiment.reserveBytes = bytes(keys["reserve"], "density: reserve") ?? experiment.reserveBytes
        experiment.ceiling = integer(keys["ceiling"], "ceiling", 1...100_000) ?? experiment.ceiling
        experiment.holdSeconds = seconds(keys["hold"], "density: hold", 0.1...3_600) ?? experiment.holdSeconds
        experiment.ramps = integer(keys["ramps"], "ramps", 1...100) ?? experiment.ramps
        experiment.parallel = integer(keys["parallel"], "parallel", 1...256)
        experiment.startupP95LimitSeconds = seconds(keys["startup-p95"], "startup-p95", 0.001...86_400)
        experiment.memoryPressurePercent = percent(keys["memory-pressure"], "memory-pressure")
        experiment.cpuPressurePercent = percent(keys["cpu-pressure"], "cpu-pressure")
        experiment.workloads = selection(keys["workloads"], "workloads", known.workloads)
        experiment.platforms = selection(keys["platforms"], "platforms", known.platforms)
        return experiment
    }

    /// The most that a suite may ask to be measured. The order of all is drawn before the first and kept with the run.
    static let mostMeasurements = 1_000_000

    /// Refuses a suite whose cells and samples, each within its bounds, come to more than can be measured together.
    func refuseTooMuch(_ suite: Suite, _ node: Node) {
        func cells(_ workloads: [String]?, _ platforms: [String]?) -> Int {
            (workloads?.count ?? suite.workloads.count) * (platforms?.count ?? suite.platforms.count)
        }
        var planned = 0
        if let startup = suite.startup {
            // A pass is measured whole, and so is one of a warm-up.
            let each = startup.modes.reduce(0) { sum, mode in
                let requests = mode.requestsPerPass
                return sum + startup.samples + requests - 1 + startup.warmupBlocks * requests
            }
            planned += cells(startup.workloads, startup.platforms) * each
        }
        if let task = suite.task {
            // Those that do not end have no cell of it.
            let ending = suite.workloads.filter { $0.readiness == .completed }.map(\.name)
            planned += cells(task.workloads ?? ending, task.platforms) * (task.samples + task.warmupBlocks)
        }
        if let footprint = suite.footprint {
            planned += cells(footprint.workloads, footprint.platforms) * footprint.ladders
        }
        if let density = suite.density { planned += cells(density.workloads, density.platforms) * density.ramps }
        guard planned > SuiteParser.mostMeasurements else { return }
        fail(
            node,
            "experiments: \(planned) measurements are more than the \(SuiteParser.mostMeasurements) that a suite may ask for",
            "Ask for fewer samples, or for fewer workloads and platforms in an experiment.")
    }

    /// Names out of those that the suite has.
    func selection(_ node: Node?, _ what: String, _ known: [String]) -> [String]? {
        guard let node else { return nil }
        var names: [String] = []
        var seen: Set<String> = []
        let all = Set(known)
        for item in items(node, what) {
            guard let name = text(item, what) else { continue }
            if !all.contains(name) {
                let some = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", ..." : "")
                fail(
                    item, "\(what): the suite has no '\(printable(name))'",
                    known.isEmpty ? "It has none that is right." : "It has: \(some).")
            }
            if !seen.insert(name).inserted {
                fail(item, "\(what): '\(printable(name))' is given twice", "Remove one of them.")
            }
            names.append(name)
        }
        return names
    }
}
