import Analysis
import BenchmarkModel

/// How long the parts of a run take, from one that was measured.
struct PassTimes: Sendable, Equatable {
    /// Seconds of one pass of a cell of starts or tasks, its rest and its end included, by the cell's key.
    var seconds: [String: Double]
    /// Seconds of all else: trying platforms, echoes, ladders and ramps; image work that need not be done again is left out.
    var restSeconds: Double
    /// How many ladders and ramps are in ``restSeconds``.
    var climbs: Int
    /// Where it is from, in words.
    var source: String

    init(seconds: [String: Double], restSeconds: Double, climbs: Int, source: String) {
        self.seconds = seconds
        self.restSeconds = restSeconds
        self.climbs = climbs
        self.source = source
    }

    /// From the marks of a run: a pass takes from its first request to the first request of the pass after it, which leaves out
    /// none of what is done between them. Of each cell the mean of its passes counts, for times add up.
    ///
    /// - Returns: nil where the run has not ended, or no two starts followed one another.
    init?(of run: Run, source: String) {
        guard let endedAt = run.endedAt, endedAt > run.startedAt else { return nil }
        var passes: [(cell: String, block: Int, nanoseconds: UInt64)] = []
        for observation in run.observations.sorted(by: { $0.number < $1.number }) {
            guard let start = observation.start?.marks.first?.nanoseconds else { continue }
            if let last = passes.last, last.cell == observation.cell, last.block == observation.block { continue }
            passes.append((observation.cell, observation.block, start))
        }
        var taken: [String: [Double]] = [:]
        for (pass, next) in zip(passes, passes.dropFirst()) where next.nanoseconds >= pass.nanoseconds {
            taken[pass.cell, default: []].append(Double(next.nanoseconds - pass.nanoseconds) / 1e9)
        }
        guard !taken.isEmpty else { return nil }
        let each = taken.mapValues { $0.reduce(0, +) / Double($0.count) }
        seconds = each
        let starts = passes.reduce(0) { $0 + (each[$1.cell] ?? 0) }
        let imageWork = run.preparations.filter { !$0.cached }.reduce(0) { $0 + $1.seconds }
        restSeconds = max(0, endedAt - run.startedAt - starts - imageWork)
        climbs = run.observations.count { $0.start == nil }
        self.source = source
    }

    /// How long a suite takes with so many samples of each cell of the experiment whose samples are fitted, in seconds; nil where
    /// the time of a cell, or of ladders and ramps, is not known.
    func seconds(of suite: Suite, sides: [String], samples: Int) -> Double? {
        let cells = SamplePlan.plan(of: suite, sides: sides).cells
            .filter { $0.impossible == nil }
        let fitted = SamplePlan.fitted(in: suite)?.name
        var sum = 0.0
        var wanted = 0
        for cell in cells {
            guard let own = SamplePlan.samples(of: cell, in: suite) else {
                wanted += cell.planned
                continue
            }
            guard let each = seconds[cell.key] else { return nil }
            let requests = cell.parameters.observationsPerPass
            let counted = cell.experiment == fitted ? samples : own.counted
            sum += each * Double(own.warmupBlocks + (counted + requests - 1) / requests)
        }
        guard wanted == 0 || climbs > 0 else { return nil }
        return sum + (climbs > 0 ? restSeconds * Double(wanted) / Double(climbs) : restSeconds)
    }
}

/// As many samples as fit into a time.
extension SamplePlan {
    /// So much of a time is planned for: passes do not all take the same.
    static let plannedShareOfTime = 0.95

    /// The experiment whose samples are fitted into a time: starts, or tasks where there are none; nil where there is neither.
    static func fitted(in suite: Suite) -> (name: String, fewest: Int)? {
        suite.startup.map { ($0.name, StartupExperiment.defaultSamples) }
            ?? suite.task.map { ($0.name, TaskExperiment.defaultSamples) }
    }

    /// Takes the most samples that fit.
    ///
    /// - Parameters:
    ///   - budgetSeconds: for the whole run.
    ///   - text: the same as the user wrote it.
    /// - Throws: ``TareError`` with code `usage` where fewer than an experiment's usual number fit.
    init(budgetSeconds: Double, text: String, _ times: PassTimes, for suite: Suite, sides: [String]) throws {
        self.init()
        guard let (experiment, fewest) = SamplePlan.fitted(in: suite) else {
            throw TareError(
                .usage,
                "--time-budget fits the number of samples of starts or tasks, and the suite has neither experiment",
                remedy: "Leave it out.")
        }
        let usable = budgetSeconds * SamplePlan.plannedShareOfTime
        func time(_ samples: Int) -> Double? { times.seconds(of: suite, sides: sides, samples: samples) }
        guard let least = time(fewest), let none = time(0) else {
            throw SamplePlan.timeUnknown("\(times.source) does not hold all that is measured now")
        }
        guard least <= usable else {
            throw TareError(
                .usage,
                "--time-budget \(text) cannot hold the run: \(fewest) samples a cell, the fewest from which something can be "
                    + "concluded, take about \(SampleOptions.text(seconds: least)), of which "
                    + "\(SampleOptions.text(seconds: none)) go to what is no sample (by \(times.source))",
                remedy: "Give more time, or measure fewer cells.")
        }
        var low = fewest
        var high = SamplePlan.mostSamples
        while low < high {
            let middle = (low + high + 1) / 2
            if (time(middle) ?? .infinity) <= usable { low = middle } else { high = middle - 1 }
        }
        if suite.startup != nil { samples = low } else { taskSamples = low }
        sayAll(for: suite)
        lines = [
            "\(experiment): \(low) samples a cell fit into \(text): the run takes about "
                + "\(SampleOptions.text(seconds: time(low) ?? least)) (by \(times.source))."
        ]
    }

    static func timeUnknown(_ why: String) -> TareError {
        TareError(
            .usage, "how long the run takes is not known: \(why)",
            remedy: "Run the suite once without --time-budget; the next time its times are known.")
    }

    /// The smaller of two plans in every number: what an effect takes, as far as the time allows.
    func within(_ time: SamplePlan) -> SamplePlan {
        var both = self
        both.lines += time.lines
        // Of the two the time fits one; the other it takes as it is.
        func smaller(_ wanted: Int?, _ fitting: Int?, _ experiment: String) -> Int? {
            guard let wanted, let fitting, wanted != fitting else { return wanted ?? fitting }
            both.lines.append(
                fitting < wanted
                    ? "\(experiment): the time holds \(fitting) of these \(wanted) samples."
                    : "\(experiment): the time holds more than the effect takes: \(wanted) samples are measured.")
            return min(wanted, fitting)
        }
        both.samples = smaller(samples, time.samples, "startup")
        both.taskSamples = smaller(taskSamples, time.taskSamples, "task")
        return both
    }
}
