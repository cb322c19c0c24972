import BenchmarkModel
import LinuxSystem

/// Has a witness tell what a workload would see: its command is never run.
enum WorldMeasurement {
    /// The least and the most time that an instance gets to tell it, in seconds; between them, the workload's own deadline.
    static let leastSeconds = 10.0
    static let mostSeconds = 120.0

    /// - Parameter instance: one for ``LaunchRequest/Purpose/world``, which lives on and echoes.
    /// - Throws: ``TareError`` where it does not tell, or tells what no witness does.
    static func facts(
        from instance: LaunchedInstance, launcher: Launcher, interruption: Interruption
    ) throws -> [Fact] {
        try instance.stage(on: launcher)
        try instance.launch(on: launcher)
        if let error = instance.launchError { throw error }
        let seconds = min(
            mostSeconds, max(leastSeconds, instance.request.prepared.workload.readinessDeadlineSeconds))
        let received = instance.channel.wait(
            until: MonotonicClock.now() + UInt64(seconds * 1e9), interrupted: { interruption.isRequested }
        ) { $0.ended || $0.failure != nil || $0.world != nil }
        guard let world = received.world else {
            throw TareError(.platform, "the witness told nothing", cause: received.failure ?? instance.failureReason)
        }
        return try WorldReader.facts(world)
    }
}
