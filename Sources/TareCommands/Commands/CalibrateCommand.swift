import Analysis
import ArgumentParser
import BenchmarkModel
import Glibc
import LinuxSystem
import Reports
import RunStore

/// `tare calibrate SUITE`.
struct CalibrateCommand: AsyncParsableCommand, Measuring {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Learns how noisy a suite is on this host, and says how many samples and runs an effect takes.",
        discussion: """
            It runs the suite several times, each a stored run of its own, learns how much every figure varies within a run and \
            from run to run, and writes that with the figures into a baseline. 'tare compare' and 'tare gate' use it, and 'tare \
            run --samples-for' takes the number of samples from it. With --from nothing is measured: stored runs are taken, and \
            root is not needed.

            Example: tare calibrate suite.yaml --runs 8 --effect 10%
            """)

    @Argument(
        help: "The suite file (YAML). Default: the quick suite that is part of tare.",
        completion: .file(extensions: ["yaml", "yml"]))
    var suite: String?

    @OptionGroup var store: StoreOptions

    @Option(help: "How often the suite is run. Default: \(Calibration.usualRuns).")
    var runs: Int?

    @Option(help: ArgumentHelp("The effect that shall be seen.", valueName: "percent"))
    var effect = EffectShare(Comparison.defaultEffect)

    @Option(help: ArgumentHelp("How surely it shall be seen.", valueName: "percent"))
    var power = EffectShare(Comparison.power)

    @Option(help: "The file that is written.", completion: .file(extensions: ["yaml", "yml"]))
    var baseline = BaselineCommand.defaultFile

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Stored runs of one suite, at least two, from which is learnt instead of measuring.", valueName: "run"))
    var from: [String] = []

    @Option(help: SidesOption.help)
    var ab: String?

    @Option(help: "The seed of the first run; each run after it takes the next number.")
    var seed: UInt64?

    @Option(help: "What is printed at the end: text or json.")
    var format: OutputFormat = .text

    @OptionGroup var policy: PolicyOptions

    func validate() throws {
        guard (0.5..<0.9995).contains(power.share) else {
            throw ValidationError("--power \(EffectShare.text(power.share)): write one from 50% to 99.9%.")
        }
        guard !from.isEmpty else {
            if let runs, !(2...1_000).contains(runs) {
                throw ValidationError("--runs \(runs) is out of range: write a number from 2 to 1000.")
            }
            return
        }
        let given = [("SUITE", suite != nil), ("--runs", runs != nil), ("--ab", ab != nil), ("--seed", seed != nil)]
        if let (name, _) = given.first(where: \.1) {
            throw ValidationError("\(name) is for runs that are measured: --from takes those that are stored.")
        }
    }

    func run() async throws {
        if !from.isEmpty {
            let source = try store.openExisting()
            let runs = try CalibrationRuns.stored(from, in: source)
            if let suite = runs.first?.suite { try CalibrationRuns.check(file: baseline, suite: suite) }
            return try conclude(runs)
        }
        let (document, sides, limits) = try SuiteSource.toMeasure(suite, ab: ab, policy: policy)
        try CalibrationRuns.check(file: baseline, suite: document.suite.name)
        let session = CalibrationRuns(
            document: document, suite: suite, sides: sides, store: try store.open(), policy: limits,
            count: runs ?? Calibration.usualRuns,
            firstSeed: seed ?? document.suite.seed ?? UInt64.random(in: 1...999_999))
        let (measured, trouble) = await session.measure()
        guard measured.count > 1 else {
            throw trouble
                ?? TareError(
                    .failed, "there are not two complete runs", remedy: "'tare list' shows what became of them.")
        }
        try conclude(measured)
        if let trouble { throw trouble }
    }

    /// Learns, writes the baseline, and prints the answer.
    private func conclude(_ runs: [ComparedRun]) throws {
        let (calibration, made) = try Calibration.made(of: runs)
        do {
            try ReportFiles.replace(baseline, with: BaselineFile.text(made), option: "--baseline")
        } catch let error as SystemError {
            throw TareError(
                .failed, "\(baseline) cannot be written",
                remedy:
                    "Name another file with --baseline; 'tare calibrate --from \(runs.map(\.id).joined(separator: " "))' "
                    + "takes the same runs again.", cause: "\(error)")
        }
        let report = CalibrationReport(
            calibration, suite: made.suite, runs: runs.map(\.id), effect: effect.share, power: power.share)
        switch format {
        case .text:
            Console.output(
                report.terminal(width: Console.width, color: Console.usesEscapes(STDOUT_FILENO)))
            Console.sentences(
                "Baseline: \(baseline) (from \(runs.count) runs). 'tare run --samples-for' takes the plan.")
        case .json:
            Console.output(try report.json())
        }
    }
}
