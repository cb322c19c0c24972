import ArgumentParser
import BenchmarkModel
import Glibc
import Reports
import RunStore

/// `tare list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the stored runs.")

    @OptionGroup var store: StoreOptions

    @Option(help: "What is printed: text or json.")
    var format: OutputFormat = .text

    func run() throws {
        let runs = try store.exists() ? try store.openExisting().runs() : []
        switch format {
        case .text:
            if runs.isEmpty { Console.error("No run is stored in \(store.path). 'tare run' measures one.") }
            if !runs.isEmpty { Console.output(RunList.text(runs)) }
        case .json:
            Console.output(try RunList.json(runs))
        }
    }
}
