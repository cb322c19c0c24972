import Analysis
import BenchmarkModel
import Foundation

/// Recorded starts, as `Benchmarks/calibration` keeps them: a CSV with the columns `run,block,side,outcome,startup_ns,cpu_ns,
/// peak_bytes`, counted samples alone, in the order of measurement.
struct Pool {
    struct Sample {
        var block: Int
        var outcome: Observation.Outcome
        var startup, cpu, peak: UInt64?
    }

    /// A recorded run: the samples of each side by block.
    struct Recorded {
        var id: String
        var samples: [String: [Sample]] = [:]

        /// The blocks in which all these sides have a sample.
        func blocks(_ sides: [String]) -> [Int] {
            sides.map { Set((samples[$0] ?? []).map(\.block)) }
                .reduce(nil as Set<Int>?) { $0?.intersection($1) ?? $1 }?.sorted() ?? []
        }
    }

    var runs: [Recorded] = []

    /// The runs that have a side.
    func runs(with side: String) -> [Recorded] { runs.filter { $0.samples[side] != nil } }

    init(_ text: String) {
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 7, let block = Int(fields[1]), let outcome = Observation.Outcome(rawValue: fields[3])
            else {
                FileHandle.standardError.write(Data("trials: not a sample: \(line)\n".utf8))
                exit(1)
            }
            if runs.last?.id != fields[0] { runs.append(Recorded(id: fields[0])) }
            runs[runs.count - 1].samples[fields[2], default: []].append(
                Sample(
                    block: block, outcome: outcome, startup: UInt64(fields[4]), cpu: UInt64(fields[5]),
                    peak: UInt64(fields[6])))
        }
    }
}

/// A side's samples on their way into a run: as many as there are blocks, in order.
struct Slice {
    /// How its platform is called in the run.
    var name: String
    var samples: [Pool.Sample]
}

extension Run {
    /// A run that holds just these samples, block by block, as if it had been planned so.
    init(_ id: String, _ slices: [Slice], seed: UInt64, sides: [String] = []) {
        let workload = Workload(
            name: "noop", image: .packages(["busybox-static"], release: "bookworm"), command: ["/bin/true"],
            readiness: .started)
        let suite = Suite(
            name: "trial", workloads: [workload],
            platforms: slices.map { PlatformSpec(name: $0.name, kind: .oci(OCISettings())) },
            startup: StartupExperiment(samples: slices[0].samples.count, warmupBlocks: 0))
        var plan = Plan(suite: suite, seed: seed)
        plan.sides = sides
        self.init(
            id: id, startedAt: 0, endedAt: 0, status: .complete, tareVersion: TareVersion.current, command: "",
            suite: suite, suiteText: "", plan: plan, facts: HostFacts(facts: Definition.current.map(\.fact)))
        for block in plan.blocks {
            for position in block.order {
                let cell = plan.cells[position]
                guard let slice = slices.first(where: { $0.name == cell.platform }) else { continue }
                let sample = slice.samples[block.index]
                let number = observations.count + 1
                var marks = [Mark(.requested, nanoseconds: 1)]
                if let startup = sample.startup { marks.append(Mark(.ready, nanoseconds: 1 + startup)) }
                observations.append(
                    Observation(
                        number: number, cell: cell.key, block: block.index, outcome: sample.outcome,
                        record: .startup(
                            StartupRecord(
                                instance: "tare-trial-i\(number)", marks: marks, cpuNanoseconds: sample.cpu,
                                peakMemoryBytes: sample.peak))))
            }
        }
    }
}
