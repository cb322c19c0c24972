import BenchmarkModel
import LinuxSystem
import Yams

/// What a suite says of commands that run to their end.
extension SuiteParser {
    func task(_ node: Node, _ known: Known) -> TaskExperiment? {
        guard let keys = mapping(node, .task) else { return nil }
        var experiment = TaskExperiment()
        experiment.samples = integer(keys["samples"], "samples", 1...100_000) ?? experiment.samples
        experiment.warmupBlocks = integer(keys["warm-up"], "warm-up", 0...100) ?? experiment.warmupBlocks
        experiment.workloads = selection(keys["workloads"], "workloads", known.workloads)
        experiment.platforms = selection(keys["platforms"], "platforms", known.platforms)
        for (item, name) in zip(keys["workloads"]?.sequence.map(Array.init) ?? [], experiment.workloads ?? [])
        where known.workloads.contains(name) && !known.completed.contains(name) {
            fail(
                item, "workloads: '\(printable(name))' is no task: it need not end",
                "Give it 'ready: completed', or take it out of this list.")
        }
        // One that could not be read may be the task.
        if known.completed.isEmpty, experiment.workloads == nil, errors.isEmpty {
            fail(
                node, "task: the suite has no workload that ends",
                "Give one 'ready: completed', or remove the experiment.")
        }
        return experiment
    }

    /// - Parameter isCompleted: whether the workload is ready when its command has ended.
    func figures(_ node: Node?, isCompleted: Bool) -> [FigureSpec] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            fail(
                node, "figures: expected a mapping, found \(describe(node))",
                "Write one 'NAME: {match: REGEX, unit: TEXT, better: higher}' a line.")
            return []
        }
        if mapping.isEmpty { fail(node, "figures: there is none", "Give a name and its place, or remove the key.") }
        if !isCompleted {
            fail(
                node, "figures: they are read when the command has ended, which this one need not do",
                "Give the workload 'ready: completed'.")
        }
        if mapping.count > FigureSpec.most {
            fail(
                node, "figures: \(mapping.count) are more than the \(FigureSpec.most) that a workload may have",
                "Take some out.")
        }
        return mapping.compactMap { key, value in figure(key, value) }
    }

    private func figure(_ key: Node, _ node: Node) -> FigureSpec? {
        guard let name = name(key, "figures") else { return nil }
        guard let keys = mapping(node, .figure) else { return nil }
        guard (keys["match"] == nil) != (keys["json"] == nil) else {
            fail(
                node, "figures: \(name): expected one of 'match' and 'json'",
                "Say where the number stands: {match: REGEX} in a line of text, or {json: PATH}.")
            return nil
        }
        let place = keys["match"].map { match($0, name) } ?? json(keys["json"], name)
        let source = keys["in"].map { file($0, name) } ?? .output
        guard let unit = unit(keys["unit"], name), let better = better(keys["better"], name), let place, let source
        else { return nil }
        return FigureSpec(name: name, source: source, place: place, unit: unit, polarity: better)
    }

    private func match(_ node: Node, _ name: String) -> FigureSpec.Place? {
        guard let pattern = text(node, "figures: \(name): match") else { return nil }
        if let problem = RegularExpressions.problem(in: pattern) {
            fail(
                node,
                "figures: \(name): match: '\(printable(pattern))' is no POSIX extended regular expression: \(problem)",
                "Mend it; 'grep -E' takes the same.")
            return nil
        }
        let groups = RegularExpressions.groups(in: pattern)
        guard groups == 1 else {
            fail(
                node,
                "figures: \(name): match: '\(printable(pattern))' has \(groups == 0 ? "no group" : "\(groups) groups")",
                "Put ( ) around the number, and around nothing else.")
            return nil
        }
        return .match(pattern)
    }

    private func json(_ node: Node?, _ name: String) -> FigureSpec.Place? {
        guard let node, let path = text(node, "figures: \(name): json") else { return nil }
        if let problem = JSONPath.problem(in: path) {
            fail(
                node, "figures: \(name): json: '\(printable(path))' is no path to one value: \(problem)",
                "Write one such as $.jobs[0].read.iops or $['a name'][-1] (RFC 9535, singular queries).")
            return nil
        }
        guard JSONPath(path)?.steps.isEmpty == false else {
            fail(
                node, "figures: \(name): json: '\(printable(path))' is the whole document, which is no number",
                "Write the path to a number in it, such as $.jobs[0].read.iops.")
            return nil
        }
        return .json(path)
    }

    private func file(_ node: Node, _ name: String) -> FigureSpec.Source? {
        guard let path = absolutePath(node, "figures: \(name): in") else { return nil }
        guard !path.pathParts.isEmpty, !path.hasSuffix("/") else {
            fail(node, "figures: \(name): in: '\(printable(path))' is a folder", "Name the file that holds the figure.")
            return nil
        }
        return .file(path)
    }

    private func unit(_ node: Node?, _ name: String) -> String? {
        guard let node, let unit = text(node, "figures: \(name): unit") else { return nil }
        guard FigureSpec.isUnit(unit) else {
            fail(
                node, "figures: \(name): unit: '\(printable(unit))' is no unit",
                "A unit is \(FigureSpec.unitRule), such as events/s.")
            return nil
        }
        // tare shows its own units scaled, and those of a tool as they were printed.
        guard !Metric.Unit.known.contains(Metric.Unit(rawValue: unit)) else {
            fail(
                node, "figures: \(name): unit: '\(unit)' is one that tare itself counts in, and would be scaled",
                "Write what the tool prints, such as B, ns, %, or times.")
            return nil
        }
        return unit
    }

    private func better(_ node: Node?, _ name: String) -> Metric.Polarity? {
        guard let node, let word = text(node, "figures: \(name): better") else { return nil }
        guard let polarity = Metric.Polarity(rawValue: word) else {
            fail(
                node, "figures: \(name): better: '\(printable(word))' is unknown",
                "Write lower (as of times) or higher (as of rates).")
            return nil
        }
        return polarity
    }
}
