import Analysis
import ArgumentParser
import BenchmarkModel
import HostReadings
import LinuxSystem
import RunStore

/// How much is measured, where that is not left to the suite.
struct SampleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take as many samples, ladders and ramps as an effect of this size takes, by the calibration.",
            valueName: "percent"))
    var samplesFor: EffectShare?

    @Option(
        help: ArgumentHelp(
            "Take as many samples of a start, or of a task in a suite without starts, as fit into this time, such as 90s, 10m or 2h.",
            valueName: "time"))
    var timeBudget: String?

    @Option(
        help: "The baseline with the calibration. Default: \(BaselineCommand.defaultFile), where it is there.",
        completion: .file(extensions: ["yaml", "yml"]))
    var baseline: String?

    @Option(help: "Counted samples of a startup cell and of a task cell, instead of the suite's.")
    var samples: Int?

    @Option(help: "Counted samples of a task cell, instead of the suite's or of --samples.")
    var taskSamples: Int?

    @Option(help: "Ladders of a footprint cell, instead of the suite's.")
    var ladders: Int?

    @Option(help: "Ramps of a density cell, instead of the suite's.")
    var ramps: Int?

    /// The baseline's file as it is named or by default.
    var file: String { baseline ?? BaselineCommand.defaultFile }

    func validate() throws {
        if samples != nil, samplesFor != nil || timeBudget != nil {
            throw ValidationError("--samples is given: --samples-for and --time-budget would work it out.")
        }
        if taskSamples != nil, samplesFor != nil || timeBudget != nil {
            throw ValidationError("--task-samples is given: --samples-for and --time-budget would work it out.")
        }
        if samplesFor != nil, ladders != nil || ramps != nil {
            throw ValidationError("--samples-for works out --ladders and --ramps: give one or the other.")
        }
    }

    /// Refuses what is no time, before anything else is looked at.
    ///
    /// - Throws: ``TareError`` with code `usage`.
    func checkTexts() throws {
        if let timeBudget { _ = try SampleOptions.seconds(timeBudget, "--time-budget") }
    }

    /// What is measured in place of the suite's numbers, in three steps: what is given, what an effect takes, what a time holds.
    ///
    /// - Parameters:
    ///   - document: with the suite that is run.
    ///   - sides: the two that alternate; empty where none do.
    ///   - policy: what a trial of a block may use.
    /// - Throws: ``TareError`` with code `usage` where it cannot be worked out, and what a trial of a block throws.
    func plan(
        _ document: SuiteDocument, sides: [String], store: RunStore, policy: Policy?
    ) async throws -> SamplePlan {
        var plan = given(for: document.suite)
        try plan.check(document.suite, sides: sides)
        guard samplesFor != nil || timeBudget != nil else { return plan }
        let calibration = try calibration(of: document.suite)
        if let samplesFor {
            guard let calibration else { throw SamplePlan.notCalibrated("there is no \(file)") }
            plan = try SamplePlan(
                effect: samplesFor.share, calibration, for: document.suite,
                sides: sides,
                file: file)
        }
        if let timeBudget {
            let start = MonotonicClock.now()
            var suite = document
            suite.suite = plan.applied(to: document.suite)
            let times = try await SamplePlan.times(of: suite, sides: sides, store: store, policy: policy)
            let passed = Double(MonotonicClock.now() - start) / 1e9
            let fitting = try SamplePlan(
                budgetSeconds: SampleOptions.seconds(timeBudget, "--time-budget") - passed, text: timeBudget, times,
                for: suite.suite, sides: sides)
            plan = plan.within(fitting)
            let sight = calibration.flatMap { known in
                (suite.suite.startup == nil ? plan.taskSamples : plan.samples).flatMap {
                    SamplePlan.sight(of: $0, known, for: suite.suite, sides: sides)
                }
            }
            plan.lines.append(
                sight ?? "Which effect that can show is not known: the suite was not calibrated ('tare calibrate').")
        }
        try plan.check(document.suite, sides: sides)
        return plan
    }

    /// The numbers that are given: those of samples are for starts and for tasks.
    func given(for suite: Suite) -> SamplePlan {
        SamplePlan(
            // Where there is neither, it is refused as a number of starts.
            samples: suite.startup == nil && suite.task != nil ? nil : samples,
            taskSamples: taskSamples ?? (suite.task == nil ? nil : samples), ladders: ladders, ramps: ramps)
    }

    /// What the baseline knows of noise; nil where there is none and none was named.
    ///
    /// - Parameter usual: the file that is looked at where none is named.
    /// - Throws: ``TareError``, ``SuiteErrors``, but where the file is the usual one and nothing but a time is asked for.
    func calibration(of suite: Suite, usual: String = BaselineCommand.defaultFile) throws -> Calibration? {
        let file = baseline ?? usual
        guard baseline != nil || HostFiles.exists(file) else { return nil }
        let read: Baseline
        do {
            read = try BaselineFile.read(file)
        } catch  where baseline == nil && samplesFor == nil {
            // Only what the plan can see would be said from it.
            Console.error("tare: \(file) is passed over, for nobody asked for it: \(error)")
            return nil
        }
        guard read.suite == suite.name else {
            // Somebody else's baseline lies here, and nobody asked for it.
            if baseline == nil, samplesFor == nil { return nil }
            throw TareError(
                .usage, "\(file) is a baseline of the suite '\(read.suite)', not of '\(suite.name)'",
                remedy: "Name its own with --baseline, or calibrate: 'tare calibrate SUITE'.")
        }
        let here = HostProbe.facts(groups: try CgroupTree.current())
        if let fact = here.firstDisagreement(with: read.facts) {
            Console.error(
                "tare: \(file) was calibrated where '\(fact.name)' is \(read.facts[fact.name] ?? "unknown"), and here it is "
                    + "\(fact.value): the noise of this host may be another.")
        }
        return Calibration(read)
    }

    private static func wrong(_ message: String, _ remedy: String) -> TareError {
        TareError(.usage, message, remedy: remedy)
    }

    /// A time such as `90s`, `10m` or `2h`.
    static func seconds(_ text: String, _ option: String) throws -> Double {
        for (unit, size) in [("min", 60.0), ("s", 1), ("m", 60), ("h", 3_600)] where text.hasSuffix(unit) {
            guard let number = decimal(text.dropLast(unit.count)), (1...604_800).contains(number * size) else { break }
            return number * size
        }
        throw wrong("\(option): '\(text)' is no time", "Write one from 1s to 168h, such as 90s, 10m or 2h.")
    }

    private static func decimal(_ text: Substring) -> Double? {
        text.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") } ? Double(text) : nil
    }

    /// A share as a person writes it: `10 %`, `2.5 %`.
    static func text(_ share: Double) -> String {
        let percent = (share * 100_000).rounded() / 1_000
        return percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %"
    }

    /// `40 s`, `12 min`, `3.5 h`.
    static func text(seconds: Double) -> String {
        // What a sum of times is off by in its last digits is no second more.
        let seconds = (seconds * 1_000).rounded() / 1_000
        if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
        if seconds < 7_200 { return "\(Int((seconds / 60).rounded(.up))) min" }
        return "\((seconds / 360).rounded(.up) / 10) h"
    }
}

extension HostFacts {
    /// The first fact on which two runs must agree and in which other facts have another value.
    func firstDisagreement(with other: HostFacts) -> Fact? {
        facts.first { fact in fact.mustAgree && other[fact.name].map { $0 != fact.value } ?? false }
    }
}
