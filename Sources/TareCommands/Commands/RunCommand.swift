import Analysis
import ArgumentParser
import BenchmarkModel
import Glibc
import Harness
import LinuxSystem
import Reports
import RunStore

/// `tare run [SUITE]`.
struct RunCommand: AsyncParsableCommand, Measuring {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measures a suite and writes its report.",
        discussion: """
            Without SUITE it runs its own quick suite. Every sample is stored the moment it exists: after Ctrl-C, or \
            even kill -9, 'tare report' makes a report of what was measured. Needs root.

            --ab is the sound way to test one change on a shared machine: what the machine does meanwhile it does to both \
            sides. Example: tare run suite.yaml --ab runc,crun --samples-for 10%
            """)

    @Argument(
        help: "The suite file (YAML). Default: the quick suite that is part of tare.",
        completion: .file(extensions: ["yaml", "yml"]))
    var suite: String?

    @OptionGroup var store: StoreOptions

    @Option(help: "The directory of the report. Default: reports/<run>.", completion: .directory)
    var output: String?

    @Option(help: "The seed of the order of measurement, which repeats the order of another run.")
    var seed: UInt64?

    @Flag(
        help: """
            Keep all that every instance prints, in one file each below 'output' in the directory of the report. Without it \
            the first and the last 64 KiB are kept while an instance lives; with it nothing bounds them.
            """)
    var keepOutput = false

    @Option(help: "What is printed at the end: text or json.")
    var format: OutputFormat = .text

    @Option(help: SidesOption.help)
    var ab: String?

    @OptionGroup var samples: SampleOptions

    @OptionGroup var policy: PolicyOptions

    func run() async throws {
        try samples.checkTexts()
        var (document, sides, limits) = try SuiteSource.toMeasure(suite, ab: ab, policy: policy)
        let database = try store.open()
        let plan = try await samples.plan(document, sides: sides, store: database, policy: limits)
        for line in plan.lines { Console.error(line) }
        document.suite = plan.applied(to: document.suite)
        let session = try RunSession(
            document: document, store: database,
            seed: seed ?? document.suite.seed ?? UInt64.random(in: 1...999_999),
            command: CommandLine.reproducing(
                suite: suite, seed: seed, further: SidesOption.words(sides) + plan.words),
            policy: limits, sides: sides)
        let directory = output ?? "reports/\(session.runID)"
        try ReportFiles.check(directory)
        let keeper = keepOutput ? OutputKeeper(directory: try ReportFiles.makeOutputDirectory(in: directory)) : nil
        let status = try await session.execute(keeping: keeper)
        if let keeper {
            Ownership.give(keeper.files)
            if let trouble = keeper.trouble { Console.error("tare: not all output could be kept: \(trouble)") }
        }
        let run = try session.load()
        let analysis = RunAnalysis(run: run)
        let report = Report(analysis, history: StoredHistory.headlines(of: run) { try store.open() })
        try ReportFiles.write(report, to: directory)
        switch format {
        case .text:
            Console.output(
                report.terminal(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
            Console.output("Report: \(directory)/report.html and \(directory)/report.md (run \(run.id))")
        case .json:
            Console.output(try report.json())
        }
        if status == .interrupted {
            throw TareError(
                .interrupted, "the run was interrupted; its \(run.observations.count) measurements are kept",
                remedy: "'tare report \(run.id)' makes the report again.")
        }
        try Verdicts.check(run)
    }
}

/// What makes a complete run a failure.
enum Verdicts {
    /// Throws when a cell has no single good observation: there is nothing that the run can say of it.
    static func check(_ run: Run) throws {
        let counted = Dictionary(grouping: run.observations.filter(\.counted), by: \.cell)
        for cell in run.plan.cells where cell.impossible == nil {
            let measured = counted[cell.key] ?? []
            guard !measured.contains(where: { $0.outcome == .ok }) else { continue }
            throw TareError(
                .failed, "no measurement of \(cell.key) is good",
                remedy: "See the report for all reasons; 'tare doctor' tries each platform by itself.",
                cause: measured.first?.reasons.first ?? "nothing was measured")
        }
    }
}

extension CommandLine {
    /// The command that repeats a run on the same host.
    ///
    /// - Parameter further: options with their values, each a word.
    static func reproducing(suite: String?, seed: UInt64?, further: [String] = []) -> String {
        var words = ["tare", "run"]
        if let suite { words.append(quoted(suite)) }
        words += further.map(quoted)
        if let seed { words += ["--seed", "\(seed)"] }
        return words.joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./+:@,".contains($0) }
        return plain && !word.isEmpty
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
