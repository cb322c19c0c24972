import Analysis
import BenchmarkModel
import Foundation

extension CalibrationReport {
    /// A share as a person writes it: `10 %`, `2.5 %`.
    static func asked(_ share: Double) -> String { "\(String(format: "%.6g", share * 100)) %" }

    /// What was asked, and of what the answer is made.
    var question: String {
        let family = Format.count(calibration.familySize, "figure")
        var text =
            "How many samples and runs does it take to see an effect of \(CalibrationReport.asked(effect)) with "
            + "\(CalibrationReport.asked(power)) power and \(CalibrationReport.asked(level)) false alarms among "
            + "\(family)? From the noise of \(Format.count(runs.count, "run")) of \(suite)"
        if calibration.sides.count == 2 {
            text += " in which \(calibration.sides.joined(separator: " and ")) alternate"
        }
        return text + "."
    }

    /// The answer for each workload on each platform: of what the first experiment is about there.
    package var answers: [String] {
        var seen: Set<BenchmarkModel.Plan.Pair> = []
        let main = plans.filter { plan in
            plan.subject.isMain
                && seen.insert(.init(workload: plan.figure.workload, platform: plan.figure.platform)).inserted
        }
        return main.isEmpty
            ? ["Nothing can be said: no figure has a spread in two runs from which something can be concluded."]
            : main.map(answer)
    }

    private func answer(_ plan: Calibration.Plan) -> String {
        let figure = plan.figure
        let unit = plan.subject.samplesPerBlock > 1 ? "block" : CalibrationReport.noun(figure)
        var ways: [String] = []
        if let blocks = plan.interleaved {
            ways.append("\(Format.count(blocks, unit)) a side where both sides stand in each block (--ab)")
        }
        if let blocks = plan.oneRun {
            ways.append("\(Format.count(plan.samples(blocks), CalibrationReport.noun(figure))) in one run a side")
        }
        if let runs = plan.runs {
            ways.append("\(runs) runs a side, of \(plan.samples(plan.subject.blocks)) each")
        }
        let name = "\(figure.workload) on \(figure.platform) (\(figure.cellWords), \(figure.metric.title))"
        var text =
            "\(name): " + (ways.isEmpty ? "such an effect is not to be seen here" : ways.joined(separator: "; or "))
        text += "."
        if plan.oneRun == nil {
            let noun = CalibrationReport.noun(figure)
            text +=
                plan.isBoundByRuns
                ? " More \(noun)s in one run will not help: the variance between runs hides an effect of less than "
                    + "\(plan.effectText(plan.leastInOneRun))."
                : " One run of so many \(noun)s a side hides an effect of less than \(plan.effectText(plan.leastInOneRun)): "
                    + "calibrate with more, and it may hide less."
        }
        text +=
            " The \(plan.samples(plan.subject.blocks)) of a run as it is see \(plan.effectText(plan.seenInterleaved)) where both "
            + "sides stand in each block, and \(plan.effectText(plan.seenInOneRun)) with one run a side."
        if let quicker = Calibration.quicker(than: plan, among: plans).first, let blocks = quicker.interleaved {
            text +=
                " In '\(quicker.figure.metric.title)' an effect of that size shows with fewer: \(blocks)"
                + (plan.interleaved.map { " instead of \($0)" } ?? "") + " where both sides stand in each block."
        }
        return text
    }

    /// What is counted in a cell of the figure's experiment.
    private static func noun(_ figure: Analysis.Figure) -> String {
        switch CellKey(figure.cell).experiment {
        case "footprint": "ladder"
        case "density": "ramp"
        default: "sample"
        }
    }

    /// What must be known before a plan is believed.
    package var notes: [String] {
        var notes: [String] = []
        if runs.count < Calibration.usualRuns {
            notes.append(
                "This plan is weak: \(runs.count) runs tell the variance between runs only roughly, and plans are made from its "
                    + "upper 80 % limit. Take \(Calibration.usualRuns) runs or more.")
        }
        if plans.contains(where: { $0.subject.noise.runs < runs.count }) {
            notes.append("Some figures rest on fewer runs: in the others no verdict can rest on them.")
        }
        if plans.contains(where: { $0.oneRun == nil }) {
            notes.append(
                "Where one run a side does not show the effect: let both sides "
                    + "alternate (tare run --ab A,B), or set several runs against several.")
        }
        return notes
    }
}
