import Analysis
import BenchmarkModel
import RunStore

/// The latest footprints in a store.
enum StoredFootprints {
    /// So many runs are looked at, the latest.
    static let mostRuns = 50

    /// The analyses of the latest run with a footprint and of those before it that may be set beside it, for what it did not measure;
    /// of each only the ladders and ramps. A run that cannot be read is passed over.
    ///
    /// - Throws: ``TareError`` with code `store`.
    static func analyses(in store: RunStore) throws -> [RunAnalysis] {
        var runs: [Run] = []
        for summary in try store.runs(counts: false).prefix(mostRuns) {
            guard var run = try? store.run(summary.id), run.observations.contains(where: { $0.ladder != nil }) else {
                continue
            }
            if !runs.allSatisfy({ Comparability.differences($0, run).isEmpty }) { continue }
            run.observations.removeAll { $0.ladder == nil && $0.ramp == nil }
            runs.append(run)
        }
        return runs.map { RunAnalysis(run: $0) }
    }
}
