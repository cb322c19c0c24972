import Analysis
import BenchmarkModel

/// What a report says of how starts were measured.
enum StartupMethod {
    /// Empty where none was.
    static func items(_ analysis: RunAnalysis) -> [[Inline]] {
        guard !analysis.startups.isEmpty else { return [] }
        return [
            [
                .strong("Startup"),
                .text(
                    " is the time from immediately before the request (t0) to the moment at which the host learns that the "
                        + "workload is ready (t1): by the witness's mark, for a line of output by the line itself, and where "
                        + "the command has ended by the end of its marks. Image work is done before, and shown below."),
            ],
            [
                .strong("CPU of a start"),
                .text(" is user and system time of all that the start used until ready."),
            ],
            [.strong("Peak memory"), .text(" " + peakMemory(analysis))],
            [.strong("Rest."), .text(" " + rest(analysis))],
            [.strong("Order."), .text(" " + order(analysis))],
            [.strong("Carry-over."), .text(" " + carryOver(analysis))],
        ]
    }

    private static func peakMemory(_ analysis: RunAnalysis) -> String {
        let definition =
            "of a start is the most that was charged at once, until ready, to the control group that holds the instance and its "
            + "runtime or VMM, less what that group held before the rest. File cache and the kernel's own memory are included, "
            + "daemons are not. The kernel charges in advance, up to 64 pages a CPU: a start that needs no more than that may show "
            + "nothing."
        let isShared = analysis.modes.contains { $0.requestsPerPass > 1 }
        return definition
            + (isShared ? " Of requests that are due at once it is the peak of all, divided by their number." : "")
    }

    private static func order(_ analysis: RunAnalysis) -> String {
        let hasColdStage = analysis.modes.contains(.cold) && analysis.modes.count > 1
        return analysis.run.plan.orderWords(of: Parameters.startup(.warm).experiment)
            + (hasColdStage && analysis.shortestRestNanoseconds != nil
                ? " Cold cells come in blocks of their own, after all others." : "")
    }

    private static func rest(_ analysis: RunAnalysis) -> String {
        guard let shortest = analysis.shortestRestNanoseconds else {
            return !analysis.startups.contains { !$0.observed.observations.isEmpty }
                ? "No start was measured by itself."
                : "There was none before a start (definition 1 of startup): each began from whatever kernel the one before "
                    + "had left."
        }
        let version = analysis.run.facts.version(of: .startup) ?? Definition.startup.version
        return
            "Each start begins from a quiet kernel (definition \(version) of startup): after all "
            + "that tare prepares for it, nothing is done for \(Format.duration(Double(shortest))) at least, the same on every "
            + "platform and in every mode. A loop that starts one container after the other measures a busy kernel instead, "
            + "in which joining a control group is quicker by milliseconds; requests that are due at once, and ramps, show "
            + "that one."
    }

    private static func carryOver(_ analysis: RunAnalysis) -> String {
        let tested = analysis.startups.compactMap { cell in cell.carryOver.map { (cell.cell.key, $0) } }
        guard let least = tested.min(by: { $0.1.pValue < $1.1.pValue }) else {
            return "Too little was measured to see whether a start feels the one before it."
        }
        let found = tested.filter(\.1.isFound).map { analysis.label(of: $0.0) }
        let test =
            "Startups are compared by what was measured right before them (by ranks, adjusted after Holm for "
            + "\(Format.count(tested.count, "cell"))): "
        return found.isEmpty
            ? test + "no cell depends on it; the smallest p is \(Format.number(least.1.pValue))."
            : test + "below p = \(Format.number(CarryOver.significance)) lie \(Format.enumeration(found))."
    }
}

extension Plan {
    /// In which order the cells of an experiment were measured, in a sentence.
    func orderWords(of experiment: String) -> String {
        let blocks = blocks(of: experiment)
        let counted = blocks.count(where: \.counted)
        return
            "\(Format.count(blocks.count - counted, "warm-up block")), recorded and not counted, then "
            + "\(Format.count(counted, "block")); within each, the cells come in an order drawn from the seed \(seed), so "
            + "that drift of the host falls on all alike."
    }
}
