/// What was recorded of a task: one run of a command to its end.
package struct TaskRecord: Sendable, Equatable {
    /// The instance, its marks (`ready` is the arrival of the command's end), CPU and peak memory: as of a start.
    package var start: StartupRecord
    /// How the command ended; nil where it did not, or where nobody knows.
    package var ending: CommandEnding?
    /// The figures that it printed, by name, as printed.
    package var figures: [String: Double]
    /// The time from `executed` to the command's end on the instance's own clock, in nanoseconds, as the witness read it right before
    /// it sent either; nil where it was not told.
    package var instanceNanoseconds: UInt64?

    package init(
        start: StartupRecord, ending: CommandEnding? = nil, figures: [String: Double] = [:],
        instanceNanoseconds: UInt64? = nil
    ) {
        self.start = start
        self.ending = ending
        self.figures = figures
        self.instanceNanoseconds = instanceNanoseconds
    }

    /// Duration: from the request to the end, in nanoseconds.
    package var durationNanoseconds: UInt64? { start.startupNanoseconds }
    /// Its own time: from `executed` to the end, in nanoseconds.
    package var ownNanoseconds: UInt64? { start.nanoseconds(from: .executed, to: .ready) }

    /// How far the instance's clock may be from the host's over a task: this share of its own time ...
    package static let clockTolerance = 0.01
    /// ... and this much, which the channel may take, in nanoseconds.
    package static let clockToleranceNanoseconds = 5_000_000.0

    /// Why the instance's clock cannot be that of the host, in words; nil where it may be.
    package var clockTrouble: String? {
        guard let own = ownNanoseconds, let told = instanceNanoseconds else { return nil }
        let (host, instance) = (Double(own), Double(told))
        let apart = abs(instance - host)
        guard apart > host * TaskRecord.clockTolerance + TaskRecord.clockToleranceNanoseconds else { return nil }
        func milliseconds(_ nanoseconds: Double) -> String { "\((nanoseconds / 1e6).rounded()) ms" }
        return "the instance's clock says \(milliseconds(instance)) for what took \(milliseconds(host)) on the host's: "
            + "more than 1 % and 5 ms apart, so that no figure of its own clock counts"
    }
}
