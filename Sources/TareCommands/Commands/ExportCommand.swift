import Analysis
import ArgumentParser
import BenchmarkModel
import Exports
import LinuxSystem
import Reports
import RunStore

/// `tare export [RUN]`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a run for programs: all of it as JSON, a table as CSV, headline figures, a time line.",
        discussion: """
            JSON holds everything. A CSV file is one table: --table says which. gab and gab-bigger are for the dashboard of \
            github-action-benchmark: headline figures of which lower, or higher, is better. trace is a time line of all \
            instances and their phases, to be opened in ui.perfetto.dev or chrome://tracing. What of the run is not in a file is \
            said on standard error, with the option for each.
            """)

    @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or 'latest'.", valueName: "run"))
    var name = "latest"

    @OptionGroup var store: StoreOptions

    @Option(
        help:
            """
            json (everything), csv (one table), gab or gab-bigger (figures for github-action-benchmark), or trace (a time line of \
            instances and phases for ui.perfetto.dev and chrome://tracing).
            """
    )
    var format: ExportFormat = .json

    @Option(
        help:
            """
            The table of a CSV: samples (one row a start), tasks (a run of a task), ladders (a rung), ramps (a point) or findings \
            (a figure of a cell).
            """
    )
    var table: CSVExport.Table?

    @Option(help: "The file to write. Default: standard output.", completion: .file())
    var output: String?

    func validate() throws {
        if format != .csv, let table {
            throw ValidationError(
                "--table \(table.rawValue) is for '--format csv': \(format.rawValue) "
                    + (format == .json ? "holds all tables." : "holds no table."))
        }
    }

    func run() throws {
        let analysis = RunAnalysis(run: try store.openExisting().run(name))
        let table = table ?? .samples
        let text = try format.encode(analysis, table: table) { Report(analysis).sentences }
        if let left = format.leftOut(of: analysis, table: table) { Console.error(left) }
        guard let output else { return Console.output(text) }
        try ReportFiles.write(text, to: output)
    }
}

extension ExportFormat: ExpressibleByArgument {}
extension CSVExport.Table: ExpressibleByArgument {}
