import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import Glibc
import Reports
import RunStore

/// `tare history METRIC`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows a metric over all comparable runs, and the runs in which it changed.",
        discussion: """
            A line for each cell, the oldest run first. Change points are marked with the first run after each, for the worse and \
            for the better. Runs of other facts or definitions, and figures that cannot be relied on, are left out and counted.

            Examples: tare history startup.median
                      tare history 'startup.*' --cell '*/runc/*' --format csv --output history.csv
            """)

    @Argument(
        help: ArgumentHelp(
            "The metric: an id such as startup.median, or a pattern with * such as 'startup.*'.", valueName: "metric"))
    var metric: String

    @OptionGroup var store: StoreOptions

    @Option(help: "Which cells: a key such as startup/nginx/runc/warm, or a pattern with *. Default: all.")
    var cell = "*"

    @Option(help: "The suite's name. Default: that of the run that --like names.")
    var suite: String?

    @Option(help: "The run that the others must be comparable with. Default: the latest complete one.")
    var like = "latest"

    @Option(help: "How many runs of the suite are looked at, the newest. Default: all.")
    var last: Int?

    @Option(help: "What is printed: text, markdown, csv or json.")
    var format: HistoryFormat = .text

    @Option(help: "The file to write. Default: standard output.", completion: .file())
    var output: String?

    func validate() throws {
        if let last, last < 1 { throw ValidationError("--last \(last) leaves no run: write a number from 1 on.") }
    }

    func run() throws {
        let database = try store.openExisting()
        let summaries = try database.runs()
        let reference = try HistoryOptions.reference(like, suite: suite, among: summaries, in: database)
        let same = summaries.filter { $0.suite == reference.suite.name }
        let runs = StoredHistory.runs(Array(same.prefix(last ?? same.count)), in: database)
        let histories = try HistoryOptions.histories(
            metric: metric, cell: cell, of: runs, like: StoredHistory.compared(reference))
        let report = HistoryReport(histories, suite: reference.suite.name)
        let text: String
        switch format {
        case .text:
            text = report.terminal(
                width: output == nil ? Console.width : 100, color: output == nil && Console.usesEscapes(STDOUT_FILENO),
                isPlain: Directories.environment("TERM") == "dumb")
        case .markdown: text = report.markdown()
        case .csv: text = CSVExport.encode(histories)
        case .json: text = try report.json()
        }
        guard let output else { return Console.output(text) }
        try ReportFiles.write(text, to: output)
    }
}

/// The forms of a history.
enum HistoryFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case markdown
    case csv
    case json
}

/// What the options of `tare history` name.
enum HistoryOptions {
    /// The run that all others must be comparable with.
    ///
    /// - Parameter name: as in ``RunStore/run(_:)``; `latest` is the latest complete one.
    /// - Throws: ``TareError`` where there is none.
    static func reference(
        _ name: String, suite: String?, among summaries: [RunSummary], in store: RunStore
    ) throws -> Run {
        if let suite, !summaries.contains(where: { $0.suite == suite }) {
            throw TareError(
                .usage, "no run of a suite '\(suite)' is stored",
                remedy: known("suites", summaries.map(\.suite).uniqued()))
        }
        guard name == "latest" else {
            let run = try store.run(name)
            guard suite == nil || run.suite.name == suite else {
                throw TareError(
                    .usage, "the run \(run.id) is of the suite '\(run.suite.name)', not of '\(suite ?? "")'",
                    remedy: "Leave one of --like and --suite out.")
            }
            return run
        }
        guard let newest = summaries.first(where: { $0.status == .complete && (suite ?? $0.suite) == $0.suite }) else {
            throw TareError(
                .failed, "no complete run\(suite.map { " of the suite '\($0)'" } ?? "") is stored",
                remedy: "'tare run' measures one; 'tare list' shows what is stored.")
        }
        return try store.run(newest.id)
    }

    /// The series of all metrics and cells that fit.
    ///
    /// - Throws: ``TareError`` with code `usage` where none fits, which names those that there are.
    static func histories(
        metric: String, cell: String, of runs: [ComparedRun], like: ComparedRun
    ) throws -> [History] {
        let figures = ([like] + runs).flatMap(\.figures)
        let metrics = figures.map(\.metric.id).uniqued()
        guard metrics.contains(where: { Pattern.matches(metric, $0) }) else {
            throw TareError(
                .usage, "no run of the suite '\(like.suite)' has a metric '\(metric)'",
                remedy: known("metrics", metrics))
        }
        let histories = History.all(of: runs, metric: metric, cell: cell, like: like)
        guard histories.isEmpty else { return histories }
        let cells = figures.filter { Pattern.matches(metric, $0.metric.id) && like.cells.contains($0.cell) }
            .map(\.cell).uniqued()
        throw TareError(
            .usage, "no cell of the run \(like.id) that has '\(metric)' is '\(cell)'",
            remedy: cells.isEmpty ? "Name a run that has one with --like." : known("cells", cells))
    }

    private static func known(_ what: String, _ names: [String]) -> String {
        names.isEmpty ? "There are no \(what)." : "Known \(what) are \(names.enumeration)."
    }
}
