import BenchmarkModel

/// What a workload prints of itself, and where it writes.
extension SuiteKeys {
    static let tasks: [SuiteKey] = [
        SuiteKey(
            name: "figures", shape: .named(.object(figure), most: FigureSpec.most),
            description: "What the command prints of itself that is measured, by name; only with 'ready: completed'."),
        SuiteKey(
            name: "volumes", shape: .map(.object(volume), most: VolumeSpec.most),
            description: "New directories on file systems of the host, by absolute path in the instance."),
    ]

    static let figure = SuiteKeys(
        name: "figure",
        keys: [
            SuiteKey(
                name: "match", shape: .string,
                description:
                    "A POSIX extended regular expression with one group, the number, that matches just one line."),
            SuiteKey(
                name: "json", shape: .string,
                description: "The path to the number in the one JSON document, such as jobs[0].read.iops (RFC 9535)."),
            SuiteKey(
                name: "in", shape: .string,
                description: "The file that holds it, by absolute path in the instance. Default: the command's output."),
            SuiteKey(
                name: "unit", shape: .pattern(unitPattern, example: "events/s"), required: true,
                description: "In what it is counted, in up to \(FigureSpec.mostUnitCharacters) characters."),
            SuiteKey(
                name: "better",
                shape: .choice([Metric.Polarity.lowerIsBetter, .higherIsBetter].map(\.rawValue)), required: true,
                description: "Which way is better."),
        ], oneOf: ["match", "json"])

    /// In a schema only what every dialect of expressions knows: ``FigureSpec/isUnit(_:)`` refuses more that cannot be seen.
    private static let unitPattern =
        "^[^\\s\\u0000-\\u001f\\u007f-\\u009f]"
        + "([^\\u0000-\\u001f\\u007f-\\u009f]{0,\(FigureSpec.mostUnitCharacters - 2)}[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$"

    static let volume = SuiteKeys(
        name: "volume",
        keys: [
            SuiteKey(
                name: "in", shape: .string, required: true,
                description: "A directory of the host, relative to the suite file, in which tare makes its own."),
            SuiteKey(name: "size", shape: memory, description: "The size of a guest's disk. Default 1GiB."),
        ])

    static let task = SuiteKeys(
        name: "task",
        keys: [
            SuiteKey(
                name: "samples", shape: .integer(1...100_000),
                description: "Counted samples a cell. Default \(TaskExperiment.defaultSamples)."),
            SuiteKey(
                name: "warm-up", shape: .integer(0...100),
                description: "Blocks that are recorded and not counted. Default 1."),
            SuiteKey(
                name: "workloads", shape: .strings,
                description: "Only these workloads. Default: all with 'ready: completed'."),
            SuiteKey(
                name: "platforms", shape: .strings, description: "Only these platforms. Default: all of the suite."),
        ])
}
