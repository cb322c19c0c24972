import Analysis
import BenchmarkModel
import LinuxSystem

/// A new baseline, before it is written.
struct BaselineUpdate {
    var baseline: Baseline
    /// nil where there was no file.
    var changes: BaselineChanges?
    /// What a reader must know, in sentences.
    var warnings: [String] = []
    /// Of how many figures learnt noise was kept.
    var kept = 0

    /// - Throws: ``TareError``, ``SuiteErrors``: where the runs make no baseline, or a file is there that is none.
    init(_ command: BaselineCommand.Update) throws {
        // First: what a file has learnt must not be lost because it cannot be read.
        let old = HostFiles.exists(command.baseline) ? try BaselineFile.read(command.baseline) : nil
        let comparands = Comparands(store: command.store, despite: command.despite)
        let words = command.runs.isEmpty ? ["latest"] : command.runs
        guard try words.allSatisfy({ try comparands.baseline($0) == nil }) else {
            throw TareError(
                .usage, "a baseline is made of runs, not of another baseline", remedy: "'tare list' shows all runs.")
        }
        let runs = try words.flatMap { try comparands.runs($0).map(\.run) }
        warnings += comparands.notes
        try warnings += BaselineUpdate.checkCells(of: runs, isPartial: command.partial)
        var learnt: [LearntNoise] = []
        if let old, let run = runs.first {
            let selection = LearntSelection(from: old, for: run)
            learnt = selection.kept
            kept = learnt.count
            warnings += selection.dropped
            if kept > 0, old.suiteDigest != run.suiteDigest, !old.suiteDigest.isEmpty, !run.suiteDigest.isEmpty {
                warnings.append(
                    "The learnt noise was kept although the suite file has changed since: calibrate again where it changed what "
                        + "is measured.")
            }
        }
        baseline = try Baseline(of: runs, learnt: learnt)
        // What is written must be read back: whoever fails on it fails later, in a pipeline.
        _ = try BaselineFile.parse(BaselineFile.text(baseline), file: command.baseline)
        if let old { changes = BaselineChanges(from: old, to: baseline) }
    }

    /// - Returns: warnings.
    /// - Throws: ``TareError`` where a cell has no figure and nobody said that this may be.
    private static func checkCells(of runs: [ComparedRun], isPartial: Bool) throws -> [String] {
        var warnings: [String] = []
        for run in runs {
            // A share of failures is a figure of none of the measurements that are good.
            let measured = Set(run.figures.filter { $0.counts == nil }.map(\.cell))
            let empty = run.cells.filter { !measured.contains($0) }
            guard !empty.isEmpty else { continue }
            let names = empty.prefix(5).joined(separator: ", ") + (empty.count > 5 ? ", ..." : "")
            let what = "the run \(run.id) has no figure of \(empty.count) of its \(run.cells.count) cells: \(names)"
            guard isPartial else {
                throw TareError(
                    .failed, what,
                    remedy:
                        "'tare report \(run.id)' says why. Measure again, or take it all the same with --partial: nothing "
                        + "of these cells will be judged.")
            }
            warnings.append("Nothing will be judged of some cells: \(what).")
        }
        return warnings
    }

    /// The last word.
    func sentence(file: String) -> String {
        let runs = baseline.sources.map(\.id).joined(separator: ", ")
        let noise =
            baseline.learnt.isEmpty
            ? "How much they vary from run to run was not learnt: until 'tare calibrate' has, a gate says inconclusive."
            : "The noise of \(baseline.learnt.count) is known."
        return "\(file): \(baseline.size), from \(runs). \(noise)"
    }

    private struct Document: Encodable {
        var file, suite: String
        var runs: [String]
        var figures, noise: Int
        var changes: [BaselineChanges.Change]?
        var added, gone: Int?
        var notComparable: String?
        var warnings: [String]
    }

    /// - Throws: where the encoder refuses.
    func json(file: String) throws -> String {
        let document = Document(
            file: file, suite: baseline.suite, runs: baseline.sources.map(\.id), figures: baseline.figures.count,
            noise: baseline.learnt.count, changes: changes?.changes, added: changes?.added, gone: changes?.gone,
            notComparable: changes?.refusal, warnings: warnings)
        return try JSONDocument.text(document)
    }
}
