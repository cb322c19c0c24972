import Analysis
import ArgumentParser
import BenchmarkModel
import Reports
import RunStore

/// `tare report [RUN]`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes the report of a run (report.html, report.md).")

    @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or 'latest'.", valueName: "run"))
    var name = "latest"

    @OptionGroup var store: StoreOptions

    @Option(help: "The directory of the report. Default: reports/<run>.", completion: .directory)
    var output: String?

    @Option(help: "What is printed: text (where the report is) or json (the run).")
    var format: OutputFormat = .text

    func run() throws {
        let database = try store.openExisting()
        let found = try database.run(name)
        let directory = output ?? "reports/\(found.id)"
        let report = Report(
            RunAnalysis(run: found), history: StoredHistory.headlines(of: found) { database })
        try ReportFiles.write(report, to: directory)
        switch format {
        case .text: Console.output("\(directory)/report.html\n\(directory)/report.md")
        case .json: Console.output(try report.json())
        }
    }
}
