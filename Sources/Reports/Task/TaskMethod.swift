import Analysis
import BenchmarkModel

/// What a report says of how tasks were measured.
enum TaskMethod {
    static let cost =
        "A cost is the ratio of the medians, of a figure or of a time, to the floor's: the task's by the floor's where lower is "
        + "better, the floor's by the task's where higher is, so that 2 is always twice as dear. The floor is the same "
        + "task in bare namespaces, or where there is no sound figure of that with no isolation."

    /// Empty where none was measured.
    static func items(_ analysis: RunAnalysis) -> [[Inline]] {
        guard !analysis.tasks.isEmpty else { return [] }
        let workloads = Set(analysis.tasks.map(\.cell.workload))
        let specs = analysis.run.suite.workloads.filter { workloads.contains($0.name) }
        var items: [[Inline]] = [
            [
                .strong("Task"),
                .text(
                    " is a command that runs to its end. Its duration goes from immediately before the request to the arrival "
                        + "of its end, its own time from the moment at which it was exec'd; CPU is user and system time, and "
                        + "peak memory the most charged at once, of all that it used until then, runtime or VMM included. One "
                        + "that ended with another status than 0, or not in time, or without each of its figures, failed: in "
                        + "every quantile it is worse than any other, and the share of such stands beside."),
            ],
            [
                .strong("Order of tasks."),
                .text(" " + analysis.run.plan.orderWords(of: Parameters.task.experiment)),
            ],
        ]
        if specs.contains(where: { !$0.figures.isEmpty }) {
            items.append([.strong("Own clock."), .text(" " + ownClock(analysis))])
        }
        if specs.contains(where: { !$0.figures.isEmpty || !$0.volumes.isEmpty }) {
            items.append([.strong("Figures of disks"), .text(" " + disks)])
        }
        return items
    }

    private static func ownClock(_ analysis: RunAnalysis) -> String {
        let share = Format.number(TaskRecord.clockTolerance * 100)
        let slack = Format.tick(TaskRecord.clockToleranceNanoseconds)
        let told = analysis.tasks.filter { !$0.figures.isEmpty }.flatMap(\.observed.good).compactMap(\.task)
        let unchecked = told.count { $0.instanceNanoseconds == nil || $0.ownNanoseconds == nil }
        let words =
            "A command's figures are taken as it printed them, and nothing is converted: they were measured inside the instance, by "
            + "its clock. That clock is checked against the host's over each task; where they are more than \(share) % plus "
            + "\(slack) apart, the sample is invalid."
        guard unchecked > 0 else { return words }
        return words + " In \(unchecked) of \(Format.count(told.count, "sample")) it was not told, and so not checked."
    }

    private static let disks =
        "are of the instance's own private layer unless the command wrote into a volume: in a container an overlay on the "
        + "host's file system, in a guest a copy-on-write disk in a file, with cache=writeback, so that flushes reach "
        + "the host. A volume is a new directory of the file system of the host that the suite names: a container has the "
        + "directory itself, a guest an ext4 disk in a file in it, whose flushes are honoured too."
}
