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
        commandName: "export", abstract: "Writes a run with all that was recorded, as JSON, or a table of it as CSV.",
        discussion: """
            JSON holds everything. A CSV file is one table: --table says which. What of the run is not in it is said on standard \
            error, with the option for each.
            """)

    @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or 'latest'.", valueName: "run"))
    var name = "latest"

    @OptionGroup var store: StoreOptions

    @Option(help: "json (everything) or csv (one table).")
    var format: ExportFormat = .json

    @Option(
        help:
            "The table of a CSV: samples (one row a start), ladders (a rung), ramps (a point) or findings (a figure of a cell)."
    )
    var table: CSVExport.Table?

    @Option(help: "The file to write. Default: standard output.", completion: .file())
    var output: String?

    func validate() throws {
        if format != .csv, let table {
            throw ValidationError(
                "--table \(table.rawValue) is for '--format csv': \(format.rawValue) holds all tables.")
        }
    }

    func run() throws {
        let analysis = RunAnalysis(run: try store.openExisting().run(name))
        let table = table ?? .samples
        let text = try format.encode(analysis, table: table) { Report(analysis).sentences }
        if let left = format.leftOut(of: analysis, table: table) { Console.error(left) }
        guard let output else { return Console.output(text) }
        do {
            try ReportFiles.replace(output, with: text)
        } catch {
            throw TareError(
                .failed, "\(output) cannot be written", remedy: "Name another file with --output.", cause: "\(error)")
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
extension CSVExport.Table: ExpressibleByArgument {}
