import Analysis
import BenchmarkModel

/// How much is measured in place of what the suite asks for, worked out before the run starts.
struct SamplePlan: Sendable, Equatable {
    /// Counted samples of a startup cell; nil for the suite's own number.
    var samples: Int?
    /// Counted samples of a task cell; nil for the suite's own number.
    var taskSamples: Int?
    /// Ladders of a footprint cell; nil for the suite's own number.
    var ladders: Int?
    /// Ramps of a density cell; nil for the suite's own number.
    var ramps: Int?
    /// What is said of it before the run, in sentences.
    var lines: [String] = []

    /// The most that a suite may ask for, see its schema.
    static let mostSamples = 100_000
    static let mostLadders = 100
    static let mostRamps = 100

    /// The suite that is run: the file's, with these numbers.
    func applied(to suite: Suite) -> Suite {
        var suite = suite
        if let samples { suite.startup?.samples = samples }
        if let taskSamples { suite.task?.samples = taskSamples }
        if let ladders { suite.footprint?.ladders = ladders }
        if let ramps { suite.density?.ramps = ramps }
        return suite
    }

    /// The words of a command line that ask for just this again.
    var words: [String] {
        func option(_ name: String, _ number: Int?) -> [String] { number.map { [name, "\($0)"] } ?? [] }
        // What is said of samples holds for tasks too, where nothing else is said of them.
        return option("--samples", samples) + option("--task-samples", taskSamples == samples ? nil : taskSamples)
            + option("--ladders", ladders) + option("--ramps", ramps)
    }

    /// Refuses what no suite may ask for either.
    ///
    /// - Throws: ``TareError`` with code `usage`.
    func check(_ suite: Suite, sides: [String]) throws {
        func check(_ number: Int?, _ option: String, _ range: ClosedRange<Int>, _ experiment: String, has: Bool) throws
        {
            guard let number else { return }
            guard has else {
                throw TareError(
                    .usage, "\(option): the suite has no experiment '\(experiment)'", remedy: "Leave it out.")
            }
            guard !range.contains(number) else { return }
            throw TareError(
                .usage, "\(option): \(number) is out of range",
                remedy: "Take a number from \(range.lowerBound) to \(range.upperBound).")
        }
        try check(samples, "--samples", 1...SamplePlan.mostSamples, "startup", has: suite.startup != nil)
        try check(taskSamples, "--task-samples", 1...SamplePlan.mostSamples, "task", has: suite.task != nil)
        try check(
            ladders, "--ladders", FootprintExperiment.fewestLadders...SamplePlan.mostLadders, "footprint",
            has: suite.footprint != nil)
        try check(ramps, "--ramps", 1...SamplePlan.mostRamps, "density", has: suite.density != nil)
        let total = SamplePlan.measurements(of: applied(to: suite), sides: sides)
        guard total > SuiteParser.mostMeasurements else { return }
        throw TareError(
            .usage,
            "\(total) measurements are more than the \(SuiteParser.mostMeasurements) that can be measured together",
            remedy: "Measure fewer cells, or ask for a larger effect.")
    }

    /// A plan with the cells that a suite has: with one sample they are the same, and their order is drawn at once.
    static func plan(of suite: Suite, sides: [String]) -> Plan {
        Plan(suite: SamplePlan(samples: 1, taskSamples: 1).applied(to: suite), seed: 1, sides: sides)
    }

    /// What a suite asks for where a cell is measured in samples; nil where it is climbed.
    static func samples(of cell: Cell, in suite: Suite) -> (counted: Int, warmupBlocks: Int)? {
        switch cell.parameters {
        case .startup: suite.startup.map { ($0.samples, $0.warmupBlocks) }
        case .task: suite.task.map { ($0.samples, $0.warmupBlocks) }
        case .footprint, .density: nil
        }
    }

    /// How many measurements a suite comes to, without drawing the order of them.
    private static func measurements(of suite: Suite, sides: [String]) -> Int {
        plan(of: suite, sides: sides).cells.reduce(0) { sum, cell in
            guard cell.impossible == nil else { return sum }
            guard let (samples, warmupBlocks) = samples(of: cell, in: suite) else { return sum + cell.planned }
            let each = cell.parameters.observationsPerPass
            return sum + ((samples + each - 1) / each + warmupBlocks) * each
        }
    }
}
