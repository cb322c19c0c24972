import Analysis
import ArgumentParser
import BenchmarkModel
import Reports
import RunStore

/// `tare report [RUN]`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes the report of a run (report.html, report.md).",
        discussion: """
            report.md shows its drawings from files in the directory 'charts' beside it. With --max-bytes it is for a \
            place without files, such as a comment on a pull request (64KiB): it has no drawings, detail is left out \
            until it fits, and its last sentence says what.

            --index writes no report but a page that lists those that are in a directory, from the files alone.

            Examples: tare report --open
                      tare report latest --compare tare-baseline.yaml
                      tare report latest --output comment --max-bytes 64KiB
                      tare report --index reports
            """)

    @Argument(
        help: ArgumentHelp(
            "The run: its name, the beginning of it, or 'latest'. Default: latest.", valueName: "run"))
    var name: String?

    @OptionGroup var store: StoreOptions

    @Option(help: "The directory of the report. Default: reports/<run>.", completion: .directory)
    var output: String?

    @Option(
        name: .customLong("compare"),
        help: ArgumentHelp(
            "Compare the run with this one: a run, an exported run, a baseline, or runs A,B,C, as 'tare compare' takes them.",
            valueName: "base"))
    var base: String?

    @Option(help: "The most bytes of report.md, such as 65536 or 64KiB. Default: all of it, with drawings.")
    var maxBytes: String?

    @Option(
        help: "List the reports in this directory in its index.html, instead of writing one.", completion: .directory)
    var index: String?

    @Flag(name: .customLong("open"), help: "Show the page in the browser.")
    var opensBrowser = false

    @Option(help: "What is printed: text (where the report is) or json (the run).")
    var format: OutputFormat = .text

    func validate() throws {
        if let maxBytes, ReportSize.bytes(maxBytes) == nil {
            throw ValidationError(
                "--max-bytes: '\(maxBytes.printable)' is no size: write a number of bytes, or one with "
                    + "\(ByteSize.unitWords), such as 64KiB.")
        }
        if maxBytes != nil, output == nil, index == nil {
            throw ValidationError(
                "--max-bytes: a shortened report.md would replace the whole one: name another directory with --output.")
        }
        guard let index else { return }
        if index.isEmpty { throw ValidationError("--index names no directory: write one, such as reports.") }
        let others = [
            ("the run", name != nil), ("--output", output != nil), ("--compare", base != nil),
            ("--max-bytes", maxBytes != nil), ("--format json", format == .json),
        ]
        if let other = others.first(where: { $0.1 }) {
            throw ValidationError("--index lists reports and writes none: remove \(other.0).")
        }
    }

    func run() throws {
        if let index {
            let page = try ReportIndex.write(to: index)
            Console.output(page)
            if opensBrowser { Browser.open(page) }
            return
        }
        let database = try store.openExisting()
        let found = try database.run(name ?? "latest")
        let directory = output ?? "reports/\(found.id)"
        let report = Report(
            RunAnalysis(run: found), history: StoredHistory.headlines(of: found) { database },
            comparison: try base.map { try comparison(of: found.id, with: $0) })
        try ReportFiles.write(report, to: directory, within: maxBytes.flatMap(ReportSize.bytes))
        let page = "\(directory)/\(RunIndex.page)"
        switch format {
        case .text: Console.output("\(page)\n\(directory)/report.md")
        case .json: Console.output(try report.json())
        }
        if opensBrowser { Browser.open(page) }
        Kept.untilTheEnd(report)
    }
}

/// What is kept until the process ends: giving a million records back one by one takes longer than it is worth.
private final class Kept {
    private let report: Report

    private init(_ report: Report) { self.report = report }

    static func untilTheEnd(_ report: Report) { _ = Unmanaged.passRetained(Kept(report)) }
}

extension ReportCommand {
    /// - Throws: ``TareError``, ``SuiteErrors``: `notComparable` where the two must not be compared.
    private func comparison(of run: String, with base: String) throws -> Comparison {
        let comparands = Comparands(store: store)
        let sides = (base: try comparands.side(base), head: try comparands.side(run))
        var comparison = try Comparison(base: sides.base, head: sides.head)
        comparison.notes =
            comparands.notes + Comparands.notesOnItself(base: sides.base, head: sides.head) + comparison.notes
        return comparison
    }
}

/// How long a report may be, as users write it.
enum ReportSize {
    /// The bytes of `65536` or `64KiB`; nil where it is no size.
    static func bytes(_ text: String) -> Int? {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
        return (isPlain ? UInt64(text) : ByteSize.bytes(text)).flatMap { Int(exactly: $0) }
    }
}
