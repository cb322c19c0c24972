import Analysis
import BenchmarkModel
import Exports

/// What an older baseline has learnt of the noise, as far as it still holds for a run: noise belongs to a host, a suite and what
/// the figures mean.
struct LearntSelection {
    var kept: [LearntNoise] = []
    /// What was dropped and why, in sentences.
    var dropped: [String] = []

    /// - Parameter despite: names of facts on which the two may differ all the same.
    init(from old: Baseline, for run: ComparedRun, despite: [String] = []) {
        guard !old.learnt.isEmpty, let before = old.side(named: "").runs.first else { return }
        let allowed = Set(despite.map { $0.lowercased() })
        let differences = Comparability.differences(before, run).filter { !allowed.contains($0.name.lowercased()) }
        guard differences.isEmpty else {
            dropped = [
                "The learnt noise does not hold for this run and was dropped: it was learnt where this differs: "
                    + differences.map(\.words).joined(separator: "; ") + ". 'tare calibrate' learns it anew."
            ]
            return
        }
        let (now, then) = (run.figuresByID, before.figuresByID)
        var gone: [String] = []
        for noise in old.learnt {
            guard let figure = now[noise.id], let former = then[noise.id],
                figure.metric.definitionVersion == former.metric.definitionVersion,
                // Variances are on the scale: those of a ratio say nothing of a difference.
                figure.metric.unit == former.metric.unit, ScaleWord(figure.scale) == ScaleWord(former.scale)
            else {
                gone.append("\(noise.id.metric) of \(noise.id.cell)")
                continue
            }
            kept.append(noise)
        }
        if !gone.isEmpty {
            dropped.append(
                "The learnt noise of \(gone.count) figure\(gone.count == 1 ? "" : "s") was dropped, of which the run has none "
                    + "or another kind: \(gone.prefix(5).joined(separator: ", "))\(gone.count > 5 ? ", ..." : "").")
        }
    }
}
