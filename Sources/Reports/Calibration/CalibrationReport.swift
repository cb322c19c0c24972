package import Analysis
import BenchmarkModel

/// What a calibration answers: how much must be measured to see an effect.
package struct CalibrationReport: Sendable {
    package let calibration: Calibration
    /// As a share.
    package let effect: Double
    package let power: Double
    package let level: Double
    /// The suite's name.
    package let suite: String
    /// The names of the runs.
    package let runs: [String]
    let plans: [Calibration.Plan]

    package init(
        _ calibration: Calibration, suite: String, runs: [String], effect: Double = Comparison.defaultEffect,
        power: Double = Comparison.power, level: Double = Comparison.level
    ) {
        self.calibration = calibration
        self.suite = suite
        self.runs = runs
        self.effect = effect
        self.power = power
        self.level = level
        plans = calibration.plans(effect: effect, power: power, level: level)
    }

    /// Writes it for a terminal.
    package func terminal(width: Int, color: Bool) -> String {
        TerminalSummary.render(document, width: width, color: color)
    }

    /// Writes it as GitHub-flavoured Markdown.
    package func markdown() -> String { MarkdownRenderer.render(document) }

    private var document: Document {
        Document(
            title: "Calibration", answers: ([question] + answers).map { [.text($0)] },
            sections: [
                Document.Section(
                    id: "calibration", title: "",
                    blocks: [.table(table), .list(notes.map { [.text($0)] })],
                    summary: Document.Summary(heading: "", table: plans.isEmpty ? nil : table, lines: notes))
            ])
    }

    private var table: Table {
        let asked = CalibrationReport.asked(effect)
        return Table(
            caption: "What it takes to see \(asked), by cell and metric",
            columns: [
                .init("workload", header: true, rank: Set(plans.map(\.figure.workload)).count > 1 ? 0 : 1),
                .init("platform", header: true), .init("experiment", rank: 2), .init("metric", header: true),
                .init("n a run", numeric: true, rank: 4), .init("sd between runs", numeric: true, rank: 3),
                .init("sd of a run's figure", numeric: true, rank: 5),
                .init("interleaved blocks", numeric: true), .init("samples in one run", numeric: true),
                .init("runs of that n", numeric: true),
            ],
            rows: plans.map(row))
    }

    private func row(_ plan: Calibration.Plan) -> [[Inline]] {
        let noise = plan.subject.noise
        func spread(_ variance: Double) -> String { plan.effectText(variance.squareRoot()) }
        let figure = plan.figure
        let texts = [
            figure.workload, figure.platform, figure.cellWords, figure.metric.title,
            "\(plan.samples(plan.subject.blocks))", spread(noise.betweenRuns), spread(noise.totalVariance),
            plan.interleaved.map { "\($0)" } ?? "–",
            plan.oneRun.map { "\(plan.samples($0))" } ?? (plan.isBoundByRuns ? "will not help" : "not so many"),
            plan.runs.map { "\($0)" } ?? "–",
        ]
        return texts.map { [.text($0)] }
    }
}

extension Calibration.Plan {
    var figure: Analysis.Figure { subject.figure }

    func effectText(_ effect: Double) -> String { subject.effectText(effect) }
}

extension Calibration.Subject {
    /// An effect on the figure's scale in words: `8.31 %`, or in the figure's unit where it is a difference.
    package func effectText(_ effect: Double) -> String {
        guard let share = figure.scale.share(ofEffect: effect) else {
            return effect.isFinite ? Format.figure(effect, figure.metric.unit) : "any size"
        }
        // Beyond this nobody asks how much exactly.
        return share > 10 ? "more than 1000 %" : Format.percent(share)
    }
}

extension Analysis.Figure {
    /// The experiment and its parameters: `startup warm`.
    var cellWords: String {
        let key = CellKey(cell)
        return key.isWhole ? "\(key.experiment) \(key.parameters)" : cell
    }
}
