import BenchmarkModel

extension SuiteKeys {
    static let experiments = SuiteKeys(
        name: "experiments",
        keys: [
            SuiteKey(name: "startup", shape: .object(startup), description: "The time from the request to ready."),
            SuiteKey(
                name: "task", shape: .object(task),
                description: "Commands that run to their end: their time, and what they print of themselves."),
            SuiteKey(
                name: "footprint", shape: .object(footprint),
                description: "What one more idle instance costs the host in memory and CPU."),
            SuiteKey(
                name: "density", shape: .object(density),
                description: "How many instances are alive and ready at the same time within a budget."),
        ], notEmpty: true)

    private static let percent = SuiteKey.Shape.pattern("^[0-9]+(\\.[0-9]+)?\\s*%$", example: "10%")

    static let selection = [
        SuiteKey(name: "workloads", shape: .strings, description: "Only these workloads. Default: all of the suite."),
        SuiteKey(name: "platforms", shape: .strings, description: "Only these platforms. Default: all of the suite."),
    ]

    static let startup = SuiteKeys(
        name: "startup",
        keys: [
            SuiteKey(name: "samples", shape: .integer(1...100_000), description: "Counted samples a cell. Default 20."),
            SuiteKey(
                name: "warm-up", shape: .integer(0...100),
                description: "Blocks that are recorded and not counted. Default 1."),
            SuiteKey(
                name: "modes", shape: .list(.either([.choice(["warm", "cold"]), .object(mode)])),
                description: "Each a cell of its own: warm, cold, {concurrent: K}, {occupied: N}. Default [warm]."),
            SuiteKey(
                name: "echoes", shape: .integer(1...100_000),
                description: "Echoed bytes with which the mark channel is measured. Default 200."),
        ] + selection)

    static let mode = SuiteKeys(
        name: "mode",
        keys: [
            SuiteKey(
                name: "concurrent", shape: .integer(2...1_000), description: "Requests that are due at one moment."),
            SuiteKey(name: "occupied", shape: .integer(1...10_000), description: "Instances that already run."),
        ], exactlyOne: true)

    static let footprint = SuiteKeys(
        name: "footprint",
        keys: [
            SuiteKey(
                name: "ladders", shape: .integer(FootprintExperiment.fewestLadders...100),
                description: "Ladders a cell, each from an empty baseline. Default 3, the fewest."),
            SuiteKey(
                name: "cap", shape: .integer(4...100_000),
                description: "The most instances of a ladder, which may end earlier. Default 64."),
            SuiteKey(
                name: "hold", shape: duration,
                description: "How long the top rung idles while its CPU time is measured. Default 5s."),
        ] + selection)

    static let density = SuiteKeys(
        name: "density",
        keys: [
            SuiteKey(
                name: "budget", shape: memory, required: true,
                description: "The memory that all instances together may cost the host."),
            SuiteKey(
                name: "reserve", shape: memory, description: "MemAvailable that is never touched. Default 512MiB."),
            SuiteKey(
                name: "ceiling", shape: .integer(1...100_000),
                description: "The suite's own maximum of instances. Default 1000."),
            SuiteKey(
                name: "hold", shape: duration,
                description: "How long all instances must stay alive and ready. Default 10s."),
            SuiteKey(name: "ramps", shape: .integer(1...100), description: "Ramps a cell. Default 1."),
            SuiteKey(
                name: "parallel", shape: .integer(1...256),
                description: "Instances that are requested at the same time. Default: the number of CPUs."),
            SuiteKey(
                name: "startup-p95", shape: duration,
                description: "The p95 of the last 40 startups may not exceed this. Default: no limit."),
            SuiteKey(
                name: "memory-pressure", shape: percent,
                description: "The share of time in which all work may wait for memory (PSI full). Default 10%."),
            SuiteKey(
                name: "cpu-pressure", shape: percent,
                description: "The share of time in which some work may wait for a CPU (PSI some). Default: no limit."),
        ] + selection)
}
