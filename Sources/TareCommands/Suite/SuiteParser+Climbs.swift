import BenchmarkModel
import Yams

/// The experiments whose measurement is a climb: footprint and density.
extension SuiteParser {
    /// Names of the suite's workloads and platforms, against which a selection is checked.
    struct Known {
        var workloads: [String]
        var platforms: [String]
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
        experiment.memoryPressurePercent =
            percent(keys["memory-pressure"], "memory-pressure") ?? experiment.memoryPressurePercent
        experiment.cpuPressurePercent = percent(keys["cpu-pressure"], "cpu-pressure")
        experiment.workloads = selection(keys["workloads"], "workloads", known.workloads)
        experiment.platforms = selection(keys["platforms"], "platforms", known.platforms)
        return experiment
    }

    /// The parts of a `namespaces` platform; nil for all.
    func isolation(_ node: Node) -> PlatformKind? {
        guard let keys = mapping(node, .namespaces) else { return nil }
        guard let list = keys["parts"] else { return .namespaces }
        guard case .sequence(let sequence) = list else {
            fail(
                list, "parts: expected a list, found \(describe(list))",
                "Write it as a list: [mount, pid], or [] for none.")
            return nil
        }
        var parts: [IsolationPart] = []
        for item in sequence {
            guard let word = text(item, "parts") else { continue }
            guard let part = IsolationPart(rawValue: word) else {
                fail(item, "parts: '\(printable(word))' is unknown", "Write mount, pid, net, uts, ipc or cgroup.")
                continue
            }
            if parts.contains(part) { fail(item, "parts: '\(word)' is given twice", "Remove one of them.") }
            parts.append(part)
        }
        return .isolation(parts)
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

    func bytes(_ node: Node?, _ what: String) -> UInt64? {
        let units: [(String, Double)] = [("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
        guard let node, let bytes = quantity(node, what, units: units) else { return nil }
        guard (16_777_216...17_592_186_044_416).contains(bytes) else {
            fail(
                node, "\(what) of \(printable(node.string ?? "")) is out of range",
                "Write 16MiB or more, 16384GiB at the most.")
            return nil
        }
        return UInt64(bytes)
    }

    func seconds(_ node: Node?, _ what: String, _ range: ClosedRange<Double>) -> Double? {
        guard let node, let seconds = quantity(node, what, units: [("ms", 0.001), ("s", 1), ("min", 60)]) else {
            return nil
        }
        guard range.contains(seconds) else {
            fail(
                node, "\(what) of \(printable(node.string ?? "")) is out of range",
                "Write one from \(range.lowerBound)s to \(range.upperBound)s.")
            return nil
        }
        return seconds
    }

    private func percent(_ node: Node?, _ what: String) -> Double? {
        guard let node, let percent = quantity(node, what, units: [("%", 1)]) else { return nil }
        guard (0...100).contains(percent) else {
            fail(node, "\(what) of \(printable(node.string ?? "")) is out of range", "Write one from 0% to 100%.")
            return nil
        }
        return percent
    }
}
