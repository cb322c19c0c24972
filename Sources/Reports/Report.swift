package import Analysis
import BenchmarkModel

/// The answer of an experiment for one workload, in sentences that claim no more than the measurements carry.
package struct Answer: Sendable, Equatable {
    package var workload: String
    /// Under which condition: the mode of a start, else the experiment's name.
    package var mode: String
    /// The sentences. Every figure carries the caveats of its cell.
    package var pieces: [Inline]
    /// The same figures as a small drawing; nil where there is nothing to compare.
    var picture: CardPicture?
    /// The sentences without markup; caveats stand in parentheses.
    package var text: String { pieces.plain }
}

/// What an experiment adds to a report.
struct ExperimentPart {
    /// One for each workload, the first condition first; empty where it was not measured.
    var answers: [Answer]
    var sections: [Document.Section]
    /// What must be known of how it was measured.
    var method: [[Inline]] = []
    /// So many of the answers are shown on a terminal.
    var mostOnTerminal = Int.max

    /// The answers as a terminal shows them.
    fileprivate var answersOnTerminal: [[Inline]] {
        let rest = answers.count - mostOnTerminal
        return answers.prefix(mostOnTerminal).map(\.pieces)
            + (rest > 0 ? [[.text("\(Format.count(rest, "more sentence")) of this kind in the report.")]] : [])
    }
}

/// An analysed run in words, tables and drawings for people.
package struct Report: Sendable {
    package let analysis: RunAnalysis
    /// What is claimed, the first experiment first.
    package let answers: [Answer]
    /// What must be read before any figure, the gravest first.
    package let banners: [Banner]
    let document: Document

    /// - Parameters:
    ///   - history: the headline metrics over this run and those before it; empty where there is none to show.
    ///   - comparison: of this run with another; nil where nobody asked for one.
    package init(_ analysis: RunAnalysis, history: [History] = [], comparison: Comparison? = nil) {
        // The one place that lists what the experiments have to say.
        let parts: [ExperimentPart] = [
            .startup(analysis), .task(analysis), .footprint(analysis), .density(analysis), .engines(analysis),
            .network(analysis),
        ]
        self.analysis = analysis
        answers = parts.flatMap(\.answers)
        banners = Banner.all(of: analysis)
        document = Document(
            title: "Containers and virtual machines: \(analysis.run.suite.name)",
            subtitle: Report.subtitle(of: analysis.run), answers: answers.map(\.pieces),
            answersOnTerminal: parts.flatMap(\.answersOnTerminal), cards: Report.cards(answers), banners: banners,
            sections: parts.flatMap(\.sections)
                + [
                    PlanSection.section(analysis), comparison.map(ComparisonReport.section),
                    HistorySection.section(history),
                ].compactMap { $0 }
                + Background.sections(analysis, method: parts.flatMap(\.method)),
            closing: Report.closing(analysis))
    }

    /// What is claimed, by workload.
    private static func cards(_ answers: [Answer]) -> [Document.Card] {
        answers.map(\.workload).uniqued().map { workload in
            Document.Card(
                title: workload,
                parts: answers.filter { $0.workload == workload }.map { answer in
                    let isOther = ["task", "footprint", "density", "engines", "network"].contains(answer.mode)
                    return Document.Card.Part(
                        label: isOther ? answer.mode : "startup, \(answer.mode)", pieces: answer.pieces,
                        picture: answer.picture)
                })
        }
    }

    /// GitHub-flavoured Markdown.
    package func markdown() -> String { MarkdownRenderer.render(document) }

    /// One HTML file that needs no other.
    ///
    /// - Throws: `TareError` where the template within this program is damaged.
    package func html() throws -> String {
        do {
            return try HTMLRenderer.render(document, facts: pageFacts)
        } catch {
            throw TareError(
                .failed, "the template of the HTML report cannot be read",
                remedy: "This program is damaged: build it again.", cause: "\(error)")
        }
    }

    /// The end of `tare run` on a terminal.
    ///
    /// - Parameters:
    ///   - width: how many characters fit in a line; taken as at least 40.
    ///   - color: whether ANSI sequences may be used.
    package func terminal(width: Int, color: Bool) -> String {
        TerminalSummary.render(document, width: width, color: color)
    }

    /// What identifies the run.
    private static func subtitle(of run: Run) -> [Inline] {
        let started = Format.date(run.startedAt) ?? "at an unknown time"
        var words = ", started \(started)"
        if let endedAt = run.endedAt, let ended = Format.date(endedAt) { words += ", ended \(ended)" }
        words += ", \(run.status.rawValue); tare \(run.tareVersion)"
        return [.text("Run "), .code(run.id), .text(words)]
    }

    private static func closing(_ analysis: RunAnalysis) -> String {
        let sums = analysis.accounting
        return
            "Measurements: \(sums.planned) planned, \(sums.ok) ok, \(sums.failed) failed, \(sums.invalid) invalid. "
            + "Run \(analysis.run.id), \(analysis.run.status.rawValue)."
    }
}

extension RunAnalysis {
    /// A cell's key in words: `nginx on runc (warm)`, `sysbench on runc (task)`.
    func label(of key: String) -> String {
        if let task = tasks.first(where: { $0.cell.key == key })?.cell {
            return "\(task.workload) on \(task.platform) (\(task.experiment))"
        }
        guard let one = startup(key) else { return key }
        return "\(one.cell.workload) on \(one.cell.platform) (\(one.mode.key))"
    }
}

extension AnalysedCell {
    /// Where it ran, in words that follow a figure.
    var place: String { traits?.place ?? "on \(cell.platform)" }

    /// The platform, with the word that must not be missing beside any figure of an emulated guest.
    var name: String { cell.platform + (emulated ? " (\(Caveat.emulated.word))" : "") }
}
