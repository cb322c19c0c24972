import BenchmarkModel
import LinuxSystem

/// What a run says where tare was started in a control group with limits, before it measures.
enum LimitedGroup {
    /// Empty where no limit can be felt on this host.
    static func threats(_ suite: Suite, in confinement: Confinement.Outcome?) -> [Threat] {
        guard let confinement, !confinement.felt.isEmpty else { return [] }
        let allowed =
            "tare was started in a control group that allows " + confinement.felt.joined(separator: ", and ")
        if let problem = confinement.problem {
            return [
                Threat(
                    detector: "limited group", severity: .warning,
                    text: "\(allowed); the instances are made beside it, where none of this holds, because \(problem)")
            ]
        }
        let note = Threat(
            detector: "limited group", severity: .note,
            text: "\(allowed); the instances are made below it and share this with tare and all else in it")
        return [note] + [memory(suite, confinement.limits)].compactMap { $0 }
    }

    /// Where all instances that the suite runs at once may use more memory than the group has, some may be killed.
    private static func memory(_ suite: Suite, _ limits: GroupLimits) -> Threat? {
        guard let limit = limits.memoryBytes else { return nil }
        let each = suite.workloads.map(\.memoryBytes).max() ?? 0
        var worst: (bytes: UInt64, experiment: String) = (0, "")
        for experiment in suite.experiments {
            let all = UInt64(experiment.mostInstances).multipliedReportingOverflow(by: each)
            let bytes =
                experiment.name == suite.density?.name
                ? min(suite.density?.budgetBytes ?? .max, all.overflow ? .max : all.partialValue)
                : all.overflow ? .max : all.partialValue
            if bytes > worst.bytes { worst = (bytes, experiment.name) }
        }
        guard worst.bytes > limit.value else { return nil }
        return Threat(
            detector: "limited group", severity: .warning,
            text:
                "the instances that '\(worst.experiment)' runs at once may use \(worst.bytes >> 20) MiB by what the suite "
                + "allows them, and the control group \(limit.group) has \(limit.value >> 20) MiB for them and tare: the "
                + "kernel may kill some for want of memory")
    }
}
