import Analysis
import BenchmarkModel
import Foundation
import Statistics

// What tare's verdicts say of recorded starts, and beside it what two common ways of comparing would have said of the same
// samples. `Benchmarks/calibration` records and calls it; it reads the samples on standard input and prints a table.
//
//   trials false-alarms A B [--blocks 20]             disjoint pairs of identical code
//   trials power A B [--effect 0.1] [--learn 8]       with the plan that calibration proposes, made for 95 %
//   trials coverage [--repetitions 4000]              of intervals, in simulation
//
// A and B are names of sides; several pairs are joined by commas: `a1,b1 a2,b2`.

/// What three ways of comparing say of a pair.
struct Tally {
    var pairs = 0
    /// Verdicts `regressed` or `improved` of any figure, and of the median alone.
    var any = 0
    var median = 0
    /// The means differ by more than 5 %.
    var threshold = 0
    /// A Mann-Whitney test (of the rank sum) gives p < 0.05.
    var rankTest = 0
    /// Those that were found in the right direction, by the median.
    var found = 0

    mutating func add(_ rows: [ComparedFigure], _ base: Slice, _ head: Slice, random: inout SplitMix64) {
        pairs += 1
        let decided = rows.filter { $0.verdict == .regressed || $0.verdict == .improved }
        if !decided.isEmpty { any += 1 }
        let median = rows.first { $0.metric.id == "startup.median" }
        if decided.contains(where: { $0.metric.id == "startup.median" }) { self.median += 1 }
        if median?.verdict == .regressed { found += 1 }
        let values = [base, head].map { $0.samples.compactMap(\.startup).map { Double($0) } }
        let means = values.map { $0.reduce(0, +) / Double(max(1, $0.count)) }
        if abs(means[1] / means[0] - 1) > 0.05 { threshold += 1 }
        if let test = RankDeviation.test(values, using: &random), test.pValue < 0.05 { rankTest += 1 }
    }

    func line(_ name: String) -> String {
        func share(_ count: Int) -> String {
            let ends = Proportion.wilson(count, of: pairs, confidence: 0.95)
            let interval = ends.map { String(format: " [%.1f to %.1f]", $0.lower * 100, $0.upper * 100) } ?? ""
            return "\(count) (\(String(format: "%.1f", Double(count) / Double(max(1, pairs)) * 100)) %\(interval))"
        }
        return "| \(name) | \(pairs) | \(share(any)) | \(share(median)) | \(share(threshold)) | \(share(rankTest)) |"
    }
}

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("trials: \(message)\n".utf8))
    exit(1)
}

/// The value of an option among the arguments, which is taken out of them.
func option(_ name: String, _ fallback: Double, _ arguments: inout [String]) -> Double {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count,
        let value = Double(arguments[place + 1])
    else { return fallback }
    arguments.removeSubrange(place...(place + 1))
    return value
}

func interleaved(_ base: Slice, _ head: Slice, seed: UInt64) -> [ComparedFigure] {
    let run = Run("trial", [base, head], seed: seed, sides: [base.name, head.name])
    let analysis = RunAnalysis(run: run, resamples: 2_000)
    do {
        return try Comparison(
            within: ComparedRun(analysis), base: base.name, head: head.name, resamples: 2_000
        ).rows
    } catch {
        fail("\(error)")
    }
}

func falseAlarms(_ pool: Pool, _ pairs: [(String, String)], blocks: Int) {
    var tally = Tally()
    var random = SplitMix64(seed: 1)
    for run in pool.runs {
        for (first, second) in pairs {
            let common = run.blocks([first, second])
            for start in stride(from: 0, to: common.count - blocks + 1, by: blocks) {
                let window = Set(common[start..<(start + blocks)])
                let slices = [(first, "base"), (second, "head")].map { side, name in
                    Slice(name: name, samples: (run.samples[side] ?? []).filter { window.contains($0.block) })
                }
                let rows = interleaved(slices[0], slices[1], seed: UInt64(tally.pairs + 1))
                tally.add(rows, slices[0], slices[1], random: &random)
            }
        }
    }
    print(tally.line("interleaved, \(blocks) samples a side"))
}

/// Separate runs of identical code: neighbours in time, the noise learnt from the first runs, which are in no pair. What is between
/// two runs is the same for all sides in them, so that each pair of runs is one pair.
func separateAlarms(_ pool: Pool, _ side: String, learn: Int) {
    var tally = Tally()
    var random = SplitMix64(seed: 2)
    let runs = pool.runs(with: side).map { Slice(name: "runc", samples: $0.samples[side] ?? []) }
    let compared = runs.enumerated().map { index, slice in
        ComparedRun(
            RunAnalysis(run: Run("run-\(index)", [slice], seed: UInt64(index + 1)), resamples: 2_000))
    }
    guard compared.count > learn + 1, let noise = try? Calibration.learn(from: Array(compared.prefix(learn))) else {
        fail("separate runs need more than \(learn + 1) recorded runs")
    }
    for index in stride(from: learn, to: compared.count - 1, by: 2) {
        do {
            let rows = try Comparison(
                base: Side(name: "base", runs: [compared[index]], learnt: noise),
                head: Side(name: "head", runs: [compared[index + 1]])
            ).rows
            tally.add(rows, runs[index], runs[index + 1], random: &random)
        } catch {
            fail("\(error)")
        }
    }
    print(tally.line("one run a side, one after the other, noise learnt from \(learn) runs"))
}

var arguments = Array(CommandLine.arguments.dropFirst())
let blocks = Int(option("--blocks", 20, &arguments))
let effect = option("--effect", 0.1, &arguments)
let learn = Int(option("--learn", 8, &arguments))
let repetitions = Int(option("--repetitions", 4_000, &arguments))
if arguments == ["coverage"] {
    CoverageTrials.report(repetitions: max(1, repetitions))
    exit(0)
}
guard let task = arguments.first, arguments.count > 1 else {
    fail("say what: coverage; false-alarms or power, and pairs A,B")
}
let pairs = arguments.dropFirst().map { pair -> (String, String) in
    let names = pair.split(separator: ",").map(String.init)
    guard names.count == 2 else { fail("'\(pair)' is no pair A,B") }
    return (names[0], names[1])
}
let pool = Pool(String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self))
switch task {
case "false-alarms":
    falseAlarms(pool, pairs, blocks: blocks)
    if pool.runs(with: pairs[0].0).count > learn + 2 {
        separateAlarms(pool, pairs[0].0, learn: learn)
    }
case "power": PowerTrials(pool, pairs, effect: effect, learn: learn).report()
default: fail("'\(task)' is neither false-alarms nor power")
}
