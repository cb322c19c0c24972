import Analysis
import BenchmarkModel
import Reports

/// As many samples as an effect takes.
extension SamplePlan {
    /// Takes the plan of a calibration: in each experiment the most that what the experiment is about needs in any of its cells
    /// (of starts that is the median). An experiment that was not calibrated keeps the suite's own number, and that is said; so
    /// does one beside the first that cannot show the effect.
    ///
    /// - Parameters:
    ///   - effect: as a share, such as 0.1.
    ///   - sides: the two that alternate; where none do, the run is to be compared with another one.
    ///   - file: where the calibration stands, for what is said.
    /// - Throws: ``TareError`` with code `usage` where nothing was calibrated, or where no number of samples in one run shows the
    ///   effect in the first experiment.
    init(effect: Double, _ calibration: Calibration, for suite: Suite, sides: [String], file: String) throws {
        self.init()
        let plans = calibration.plans(effect: effect, familySize: calibration.familySize(between: sides))
        let cells = SamplePlan.plan(of: suite, sides: sides).cells
            .filter { $0.impossible == nil }
        var isFirst = true
        for experiment in suite.experiments {
            let mine = cells.filter { $0.experiment == experiment.name }
            let needs = mine.compactMap { cell -> Need? in
                // A task may print several figures.
                plans.filter { $0.subject.isMain && $0.subject.figure.cell == cell.key }
                    .map { Need(plan: $0, blocks: sides.isEmpty ? $0.oneRun : $0.interleaved) }
                    .max { $0.samples < $1.samples }
            }
            guard !mine.isEmpty else { continue }
            guard !needs.isEmpty else {
                lines.append("'\(experiment.name)' was not calibrated: what the suite asks for is measured.")
                continue
            }
            let unknown = mine.filter { cell in !needs.contains { $0.plan.subject.figure.cell == cell.key } }
            if let first = unknown.first {
                lines.append(
                    "Not calibrated, and measured as often as the others: \(first.key)"
                        + (unknown.count > 1 ? " and \(unknown.count - 1) more." : "."))
            }
            guard let worst = needs.max(by: { $0.samples < $1.samples }) else { continue }
            let isSeen = worst.samples <= SamplePlan.most(of: experiment, in: suite)
            if isSeen {
                take(worst, effect: effect, of: experiment, suite)
            } else {
                let blind = SamplePlan.cannotSee(worst.plan, effect: effect, isInterleaved: !sides.isEmpty)
                if isFirst { throw blind }
                lines.append("\(experiment.name): \(blind.message). What the suite asks for is measured.")
            }
            isFirst = false
        }
        guard !isFirst else { throw SamplePlan.notCalibrated("\(file) holds no noise of what this suite measures") }
        sayAll(for: suite)
    }

    /// What one cell needs.
    private struct Need {
        var plan: Calibration.Plan
        /// nil where no number will do.
        var blocks: Int?
        var samples: Int { blocks.map(plan.samples) ?? .max }
    }

    /// The most that a suite may ask of an experiment.
    private static func most(of experiment: any ExperimentSettings, in suite: Suite) -> Int {
        switch experiment.name {
        case suite.footprint?.name: mostLadders
        case suite.density?.name: mostRamps
        default: mostSamples
        }
    }

    private mutating func take(
        _ need: Need, effect: Double, of experiment: any ExperimentSettings, _ suite: Suite
    ) {
        let figure = need.plan.subject.figure
        let why = "so that \(SampleOptions.text(effect)) show in '\(figure.metric.title)' of \(figure.cell)"
        func say(_ number: Int, _ what: String, _ own: Int?) {
            lines.append("\(experiment.name): \(number) \(what) a cell instead of \(own ?? 0), \(why).")
        }
        switch experiment.name {
        case suite.startup?.name:
            let number = max(need.samples, StartupExperiment.defaultSamples)
            samples = number
            say(number, "samples", suite.startup?.samples)
        case suite.task?.name:
            let number = max(need.samples, TaskExperiment.defaultSamples)
            taskSamples = number
            say(number, "samples", suite.task?.samples)
        case suite.footprint?.name:
            let number = max(need.samples, FootprintExperiment.fewestLadders)
            ladders = number
            say(number, "ladders", suite.footprint?.ladders)
        case suite.density?.name:
            let number = max(need.samples, 1)
            ramps = number
            say(number, "ramps", suite.density?.ramps)
        default: break
        }
    }

    private static func cannotSee(_ plan: Calibration.Plan, effect: Double, isInterleaved: Bool) -> TareError {
        let subject = plan.subject
        let what = "\(SampleOptions.text(effect)) in '\(subject.figure.metric.title)' of \(subject.figure.cell)"
        guard !isInterleaved else {
            return TareError(
                .usage,
                "no number of samples that a suite may ask for shows \(what), not even with both sides in each block",
                remedy: "Ask for a larger effect, or measure on a calmer host.")
        }
        var ways: [String] = []
        if let blocks = plan.interleaved {
            ways.append("let both sides alternate (--ab A,B): \(blocks) blocks show it")
        }
        if let runs = plan.runs {
            ways.append("compare \(runs) runs a side, of \(plan.samples(subject.blocks)) each")
        }
        ways.append("ask for an effect above \(subject.effectText(plan.leastInOneRun))")
        let remedy = ways.joined(separator: "; or ")
        let why =
            plan.oneRun == nil
            ? "two single runs of as many samples as were calibrated do not show \(what): they hide an effect of less than "
                + subject.effectText(plan.leastInOneRun)
            : "no number that a suite may ask for shows \(what) in one run"
        return TareError(.usage, why, remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".")
    }

    static func notCalibrated(_ why: String) -> TareError {
        TareError(
            .usage, "how many samples an effect takes is not known: \(why)",
            remedy: "Calibrate first: 'tare calibrate SUITE'.")
    }

    /// Says the suite's own number beside the other's: `--samples` alone would ask for both.
    mutating func sayAll(for suite: Suite) {
        guard let startup = suite.startup, let task = suite.task, samples != nil || taskSamples != nil else { return }
        (samples, taskSamples) = (samples ?? startup.samples, taskSamples ?? task.samples)
    }

    /// What the samples of a plan can see, in a sentence; nil where no cell of starts, or of tasks in a suite without them, was
    /// calibrated.
    static func sight(
        of samples: Int, _ calibration: Calibration, for suite: Suite, sides: [String]
    ) -> String? {
        let keys = Set(plan(of: suite, sides: sides).cells.map(\.key))
        let target = Calibration.Target(familySize: calibration.familySize(between: sides))
        let subjects = calibration.subjects.filter {
            $0.isMain && keys.contains($0.figure.cell)
                && $0.figure.cell.hasPrefix("\(suite.startup?.name ?? suite.task?.name ?? "")/")
        }
        let seen = subjects.map { subject -> (subject: Calibration.Subject, effect: Double) in
            let blocks = max(2, Int((Double(samples) / subject.samplesPerBlock).rounded(.up)))
            return (subject, Calibration.seen(subject, blocks: blocks, isInterleaved: !sides.isEmpty, target))
        }
        guard let worst = seen.max(by: { $0.effect < $1.effect }) else { return nil }
        let figure = worst.subject.figure
        let how = sides.isEmpty ? "against another such run" : "between the two sides"
        return "\(samples) samples a cell see \(worst.subject.effectText(worst.effect)) in '\(figure.metric.title)' of "
            + "\(figure.cell) \(how); in no other cell is more needed."
    }
}
