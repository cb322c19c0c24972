import Analysis
import BenchmarkModel
import RunStore

/// The runs of the store that histories are made of.
enum StoredHistory {
    /// How many times blocks are drawn for the error of a figure: few, because a history shows it and decides nothing by it.
    static let resamples = 200
    /// A report looks at so many runs at the most, this one included.
    static let mostForReport = 100
    /// A report shows no history of fewer earlier runs.
    static let fewestEarlier = 3

    /// The runs as they are compared. Of those that did not end well nothing more is read. One that cannot be read is named on
    /// standard error and spoils no other.
    static func runs(_ summaries: [RunSummary], in store: RunStore) -> [ComparedRun] {
        summaries.compactMap { summary in
            guard summary.status == .complete else {
                return ComparedRun(
                    id: summary.id, startedAt: summary.startedAt, isComplete: false, suite: summary.suite,
                    suiteDigest: "", tareVersion: "", facts: HostFacts(), platforms: [], figures: [], cells: [])
            }
            do {
                return compared(try store.run(summary.id))
            } catch {
                Console.error("tare: a run is in no history: \(error)")
                return nil
            }
        }
    }

    /// A run as it is compared, without its samples: there may be hundreds of runs.
    static func compared(_ run: Run) -> ComparedRun {
        var compared = ComparedRun(RunAnalysis(run: run, resamples: resamples))
        for index in compared.figures.indices { compared.figures[index].sample = nil }
        return compared
    }

    /// The headline metrics of a run over it and the runs before it, for its report; none where there are too few, or where they
    /// cannot be read: then standard error says so, and the report is written without.
    static func headlines(of run: Run, in open: () throws -> RunStore) -> [History] {
        guard run.status == .complete else { return [] }
        do {
            let store = try open()
            let earlier = try store.runs(counts: false).filter { summary in
                summary.suite == run.suite.name && summary.status == .complete && summary.id != run.id
                    && summary.startedAt <= run.startedAt
            }.prefix(mostForReport - 1)
            guard earlier.count >= fewestEarlier else { return [] }
            let this = compared(run)
            return History.all(of: [this] + runs(Array(earlier), in: store), like: this) { $0.isHeadline }
                .filter { $0.points.count > fewestEarlier }
        } catch {
            Console.error("tare: the report has no history: \(error)")
            return []
        }
    }
}
