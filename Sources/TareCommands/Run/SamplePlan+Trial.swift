import BenchmarkModel
import HostReadings
import LinuxSystem
import RunStore

/// Where the times of a suite are taken from.
extension SamplePlan {
    /// So many stored runs are looked at.
    private static let mostRuns = 5

    /// The times of the latest stored run of the suite on such a host; where there is none, those of one block that is measured
    /// for it, in a store of its own that is removed afterwards.
    ///
    /// - Throws: ``TareError`` where ladders and ramps are asked for and no stored run tells how long they take, and what a run
    ///   throws.
    static func times(
        of document: SuiteDocument, sides: [String], store: RunStore, policy: Policy?
    ) async throws -> PassTimes {
        let here = HostProbe.facts(groups: try CgroupTree.current())
        let known = try store.runs(counts: false).filter { $0.suite == document.suite.name && $0.status == .complete }
        for summary in known.prefix(mostRuns) {
            guard let run = try? store.run(summary.id), run.facts.firstDisagreement(with: here) == nil,
                let times = PassTimes(of: run, source: "run \(run.id)"),
                times.seconds(of: document.suite, sides: sides, samples: 1) != nil
            else { continue }
            return times
        }
        let isClimbed = document.suite.footprint != nil || document.suite.density != nil
        guard fitted(in: document.suite) != nil, !isClimbed else {
            throw timeUnknown("no stored run of '\(document.suite.name)' holds its ladders and ramps")
        }
        Console.error("No stored run tells how long a block takes: one is measured now, and not kept.")
        return try await trial(document, sides: sides, policy: policy)
    }

    /// Measures the smallest run of a suite.
    private static func trial(
        _ document: SuiteDocument, sides: [String], policy: Policy?
    ) async throws -> PassTimes {
        let scratch = try ScratchDirectory(.trial)
        var document = document
        document.suite.startup?.samples = 1
        // The first is slower than those that follow.
        document.suite.startup?.warmupBlocks = 1
        document.suite.task?.samples = 1
        document.suite.task?.warmupBlocks = 1
        let session = try RunSession(
            document: document, store: try RunStore(path: scratch.path + "/tare.db"), seed: 1, command: "tare run",
            policy: policy, sides: sides, place: "a trial")
        guard try await session.execute() != .interrupted else {
            throw TareError(.interrupted, "the trial of a block was interrupted; nothing was measured yet")
        }
        let run = try withExtendedLifetime(scratch) { try session.load() }
        guard let times = PassTimes(of: run, source: "a trial of one block") else {
            throw timeUnknown("the trial of one block gave no start")
        }
        return times
    }
}
