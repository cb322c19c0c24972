import Analysis
import BenchmarkModel
import Exports
import Yams

extension BaselineFile {
    /// Reads a baseline.
    ///
    /// - Throws: ``TareError`` where the file cannot be read, ``SuiteErrors`` with the place of everything that is wrong in it.
    static func read(_ path: String) throws -> Baseline {
        try parse(try SuiteReader.text(of: path, kind: .baseline), file: path)
    }

    /// - Throws: ``SuiteErrors``.
    static func parse(_ text: String, file: String) throws -> Baseline {
        let parser = SuiteParser(file: file, baseDirectory: "/", kind: .baseline)
        guard let root = try SuiteReader.compose(text, parser), let baseline = parser.baseline(root),
            parser.errors.isEmpty
        else { throw SuiteErrors(errors: SuiteReader.sorted(parser.errors)) }
        return baseline
    }

    static let remedy = "Restore the file from git, or remove it and write it anew with 'tare baseline update'."
}

extension SuiteParser {
    /// A baseline; what is nil has left an error.
    fileprivate func baseline(_ root: Node) -> Baseline? {
        guard isBaseline(root), let keys = mapping(root, .baseline) else { return nil }
        guard let suite = keys["suite"].flatMap({ mapping($0, .baselineSuite) }) else { return nil }
        let sources = items(keys["runs"], "runs").compactMap { source($0) }
        let (figureNodes, noiseNodes) = (entries(keys["figures"], "figures"), entries(keys["noise"], "noise"))
        var places: Set<Figure.ID> = []
        let figures = figureNodes.compactMap { node -> Figure? in
            guard let figure = figure(node) else { return nil }
            guard places.insert(figure.id).inserted else {
                fail(node, "\(printable(figure.metric.id)) of \(printable(figure.cell)) is there twice", "Remove one.")
                return nil
            }
            return figure
        }
        places = []
        let noise = noiseNodes.compactMap { node -> LearntNoise? in
            guard let noise = learnt(node) else { return nil }
            guard places.insert(noise.id).inserted else {
                fail(
                    node, "the noise of \(printable(noise.id.metric)) of \(printable(noise.id.cell)) is there twice",
                    "Remove one.")
                return nil
            }
            return noise
        }
        if let node = keys["count"], let count = mapping(node, .baselineCount) {
            check(count["figures"], "figures", figureNodes.count)
            check(count["noise"], "noise", noiseNodes.count)
        }
        if let node = keys["figures"], case .sequence(let sequence) = node, sequence.isEmpty {
            fail(node, "figures: there is none, so nothing could be judged", BaselineFile.remedy)
        }
        return Baseline(
            suite: anyText(suite["name"], "suite: name") ?? "",
            suiteDigest: anyText(suite["sha256"], "suite: sha256") ?? "",
            tareVersion: anyText(keys["tare"], "tare") ?? "", sources: sources,
            facts: HostFacts(facts: facts(keys["host"], "host")), platforms: platforms(keys["platforms"]),
            cells: entries(keys["cells"], "cells").compactMap { anyText($0, "cells") }, figures: figures, learnt: noise)
    }

    /// Whether it is a baseline of a form that is known: of a newer one nothing else need be as it is here.
    private func isBaseline(_ root: Node) -> Bool {
        var format: Node?
        if case .mapping(let mapping) = root {
            for (key, value) in mapping where key.string == "format" { format = value }
        }
        let prefix = "tare-baseline/"
        guard let format, let word = format.string, word.hasPrefix(prefix) else {
            fail(
                format ?? root, "this is no baseline: it does not say 'format: \(BaselineFile.format)'",
                "'tare baseline update --baseline FILE' writes one.")
            return false
        }
        guard word != BaselineFile.format else { return true }
        let isNewer = Int(word.dropFirst(prefix.count)).map { $0 > Baseline.format } ?? false
        fail(
            format,
            "the format is '\(printable(word))'\(isNewer ? ", made by a newer tare" : ""); this tare "
                + "\(TareVersion.current) reads '\(BaselineFile.format)'",
            isNewer ? "Use the newer tare." : BaselineFile.remedy)
        return false
    }

    private func check(_ node: Node?, _ what: String, _ found: Int) {
        guard let node, let said = integer(node, "count: \(what)", 0...Int.max), said != found else { return }
        fail(
            node,
            "the file says that it holds \(said) entries of '\(what)' and holds \(found): it was cut short, or "
                + "changed by hand", BaselineFile.remedy)
    }

    private func source(_ node: Node) -> Baseline.Source? {
        guard let keys = mapping(node, .baselineRun), let id = anyText(keys["id"], "runs: id") else { return nil }
        var startedAt: Double?
        if let node = keys["started"], let text = anyText(node, "runs: started") {
            startedAt = Timestamp.seconds(text)
            if startedAt == nil {
                fail(node, "runs: '\(printable(text))' is no moment", "Write it as 2026-01-31T09:30:00Z.")
            }
        }
        return Baseline.Source(id: id, startedAt: startedAt)
    }

    private func facts(_ node: Node?, _ what: String) -> [Fact] {
        named(node, what).compactMap { name, node in
            guard let keys = mapping(node, .baselineFact), let value = anyText(keys["value"], "\(what): value") else {
                return nil
            }
            return Fact(name, value, mustAgree: boolean(keys["must-agree"], "must-agree") ?? false)
        }
    }

    private func platforms(_ node: Node?) -> [PlatformRecord] {
        named(node, "platforms").compactMap { name, node in
            guard let keys = mapping(node, .baselinePlatform),
                let emulated = boolean(keys["emulated"], "emulated")
            else { return nil }
            return PlatformRecord(
                platform: name, details: facts(keys["details"], "details"), emulated: emulated)
        }
    }

    /// The values of a mapping of any keys.
    private func named(_ node: Node?, _ what: String) -> [(name: String, node: Node)] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            fail(node, "\(what): expected a mapping, found \(describe(node))", BaselineFile.remedy)
            return []
        }
        return mapping.compactMap { key, value in
            guard case .scalar(let scalar) = key else {
                fail(key, "\(what): a key must be a word", BaselineFile.remedy)
                return nil
            }
            return (scalar.string, value)
        }
    }

    /// A list, which may be empty.
    private func entries(_ node: Node?, _ what: String) -> [Node] {
        if case .sequence(let sequence)? = node, sequence.isEmpty { return [] }
        return items(node, what)
    }

    /// A text of any characters: what is printed of it is made harmless there.
    private func anyText(_ node: Node?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node else {
            fail(node, "\(what): expected a text, found \(describe(node))", BaselineFile.remedy)
            return nil
        }
        return scalar.string
    }

    /// A finite number.
    private func number(_ node: Node?, _ what: String) -> Double? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any,
            scalar.string.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(scalar.string),
            number.isFinite
        else {
            fail(node, "\(what): expected a finite number, found \(describe(node))", BaselineFile.remedy)
            return nil
        }
        return number
    }

    /// One of some words.
    private func word<Word: RawRepresentable>(_ node: Node?, _ what: String, _ known: [Word]) -> Word?
    where Word.RawValue == String {
        guard let node, let text = anyText(node, what) else { return nil }
        if let word = Word(rawValue: text) { return word }
        fail(
            node, "\(what): '\(printable(text))' is not known",
            "Known: \(known.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    private func figure(_ node: Node) -> Figure? {
        let before = errors.count
        guard let keys = mapping(node, .baselineFigure) else { return nil }
        // One of tare's, or that of a tool.
        let unit = anyText(keys["unit"], "unit").map { Metric.Unit(rawValue: $0) }
        let better = word(keys["better"], "better", [Metric.Polarity.lowerIsBetter, .higherIsBetter])
        let scale = word(keys["scale"], "scale", ScaleWord.allCases)
        let whole = 0...Int.max
        let counts = [integer(keys["events"], "events", whole), integer(keys["trials"], "trials", whole)].compactMap {
            $0
        }
        guard let cell = anyText(keys["cell"], "cell"), let id = anyText(keys["metric"], "metric"),
            let title = anyText(keys["title"], "title"), let unit, let better, let scale,
            let estimate = number(keys["estimate"], "estimate"),
            let definition = integer(keys["definition"], "definition", whole),
            let blocks = integer(keys["blocks"], "blocks", whole), let n = integer(keys["n"], "n", whole),
            let runs = integer(keys["runs"], "runs", whole)
        else { return nil }
        if counts.count == 1 { fail(node, "events go with trials", BaselineFile.remedy) }
        let place = CellKey(cell)
        let figure = Figure(
            metric: Metric(id, title, unit, better, definitionVersion: definition),
            scale: scale.scale(resolution: number(keys["resolution"], "resolution")),
            isHeadline: boolean(keys["headline"], "headline") ?? false, cell: cell,
            workload: anyText(keys["workload"], "workload") ?? place.workload,
            platform: anyText(keys["platform"], "platform") ?? place.platform, estimate: estimate,
            standardError: number(keys["error"], "error"), degreesOfFreedom: number(keys["freedom"], "freedom") ?? 1,
            blocks: blocks, n: n, runs: runs,
            counts: counts.count == 2 ? Figure.Counts(events: counts[0], trials: counts[1]) : nil,
            isLowerBound: boolean(keys["at-least"], "at-least") ?? false,
            caveats: entries(keys["caveats"], "caveats").compactMap { anyText($0, "caveats") },
            refusal: anyText(keys["refusal"], "refusal"))
        if let fault = figure.fault {
            fail(keys[fault.key] ?? node, "\(fault.key): \(fault.words)", BaselineFile.remedy)
        }
        return errors.count == before ? figure.sayingRefusal : nil
    }

    private func learnt(_ node: Node) -> LearntNoise? {
        let before = errors.count
        guard let keys = mapping(node, .baselineNoise) else { return nil }
        func variance(_ name: String) -> Double? {
            guard let node = keys[name], let value = number(node, name) else { return nil }
            if value < 0 { fail(node, "\(name): \(value) is no variance: that is 0 or more", BaselineFile.remedy) }
            return value
        }
        func positive(_ name: String) -> Double? {
            guard let node = keys[name], let value = number(node, name) else { return nil }
            if value <= 0 { fail(node, "\(name): \(value) is not above 0", BaselineFile.remedy) }
            if value > Double(Figure.most) {
                fail(node, "\(name): \(value) is more than the \(Figure.most) that can be", BaselineFile.remedy)
            }
            return value
        }
        guard let cell = anyText(keys["cell"], "cell"), let metric = anyText(keys["metric"], "metric"),
            let runs = integer(keys["runs"], "runs", 2...Figure.most), let total = variance("total"),
            let error = variance("error"), let freedom = positive("freedom"), let blocks = positive("blocks")
        else { return nil }
        let noise = LearntNoise(
            id: Figure.ID(cell: cell, metric: metric), runs: runs, totalVariance: total, errorVariance: error,
            errorDegreesOfFreedom: freedom, blocks: blocks, pairedVariancePerBlock: variance("paired"),
            withinBlocks: variance("within"), betweenBlocks: variance("between"))
        return errors.count == before ? noise : nil
    }
}
