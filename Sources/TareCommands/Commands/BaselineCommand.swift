import Analysis
import ArgumentParser
import BenchmarkModel
import Foundation
import Glibc
import LinuxSystem

/// `tare baseline`.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Works with baselines: what 'tare gate' judges runs against.",
        subcommands: [Update.self, Show.self])

    /// Where a baseline is looked for by default: in git, beside the suite's own files.
    static let defaultFile = "tare-baseline.yaml"

    /// `tare baseline update`.
    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Writes a baseline from one or several runs, for git.",
            discussion: """
                Small and sorted, one fact a line: a change of it is read in a pull request like one of code. What 'tare calibrate' \
                has learnt of the noise is kept where it still holds.

                Example: tare baseline update --baseline tare-baseline.yaml latest
                """)

        @Argument(
            help: ArgumentHelp("The runs: names, beginnings of them, or 'latest'. Default: latest.", valueName: "run"))
        var runs: [String] = []

        @Option(help: "The file to write.", completion: .file(extensions: ["yaml", "yml"]))
        var baseline = BaselineCommand.defaultFile

        @Flag(help: "Take runs all the same of which some cells have no figure.")
        var partial = false

        @Option(
            help: ArgumentHelp(
                "'\(Comparands.unfinished)': take a run all the same that was not measured to its end.",
                valueName: "fact"))
        var despite: [String] = []

        @OptionGroup var store: StoreOptions

        @Option(help: "What is printed: text or json.")
        var format: OutputFormat = .text

        func validate() throws {
            guard let other = despite.first(where: { $0.lowercased() != Comparands.unfinished }) else { return }
            throw ValidationError(
                "--despite '\(other)': runs that differ make no baseline together; only '\(Comparands.unfinished)' may be "
                    + "insisted on.")
        }

        func run() throws {
            let update = try BaselineUpdate(self)
            try ReportFiles.write(BaselineFile.text(update.baseline), to: baseline, option: "--baseline")
            for line in update.warnings { Console.error(line) }
            switch format {
            case .text:
                if let changes = update.changes {
                    Console.output(changes.text(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
                }
                Console.sentences(update.sentence(file: baseline))
            case .json: Console.output(try update.json(file: baseline))
            }
        }
    }

    /// `tare baseline show FILE`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Prints a baseline: its figures, their errors, and what is known of the noise.")

        @Argument(help: "The baseline.", completion: .file(extensions: ["yaml", "yml"]))
        var file = BaselineCommand.defaultFile

        @Option(help: "What is printed: text or json.")
        var format: OutputFormat = .text

        @OptionGroup var color: ColorOptions

        func run() throws {
            let listing = BaselineListing(try BaselineFile.read(file))
            switch format {
            case .text:
                Console.sentences(listing.sentence)
                Console.output(listing.table(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
            case .json: Console.output(try listing.json())
            }
        }
    }
}
