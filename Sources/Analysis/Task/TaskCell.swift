package import BenchmarkModel
import Statistics

/// A cell of the task experiment with its figures.
package struct TaskCell: AnalysedCell {
    package static let fewestForClaim = 5

    package var observed: ObservedCell
    /// What the command prints of itself, in the order of the suite.
    package var figures: [TaskMeasure]
    /// From `executed` to the end, in nanoseconds.
    package var own: TaskMeasure
    /// From the request to the end, in nanoseconds.
    package var duration: TaskMeasure
    /// CPU time of the samples that are ok, in nanoseconds; nil where it was never readable.
    package var cpu: Sampled?
    /// Peak memory of the samples that are ok, in bytes; nil where it was never readable.
    package var peakMemory: Sampled?

    /// What the task is compared by: its own figures, else its own time and its duration.
    package var headlines: [TaskMeasure] { figures.isEmpty ? [own, duration] : figures }

    package var hasFigure: Bool { headlines.contains { $0.sampled != nil } }

    package var ownCaveats: [Caveat] {
        let blocks = duration.sampled?.blocks ?? headlines.compactMap(\.sampled).map(\.blocks).max()
        return (blocks ?? Bootstrap.fewBlocks) < Bootstrap.fewBlocks ? [.fewBlocks] : []
    }
}
