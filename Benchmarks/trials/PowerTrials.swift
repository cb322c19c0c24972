import Analysis
import BenchmarkModel
import Foundation
import Statistics

/// How often an injected effect is found with the plan that calibration makes for it.
///
/// The plan is learnt from the first runs, base alone, and made for 95 % power; the trials are drawn from the other runs.
struct PowerTrials {
    static let wanted = 100
    static let plannedPower = 0.95

    private let pool: Pool
    private let pairs: [(String, String)]
    private let effect: Double
    private let learn: Int

    init(_ pool: Pool, _ pairs: [(String, String)], effect: Double, learn: Int) {
        self.pool = pool
        self.pairs = pairs
        self.effect = effect
        self.learn = learn
        guard pool.runs(with: pairs[0].0).count > learn + 1 else {
            fail("power needs more than \(learn + 1) recorded runs")
        }
    }

    func report() {
        let ratios = pairs.compactMap { base, head -> Double? in
            let values = [base, head].map { name in
                Quantiles(rest.flatMap { $0.samples[name] ?? [] }.compactMap(\.startup).map { Double($0) })
            }
            guard let one = values[0], let other = values[1] else { return nil }
            return other.median / one.median
        }
        print(
            "The effect that was injected, over all samples: "
                + ratios.map { String(format: "%+.1f %%", ($0 - 1) * 100) }.joined(separator: ", ") + ".")
        guard let plan = plan() else { fail("nothing could be learnt") }
        let asked = String(format: "%g %%", effect * 100)
        print(
            "The plan for \(asked) at 95 % power: interleaved "
                + (plan.interleaved.map { "\($0) samples a side" } ?? "impossible") + "; one run a side "
                + (plan.oneRun.map { "of \($0) samples" }
                    ?? String(format: "cannot see it, only %.1f %% and more", (exp(plan.leastInOneRun) - 1) * 100))
                + "; " + (plan.runs.map { "\($0) runs a side of \(blocksOfRun) samples" } ?? "no number of runs") + ".")
        if let blocks = plan.interleaved { interleavedTrials(blocks) }
        if let runs = plan.runs { separateTrials(runs) }
    }

    /// Those from which is learnt: the first that have the base.
    private var teachers: [Pool.Recorded] { Array(pool.runs(with: pairs[0].0).prefix(learn)) }

    private var others: [Pool.Recorded] {
        let taken = Set(teachers.map(\.id))
        return pool.runs.filter { !taken.contains($0.id) }
    }

    /// The runs that are not learnt from and have both sides.
    private var rest: [Pool.Recorded] {
        others.filter { run in
            pairs.allSatisfy { run.samples[$0.0] != nil && run.samples[$0.1] != nil }
        }
    }

    private var blocksOfRun: Int { teachers.first?.samples[pairs[0].0]?.count ?? 0 }

    private func compared(_ run: Pool.Recorded, _ side: String) -> ComparedRun {
        let slice = Slice(name: "runc", samples: run.samples[side] ?? [])
        return ComparedRun(
            RunAnalysis(run: Run("\(run.id)-\(side)", [slice], seed: 1), resamples: 2_000))
    }

    private func plan() -> Calibration.Plan? {
        let runs = teachers.map { compared($0, pairs[0].0) }
        return try? Calibration.made(of: runs).calibration
            .plans(effect: effect, power: PowerTrials.plannedPower)
            .first { $0.subject.figure.metric.id == "startup.median" }
    }

    private func interleavedTrials(_ blocks: Int) {
        var tally = Tally()
        var random = SplitMix64(seed: 3)
        var disjoint = 0
        for (base, head) in pairs {
            var both: [(Pool.Sample, Pool.Sample)] = []
            for run in rest {
                let common = Set(run.blocks([base, head]))
                both += zip(
                    (run.samples[base] ?? []).filter { common.contains($0.block) },
                    (run.samples[head] ?? []).filter { common.contains($0.block) }
                ).map { ($0, $1) }
            }
            let room = both.count - blocks
            guard room >= 0 else { fail("a trial takes \(blocks) samples a side, and only \(both.count) are recorded") }
            disjoint += both.count / blocks
            let count = PowerTrials.wanted / pairs.count
            for trial in 0..<count {
                let start = count > 1 ? room * trial / (count - 1) : 0
                let window = both[start..<(start + blocks)]
                let slices = [
                    Slice(name: "base", samples: window.map(\.0)), Slice(name: "head", samples: window.map(\.1)),
                ]
                let rows = interleaved(slices[0], slices[1], seed: UInt64(trial + 1))
                tally.add(rows, slices[0], slices[1], random: &random)
            }
        }
        print(
            "Interleaved, \(blocks) samples a side: found in \(tally.found) of \(tally.pairs) trials "
                + "(windows of the recorded blocks, of which \(disjoint) are disjoint).")
    }

    /// Runs are drawn without one standing on both sides: the heads first, for they are fewer.
    private func separateTrials(_ count: Int) {
        let others = others
        let bases = others.map { run in pairs.filter { run.samples[$0.0] != nil }.map { compared(run, $0.0) } }
        let heads = others.map { run in pairs.filter { run.samples[$0.1] != nil }.map { compared(run, $0.1) } }
        let withBase = others.indices.filter { !bases[$0].isEmpty }
        let withHead = others.indices.filter { !heads[$0].isEmpty }
        guard withHead.count >= count, withBase.count >= 2 * count else {
            return print(
                "Separate runs: the plan takes \(count) runs a side, and of the slower there are \(withHead.count); not tried."
            )
        }
        var random = SplitMix64(seed: 4)
        var found = 0
        for _ in 0..<PowerTrials.wanted {
            let slower = withHead.shuffled(using: &random).prefix(count)
            let usual = withBase.filter { !slower.contains($0) }.shuffled(using: &random).prefix(count)
            func side(_ name: String, _ runs: [[ComparedRun]], _ places: ArraySlice<Int>) -> Side {
                Side(name: name, runs: places.compactMap { runs[$0].randomElement(using: &random) })
            }
            do {
                let rows = try Comparison(
                    base: side("base", bases, usual), head: side("head", heads, slower)
                ).rows
                if rows.contains(where: { $0.metric.id == "startup.median" && $0.verdict == .regressed }) { found += 1 }
            } catch {
                fail("\(error)")
            }
        }
        print(
            "Separate runs, \(count) a side, drawn from \(withBase.count) and \(withHead.count) recorded ones: found in "
                + "\(found) of \(PowerTrials.wanted) trials.")
    }
}
