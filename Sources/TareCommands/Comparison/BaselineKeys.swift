/// The keys of baselines. What they mean stands at the head of `BaselineFile.swift`.
extension SuiteKeys {
    static let baseline = SuiteKeys(
        name: "baseline",
        keys: [
            key("format", .string, "Which form of baseline it is."),
            key("suite", .object(baselineSuite), "Which suite was measured."),
            key("tare", .string, "The version of tare that measured."),
            key("runs", .list(.object(baselineRun)), "The runs that it was made of."),
            key("host", .map(.object(baselineFact)), "What is known of the host."),
            key("platforms", .map(.object(baselinePlatform)), "What was used on each platform."),
            key("count", .object(baselineCount), "How many figures there are, and of how many the noise is known."),
            key("cells", .strings, "The keys of all planned cells."),
            key("figures", .list(.object(baselineFigure)), "What was measured."),
            key("noise", .list(.object(baselineNoise)), "What calibration has learnt."),
        ])

    static let baselineSuite = SuiteKeys(
        name: "suite",
        keys: [key("name", .string, "The suite's name."), key("sha256", .string, "SHA-256 of the suite file.")])

    static let baselineRun = SuiteKeys(
        name: "runs", keys: [key("id", .string, "The run's name."), optional("started", .string, "When it began.")])

    static let baselineFact = SuiteKeys(
        name: "fact",
        keys: [
            key("value", .string, "What was found."),
            optional("must-agree", .boolean, "Whether runs must agree on it to be comparable."),
        ])

    static let baselinePlatform = SuiteKeys(
        name: "platform",
        keys: [
            key("emulated", .boolean, "Whether guests ran under software emulation."),
            key("details", .map(.object(baselineFact)), "Versions and other facts."),
        ])

    static let baselineCount = SuiteKeys(
        name: "count",
        keys: [key("figures", .integer(0...Int.max), "How many."), key("noise", .integer(0...Int.max), "How many.")])

    static let baselineFigure = SuiteKeys(
        name: "figure",
        keys: [
            key("cell", .string, "The cell's key."), optional("workload", .string, "The workload's name."),
            optional("platform", .string, "The platform's name."), key("metric", .string, "EXPERIMENT.NAME."),
            key("title", .string, "How the metric is called."), key("unit", .string, "In what it is counted."),
            key("better", .choice(["lower", "higher"]), "Which way is better."),
            key("definition", .integer(1...Int.max), "The version of its definition."),
            key("scale", .choice(["ratio", "difference"]), "How two of it are set against each other."),
            optional("resolution", .number, "Of a difference."),
            optional("headline", .boolean, "Whether it is judged where nobody says what is."),
            key("estimate", .number, "In the metric's unit."), optional("error", .number, "The standard error."),
            optional("freedom", .number, "The degrees of freedom of the error."),
            key("blocks", .integer(0...Int.max), "How many blocks the error rests on."),
            key("n", .integer(0...Int.max), "How many measurements it rests on."),
            key("runs", .integer(1...Int.max), "Of how many runs it is the mean."),
            optional("events", .integer(0...Int.max), "So many of the trials."),
            optional("trials", .integer(1...Int.max), "Of so many the events are counted."),
            optional("at-least", .boolean, "Whether it is only known to be at least so much."),
            optional("caveats", .strings, "What stands beside it."),
            optional("refusal", .string, "Why no verdict can rest on it."),
        ])

    static let baselineNoise = SuiteKeys(
        name: "noise",
        keys: [
            key("cell", .string, "The cell's key."), key("metric", .string, "EXPERIMENT.NAME."),
            key("runs", .integer(2...Int.max), "How many runs showed it."),
            key("total", .number, "The variance of the runs' figures."),
            key("error", .number, "The part of it that the error within a run explains."),
            key("freedom", .number, "The degrees of freedom of that part."),
            key("blocks", .number, "How many blocks a run had."),
            optional("paired", .number, "Of a difference within a block."),
            optional("within", .number, "Within blocks."), optional("between", .number, "Between blocks."),
        ])

    private static func key(_ name: String, _ shape: SuiteKey.Shape, _ description: String) -> SuiteKey {
        SuiteKey(name: name, shape: shape, required: true, description: description)
    }

    private static func optional(_ name: String, _ shape: SuiteKey.Shape, _ description: String) -> SuiteKey {
        SuiteKey(name: name, shape: shape, description: description)
    }
}
