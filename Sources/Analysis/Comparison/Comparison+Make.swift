package import BenchmarkModel
import Statistics

extension Comparison {
    /// Sets runs against each other that were made one after the other.
    ///
    /// - Throws: ``TareError`` with code `notComparable` that names every fact on which they differ and must not, unless the question
    ///   insists on it.
    package init(base: Side, head: Side, question: Question = Question()) throws {
        let insisted = try Comparison.checked(base, head, despite: question.despite)
        let isMany = base.runs.count >= Comparison.manyRuns && head.runs.count >= Comparison.manyRuns
        let learnt = (question.learnt + base.learnt + head.learnt).byID
        let before = SideFigures(base)
        let after = SideFigures(head)
        let otherHost = Comparison.areOfOtherHosts(base, head)
        let ids = (before.ids + after.ids.filter { before.figures[$0] == nil })
            .filter { id in [before, after].contains { $0.combined(id).map(question.isInFamily) ?? false } }
        let drafts = ids.map { id in
            var draft = Draft(base: before.combined(id), head: after.combined(id))
            if let one = draft.base, let other = draft.head {
                let sides = [before.judged(id), after.judged(id)]
                draft.contrast =
                    isMany && sides.allSatisfy { $0.count >= Comparison.manyRuns }
                    ? .manyRuns(sides[0], sides[1]) : .separate(one, other, learnt: learnt[id])
            }
            if otherHost { draft.caveats.append(Caveat.otherHost.word) }
            draft.absence = Comparison.absence(of: id, from: draft.base == nil ? base : head)
            return draft
        }
        let rows = Judge(question).rows(of: drafts)
        self.init(
            base: base, head: head, design: isMany ? .manyRuns : .separate, effect: question.effect,
            rows: rows, familySize: rows.count { $0.pValue != nil }, insisted: insisted,
            notes: Comparison.notes(base, head, otherHost: otherHost))
    }

    /// Sets two platforms, or two workloads, of one run against each other: their samples alternate within each block.
    ///
    /// - Throws: ``TareError`` with code `usage` where the run does not have both.
    package init(
        within run: ComparedRun, base: String, head: String, question: Question = Question(),
        resamples: Int = Bootstrap.defaultResamples
    ) throws {
        let pairs = try run.pairs(base, head)
        let drafts = pairs.filter { pair in [pair.base, pair.head].contains { $0.map(question.isInFamily) ?? false } }
            .map { pair in
                var draft = Draft(base: pair.base, head: pair.head)
                draft.platform = "\(base) -> \(head)"
                draft.label = pair.label
                if let one = pair.base, let other = pair.head {
                    var random = SplitMix64(seed: 0, name: "\(one.cell)/\(other.cell)/\(one.metric.id)")
                    draft.contrast = .interleaved(one, other, resamples: resamples, using: &random)
                }
                return draft
            }
        let rows = Judge(question).rows(of: drafts)
        self.init(
            base: Side(name: "\(base) in \(run.id)", runs: [run]),
            head: Side(name: "\(head) in \(run.id)", runs: [run]),
            design: .interleaved, effect: question.effect, rows: rows,
            familySize: rows.count { $0.pValue != nil })
    }

    /// Why a side does not have a figure.
    private static func absence(of id: Figure.ID, from side: Side) -> String {
        let isPlanned = side.runs.contains { $0.cells.contains(id.cell) }
        return isPlanned
            ? "\(side.name) measured the cell, and no measurement gave the figure"
            : "\(side.name) does not have the cell"
    }

    /// The differences that are insisted on.
    private static func checked(
        _ base: Side, _ head: Side, despite: [String]
    ) throws -> [Comparability.Difference] {
        var found: [Comparability.Difference] = []
        for run in base.runs {
            for other in head.runs {
                for difference in Comparability.differences(run, other) where !found.contains(difference) {
                    found.append(difference)
                }
            }
        }
        let allowed = Set(despite.map { $0.lowercased() })
        let refused = found.filter { !allowed.contains($0.name.lowercased()) }
        guard refused.isEmpty else {
            let names = refused.map { "--despite '\($0.name)'" }.uniqued().joined(separator: " ")
            throw TareError(
                .notComparable,
                "\(base.name) and \(head.name) are not comparable; they differ in "
                    + refused.map(\.words).joined(separator: "; "),
                remedy:
                    "Compare runs that agree in this, or insist with \(names): the output will say that you did.")
        }
        return found
    }

    /// Whether facts agree and yet the machines are known to be two.
    private static func areOfOtherHosts(_ base: Side, _ head: Side) -> Bool {
        let machines = Set((base.runs + head.runs).compactMap { $0.facts[HostFacts.machine] })
        return machines.count > 1
    }

    private static func notes(_ base: Side, _ head: Side, otherHost: Bool) -> [String] {
        var notes: [String] = []
        let digests = Set((base.runs + head.runs).map(\.suiteDigest).filter { !$0.isEmpty })
        if digests.count > 1 {
            notes.append(
                "The suite file is not the same on both sides: what a name stands for may have changed with it.")
        }
        if otherHost {
            notes.append("The two sides are of different machines whose facts agree.")
        }
        return notes
    }
}

extension HostFacts {
    /// The name of the fact by which machines are told apart.
    package static let machine = "machine"
}

/// The figures of a side by what they are.
private struct SideFigures {
    /// In the order of the first run that has them.
    var ids: [Figure.ID] = []
    var figures: [Figure.ID: [(run: String, figure: Figure)]] = [:]

    init(_ side: Side) {
        for run in side.runs {
            for figure in run.figures {
                if figures[figure.id] == nil { ids.append(figure.id) }
                figures[figure.id, default: []].append((run.id, figure))
            }
        }
    }

    /// Those on which a verdict can rest.
    func judged(_ id: Figure.ID) -> [Figure] {
        (figures[id] ?? []).map(\.figure).filter { $0.refusal == nil }
    }

    func combined(_ id: Figure.ID) -> Figure? { Figure.combined(figures[id] ?? []) }
}

extension ComparedRun {
    /// A figure of one platform or workload beside that of another; nil on the side that does not have it.
    fileprivate struct Pair {
        var base: Figure?
        var head: Figure?
        var label: String
    }

    /// All pairs of two platforms, or of two workloads.
    ///
    /// - Throws: ``TareError`` with code `usage` where there are not both.
    fileprivate func pairs(_ base: String, _ head: String) throws -> [Pair] {
        guard base != head, let kind = kind(of: [base, head]) else {
            let names = [figures.map(\.platform).uniqued(), figures.map(\.workload).uniqued()].map(\.enumeration)
            throw TareError(
                .usage, "the run \(id) does not have both '\(base)' and '\(head)' as two platforms or two workloads",
                remedy: "Its platforms are \(names[0]); its workloads are \(names[1]).")
        }
        func key(_ figure: Figure) -> String {
            var key = CellKey(figure.cell)
            key[kind] = "\(base) -> \(head)"
            return key.text
        }
        let after = figures.filter { $0.name(kind) == head }
        var heads = Dictionary(
            after.map { ("\(key($0)) \($0.metric.id)", $0) }, uniquingKeysWith: { first, _ in first })
        var pairs = figures.filter { $0.name(kind) == base }.map { figure in
            Pair(
                base: figure, head: heads.removeValue(forKey: "\(key(figure)) \(figure.metric.id)"),
                label: Draft.label(ofCell: key(figure)))
        }
        pairs += after.filter { heads["\(key($0)) \($0.metric.id)"] != nil }
            .map { Pair(base: nil, head: $0, label: Draft.label(ofCell: key($0))) }
        return pairs
    }
}
