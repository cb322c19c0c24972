import BenchmarkModel

extension TaskCell {
    /// What every task has, the most important one first.
    package static let metrics: [CellMetric<TaskCell>] = [
        .init("task.duration", "duration", .nanoseconds, .lowerIsBetter, isHeadline: true) { $0.duration.estimate },
        .init("task.own", "own time", .nanoseconds, .lowerIsBetter) { $0.own.estimate },
        .init("task.cpu", "CPU of a task", .nanoseconds, .lowerIsBetter) { $0.cpu?.estimate },
        .init("task.peak-memory", "peak memory", .bytes, .lowerIsBetter) { $0.peakMemory?.estimate },
        .init(
            "task.failures", "share failed", .share, .lowerIsBetter, scale: .difference(resolution: 0.01),
            isHeadline: true
        ) { $0.failureShare },
    ]

    /// The figures that the command prints itself come first: where there are some, they are what is judged.
    package var ownMetrics: [CellMetric<TaskCell>] {
        let printed = figures.map { figure in
            CellMetric<TaskCell>(
                figure.id, figure.title, figure.unit, figure.polarity, isHeadline: true, caveats: figure.caveats
            ) { cell in cell.figures.first { $0.id == figure.id }?.estimate }
        }
        guard !printed.isEmpty else { return TaskCell.metrics }
        return printed
            + TaskCell.metrics.map { metric in
                var copy = metric
                if metric.id == "task.duration" { copy.isHeadline = false }
                return copy
            }
    }

    private static let figurePrefix = "task.figure."

    /// The id of the metric of a figure.
    static func id(ofFigure name: String) -> String { figurePrefix + name }

    /// Whether a metric is a figure that a command prints itself.
    static func isFigure(_ id: String) -> Bool { id.hasPrefix(figurePrefix) }
}
