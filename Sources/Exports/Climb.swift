import BenchmarkModel

/// A ladder or a ramp with its place in its experiment: number and block do not depend on what else a suite measures.
struct Climb<Record> {
    /// Which one of its experiment it is, from 1.
    var number: Int
    /// Counted from the first block of its experiment.
    var block: Int
    var observation: Observation
    var record: Record

    /// All of a run, those of no cell of the plan included.
    static func all(of run: Run, _ record: (Observation) -> Record?) -> [Climb] {
        var climbs: [Climb] = []
        var first: Int?
        for observation in run.observations {
            guard let recorded = record(observation) else { continue }
            first = first ?? run.plan.blocks(of: observation.record.experiment).first?.index ?? 0
            climbs.append(
                Climb(
                    number: climbs.count + 1, block: observation.block - (first ?? 0), observation: observation,
                    record: recorded))
        }
        return climbs
    }
}
