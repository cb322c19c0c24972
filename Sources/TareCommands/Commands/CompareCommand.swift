import Analysis
import ArgumentParser
import BenchmarkModel

/// `tare compare BASE HEAD`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says what got worse or better between two runs, and what cannot be told.",
        discussion: """
            BASE and HEAD are runs (the name, the beginning of it, or 'latest'), files of exported runs (.json), baselines (.yaml), \
            or several runs with commas between them: A,B,C. Each figure gets a verdict: regressed, improved, equivalent or \
            inconclusive. Runs whose hosts, definitions or versions differ are refused (exit code 5) unless --despite insists.

            With --platform (or --workload) given twice, both sides are taken from the one run BASE.

            Examples: tare compare 20261126-204004 latest
                      tare compare tare-baseline.yaml latest --effect 5%
                      tare compare latest --platform runc --platform q35
            """)

    @Argument(help: "What is compared with: a run, an exported run, a baseline, or runs A,B,C.")
    var base: String

    @Argument(help: "What is compared; absent with --platform or --workload.")
    var head: String?

    @Option(
        name: .customLong("platform"),
        help: ArgumentHelp("A platform of the run; twice: the first is the base.", valueName: "platform"))
    var platforms: [String] = []

    @Option(
        name: .customLong("workload"),
        help: ArgumentHelp("A workload of the run; twice: the first is the base.", valueName: "workload"))
    var workloads: [String] = []

    @Option(help: "The change that matters to you, in percent of the base: within it figures are equivalent.")
    var effect = EffectShare(Comparison.defaultEffect)

    @Option(
        name: .customLong("metric"),
        help: ArgumentHelp(
            "Only these metrics, such as startup.median or 'startup.*'. May be given again. Default: headline metrics.",
            valueName: "pattern"))
    var metrics: [String] = []

    @Option(
        name: .customLong("cell"),
        help: ArgumentHelp(
            "Only these cells, such as 'startup/*/runc/*'. May be given again.", valueName: "pattern"))
    var cells: [String] = []

    @Flag(help: "Compare every metric, not just the headline ones. The more are judged, the less is seen of each.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Compare although the two differ in this fact, or 'unfinished run'. May be given again.", valueName: "fact")
    )
    var despite: [String] = []

    @Option(
        help: ArgumentHelp(
            "A baseline whose learnt noise of this host joins the error. Default: BASE's, where that is a baseline.",
            valueName: "baseline"), completion: .file(extensions: ["yaml", "yml"]))
    var learnt: String?

    @OptionGroup var store: StoreOptions

    @Option(help: "What is printed: text, markdown or json.")
    var format: ComparisonFormat = .text

    func validate() throws {
        for (option, names) in [("--platform", platforms), ("--workload", workloads)]
        where names.count != 0 && names.count != 2 {
            throw ValidationError("\(option) is given \(names.count) times: give it twice, the base first.")
        }
        guard platforms.isEmpty || workloads.isEmpty else {
            throw ValidationError("--platform and --workload do not go together: compare one kind at a time.")
        }
        let isWithin = !(platforms + workloads).isEmpty
        if isWithin, let head {
            throw ValidationError("both sides are taken from '\(base)': remove '\(head)'.")
        }
        if !isWithin, head == nil {
            throw ValidationError(
                "there is nothing to compare '\(base)' with: name a second run, or give --platform twice.")
        }
        if isWithin, learnt != nil {
            throw ValidationError("within one run no variance between runs is needed: remove --learnt.")
        }
        if all, !metrics.isEmpty { throw ValidationError("--all and --metric do not go together.") }
    }

    func run() throws {
        Console.output(try format.encode(try comparison()))
    }

    /// - Throws: ``TareError``, ``SuiteErrors``.
    func comparison() throws -> Comparison {
        let comparands = Comparands(store: store, despite: despite)
        let pair = platforms + workloads
        var comparison: Comparison
        if pair.count == 2 {
            guard try comparands.baseline(base) == nil else {
                throw TareError(
                    .usage, "\(base) is a baseline, and platforms are compared within a run", remedy: "Name a run.")
            }
            let found = try comparands.runs(base)
            guard found.count == 1, let run = found.first?.run else {
                throw TareError(
                    .usage, "'\(base)' names \(found.count) runs, and platforms are compared within one",
                    remedy: "Name one run.")
            }
            try checkPatterns([run])
            comparison = try Comparison(within: run, base: pair[0], head: pair[1], question: question([]))
            if let note = run.noteOnLostPairs { comparison.notes.append(note) }
        } else {
            let base = try comparands.side(base)
            let head = try comparands.side(head ?? "")
            try checkPatterns(base.runs + head.runs)
            comparison = try Comparison(base: base, head: head, question: question(try learntNoise(for: base)))
            comparison.notes = Comparands.notesOnItself(base: base, head: head) + comparison.notes
        }
        comparison.notes = comparands.notes + comparison.notes
        return comparison
    }

    private func question(_ learnt: [LearntNoise]) -> Comparison.Question {
        let (metrics, cells, all) = (metrics, cells, all)
        return Comparison.Question(
            effect: effect.share,
            isInFamily: { figure in
                (cells.isEmpty || cells.contains { Pattern.matches($0, figure.cell) })
                    && (metrics.isEmpty
                        ? all || figure.isHeadline : metrics.contains { Pattern.matches($0, figure.metric.id) })
            }, despite: despite, learnt: learnt)
    }

    /// What `--learnt` names, as far as it holds for the base.
    private func learntNoise(for base: Side) throws -> [LearntNoise] {
        guard let learnt, let run = base.runs.first else { return [] }
        let baseline = try BaselineFile.read(learnt)
        guard !baseline.learnt.isEmpty else {
            throw TareError(
                .usage, "\(learnt) holds no learnt noise", remedy: "'tare calibrate SUITE' learns it on this host.")
        }
        let selection = LearntSelection(from: baseline, for: run, despite: despite)
        guard !selection.kept.isEmpty else {
            throw TareError(
                .notComparable, "nothing that \(learnt) has learnt holds for \(base.name)",
                remedy: selection.dropped.joined(separator: " "))
        }
        for line in selection.dropped { Console.error(line) }
        return selection.kept
    }

    /// A pattern that fits nothing was meant to fit something.
    private func checkPatterns(_ runs: [ComparedRun]) throws {
        let figures = runs.flatMap(\.figures)
        let known = [
            ("metric", metrics, figures.map(\.metric.id)), ("cell", cells, runs.flatMap(\.cells) + figures.map(\.cell)),
        ]
        for (what, patterns, names) in known {
            for pattern in patterns where !names.contains(where: { Pattern.matches(pattern, $0) }) {
                let some = Set(names).sorted()
                throw TareError(
                    .usage, "no \(what) of either side fits '\(pattern.printable)'",
                    remedy: SuiteParser.suggestion(for: pattern, among: some)
                        + "There are: \(some.prefix(12).joined(separator: ", "))\(some.count > 12 ? ", ..." : "").")
            }
        }
    }
}

extension ComparedRun {
    /// What becomes of two sides whose samples alternate, where the samples are no longer at hand; nil where they are.
    var noteOnLostPairs: String? {
        guard !figures.contains(where: { $0.sample != nil }), figures.contains(where: { $0.standardError != nil })
        else {
            return nil
        }
        return
            "The run \(id) comes from a file that holds no samples by block: what a block did to both sides is part of the "
            + "error here, and less is seen than from the store."
    }
}
