import Analysis
import ArgumentParser
import BenchmarkModel

/// `tare suite`.
struct SuiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite", abstract: "Works with suite files.", subcommands: [Check.self, Schema.self])

    /// `tare suite check FILE`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Checks a suite file and says what it would measure.")

        @Argument(help: "The suite file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
        var file: String

        @Option(help: "What is printed: text or json (the suite as it is understood).")
        var format: OutputFormat = .text

        @OptionGroup var policy: PolicyOptions
        @OptionGroup var color: ColorOptions

        func run() throws {
            let document = try SuiteReader.read(path: file)
            _ = try policy.apply(to: document)
            switch format {
            case .text:
                let suite = document.suite
                let plan = Plan(suite: suite, seed: suite.seed ?? 1)
                let parts = plan.experiments.map { name in
                    let cells = plan.cells(of: name)
                    let blocks = plan.blocks(of: name)
                    return "\(cells.count) \(name) cells with \(plan.observations(in: blocks)) measurements "
                        + "in \(blocks.count) blocks"
                }
                Console.sentences(
                    "\(file): good. \(suite.workloads.count) workloads on \(suite.platforms.count) platforms: "
                        + "\(parts.joined(separator: ", ")).")
                for cell in plan.cells {
                    if let why = cell.impossible { Console.sentences("not possible: \(cell.key): \(why)") }
                }
                for line in SuiteReach.lines(suite, folder: document.folder) {
                    Console.sentences("reaches outside its folder: \(line)")
                }
            case .json:
                Console.output(try JSONDocument.text(document.suite))
            }
        }
    }

    /// `tare suite schema`.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "Prints the JSON Schema of suite files, with which editors complete them.")

        func run() throws {
            Console.output(SuiteSchema.json())
        }
    }
}
