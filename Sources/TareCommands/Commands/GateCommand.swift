import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import LinuxSystem
import Reports

/// `tare gate`.
struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Lets a pipeline go on, or stops it: judges a run against a baseline, under a policy.",
        discussion: """
            Fails only where something really got worse: exit code 3 for a regression, 4 where something is inconclusive and the \
            policy counts that, 5 where there is nothing comparable to judge by, 0 else. A run of 'tare run --ab A,B' needs no \
            baseline: its two sides are judged against each other.

            In GitHub Actions and Azure Pipelines annotations are printed, and a summary is added to $GITHUB_STEP_SUMMARY.

            Examples: tare gate --baseline tare-baseline.yaml --policy gate.yaml --junit gate.xml
                      tare gate --run latest
            """)

    @Option(
        help: "The baseline, as 'tare baseline update' wrote it. Not needed for an A/B run.",
        completion: .file(extensions: ["yaml", "yml"]))
    var baseline: String?

    @Option(
        help: "The gate policy (YAML): what is judged, which change counts, bounds. Default: headline metrics, 10%.",
        completion: .file(extensions: ["yaml", "yml"]))
    var policy: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "What is judged: a run (name, beginning of it, or 'latest'), an exported run, or runs A,B,C.",
            valueName: "run"))
    var name = "latest"

    @OptionGroup var store: StoreOptions

    @Option(
        help: ArgumentHelp(
            "Judge although the two differ in this fact, or 'unfinished run'. May be given again.", valueName: "fact"))
    var despite: [String] = []

    @Option(help: "What is printed: text, markdown or json.")
    var format: ComparisonFormat = .text

    @Option(help: "A file to write as JUnit XML.", completion: .file())
    var junit: String?

    @Option(help: "A file to write as Markdown.", completion: .file())
    var markdown: String?

    @Option(help: "A file to write as JSON.", completion: .file())
    var json: String?

    @Option(help: "A file to write as GitLab's metrics report (OpenMetrics).", completion: .file())
    var gitlabMetrics: String?

    @Option(help: "Annotations on standard output: auto (for the runner that this is), github, azure or none.")
    var annotations: AnnotationForm = .auto

    @Flag(help: "Print the JSON Schema of policies, with which editors complete them, and judge nothing.")
    var schema = false

    /// The files that are to be written.
    var files: [GateFile] {
        [
            junit.map {
                GateFile(option: "--junit", path: $0, encode: JUnitExport.encode) { $0.junit() }
            },
            markdown.map {
                GateFile(option: "--markdown", path: $0, encode: { GateReport($0).markdown() }) { $0.markdown() }
            },
            json.map { GateFile(option: "--json", path: $0, encode: GateJSON.encode) { try $0.json() } },
            gitlabMetrics.map {
                GateFile(option: "--gitlab-metrics", path: $0, encode: GitLabMetrics.encode) { $0.gitLabMetrics() }
            },
        ].compactMap { $0 }
    }

    /// The files that are read.
    private var inputs: [(option: String, path: String)] {
        let named = [("--baseline", baseline), ("--policy", policy), ("--db", store.database)]
        let runs = [name] + name.split(separator: ",").map(String.init)
        return named.compactMap { option, path in path.map { (option, $0) } }
            + runs.filter(HostFiles.exists).map { ("--run", $0) }
    }

    func validate() throws {
        let files = files
        for (index, file) in files.enumerated() {
            let place = GateFile.resolved(file.path)
            if let (option, _) = inputs.first(where: { GateFile.resolved($0.path) == place }) {
                throw ValidationError(
                    "\(file.option) names the file of \(option), which is read and would be replaced: give it its own.")
            }
            guard let other = files[(index + 1)...].first(where: { GateFile.resolved($0.path) == place }) else {
                continue
            }
            throw ValidationError("\(file.option) and \(other.option) name the same file: give each its own.")
        }
        if format != .text, annotations == .github || annotations == .azure {
            throw ValidationError(
                "--annotations \(annotations.rawValue) would stand amid the \(format.rawValue): print text, or write the "
                    + "\(format.rawValue) to a file with --\(format.rawValue).")
        }
    }

    func run() throws {
        if schema { return Console.output(GatePolicyFile.schema()) }
        let result: GateResult
        do {
            result = try judge()
        } catch {
            tell(error, environment: Directories.environment)
            throw error
        }
        let code = finish(result, environment: Directories.environment)
        if code != 0 { throw ExitCode(code) }
    }

    /// Where nothing was judged: says so in all forms where the two are not comparable, and of any other error that the files are
    /// not of this run. What an earlier one left in their places must not pass for what this one says.
    func tell(_ error: any Error, environment: (String) -> String?) {
        guard let error = error as? TareError, error.code == .notComparable else {
            let names = files.map(\.path)
            guard !names.isEmpty else { return }
            Console.error("tare: nothing was judged, and not written: \(names.joined(separator: ", "))")
            return
        }
        let refused = RefusedGate(error)
        var failures: [TareError] = []
        do {
            if let text = try format.encode(refused) { Console.output(text) }
        } catch {
            failures.append(TareError(.failed, "the result cannot be printed", cause: "\(error)"))
        }
        if format == .text { Console.annotations(annotations.encode(refused, environment: environment)) }
        failures += files.compactMap { $0.write(refused) }
        for failure in failures { Console.error("tare: \(failure.description)") }
        if let warning = StepSummary.append(refused, environment: environment) { Console.error(warning) }
    }

    /// The verdicts.
    ///
    /// - Throws: ``TareError``, ``SuiteErrors``.
    func judge() throws -> GateResult {
        let document = try policy.map(GatePolicyFile.read) ?? .standard
        if policy == nil { Console.error(GatePolicyDocument.standardSentence) }
        let comparands = Comparands(store: store, despite: despite)
        guard let baseline else { return try judgeSides(document, comparands) }
        let base = try BaselineFile.read(baseline).side(named: baseline)
        guard try comparands.baseline(name) == nil else {
            throw TareError(.usage, "\(name) is a baseline, and runs are judged", remedy: "Name a run with --run.")
        }
        let head = try comparands.side(name)
        var result = try judged(base.runs + head.runs, document) {
            try GateResult(of: head, against: base, policy: document.policy, despite: despite)
        }
        result.comparison.notes =
            comparands.notes + Comparands.notesOnItself(base: base, head: head) + result.comparison.notes
        return result
    }

    /// The two sides of an A/B run.
    private func judgeSides(_ document: GatePolicyDocument, _ comparands: Comparands) throws -> GateResult {
        let found = try comparands.runs(name)
        guard found.count == 1, let run = found.first?.run, !run.sides.isEmpty else {
            throw TareError(
                .usage,
                "there is nothing to judge \(found.map(\.name).joined(separator: ", ")) against: no baseline is given, and it "
                    + "is no A/B run",
                remedy:
                    "Give --baseline FILE ('tare baseline update' writes one), or measure with 'tare run SUITE --ab A,B'."
            )
        }
        var result = try judged([run], document) {
            try GateResult(interleaved: run, policy: document.policy, despite: despite)
        }
        if let note = run.noteOnLostPairs { result.comparison.notes.append(note) }
        result.comparison.notes = comparands.notes + result.comparison.notes
        return result
    }

    /// Tells what a policy asks and nobody has with its place in the file, but only of what is comparable at all.
    private func judged(
        _ runs: [ComparedRun], _ document: GatePolicyDocument, _ judge: () throws -> GateResult
    ) throws -> GateResult {
        let result: GateResult
        do {
            result = try judge()
        } catch let error as TareError where error.concerns != nil {
            try document.check(runs)
            throw error
        }
        try document.check(runs)
        return result
    }

    /// Prints and writes what the gate says.
    ///
    /// - Returns: the exit code. What could not be written fails a gate that would pass, and changes no other verdict.
    func finish(_ result: GateResult, environment: (String) -> String?) -> Int32 {
        var failures: [TareError] = []
        do {
            Console.output(try format.encode(result))
        } catch {
            failures.append(TareError(.failed, "the result cannot be printed", cause: "\(error)"))
        }
        if format == .text {
            let annotations = annotations.encode(result, environment: environment)
            if !annotations.isEmpty { Console.annotations(annotations) }
        }
        failures += files.compactMap { $0.write(result) }
        for failure in failures { Console.error("tare: \(failure.description)") }
        if let warning = StepSummary.append(result, environment: environment) { Console.error(warning) }
        if format == .text { Console.sentences(result.sentence) }
        let code = result.outcome.exitCode
        return code == 0 && !failures.isEmpty ? 1 : code
    }
}
