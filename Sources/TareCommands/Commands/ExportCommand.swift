import ArgumentParser
import BenchmarkModel
import LinuxSystem
import Reports
import RunStore

/// `tare export [RUN]`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a run with all its raw samples as JSON or CSV.")

    /// The formats of an export.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json
        case csv
    }

    @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or 'latest'.", valueName: "run"))
    var name = "latest"

    @OptionGroup var store: StoreOptions

    @Option(help: "json (everything) or csv (one row a sample).")
    var format: Format = .json

    @Option(help: "The file to write. Default: standard output.", completion: .file())
    var output: String?

    func run() throws {
        let found = try store.openExisting().run(name)
        let text =
            switch format {
            case .json: try JSONExport.encode(found)
            case .csv: CSVExport.encode(found)
            }
        guard let output else { return Console.output(text) }
        do {
            try ReportFiles.replace(output, with: text)
        } catch {
            throw TareError(
                .failed, "\(output) cannot be written", remedy: "Name another file with --output.", cause: "\(error)")
        }
    }
}
