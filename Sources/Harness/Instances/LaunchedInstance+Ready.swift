import BenchmarkModel
import LinuxSystem

/// Why an instance did not become ready.
struct StartFailure: Error {
    var text: String
}

/// Readiness of an instance, and its life after that.
extension LaunchedInstance {
    /// The witness judges the deadline from its own entry and says what it last saw; the host waits a little longer for that.
    static let graceSeconds = 1.0

    private var deadlineSeconds: Double { request.prepared.workload.readinessDeadlineSeconds }

    /// Waits for ready, failure, the stream's end or the workload's deadline.
    func awaitReady(from start: UInt64, interruption: Interruption) {
        guard launchError == nil else { return }
        let deadline = start + UInt64((deadlineSeconds + LaunchedInstance.graceSeconds) * 1e9)
        _ = channel.wait(until: deadline, interrupted: { interruption.isRequested }) {
            $0.ended || $0.failure != nil || $0.marks.contains { $0.name == .ready }
        }
        adopt()
    }

    /// Whether it became ready.
    var isReady: Bool {
        let received = channel.received
        return received.failure == nil && received.marks.contains { $0.name == .ready }
    }

    /// Why it did not become ready, in words.
    var failureReason: String {
        let received = channel.received
        let output = lastOutput
        let printed = output.isEmpty ? "" : "; it printed: \(output)"
        if let error = launchError { return "the platform refused: \(error)\(printed)" }
        let memory =
            LaunchedInstance.memoryTrouble(
                ofGuest: String(decoding: received.console, as: UTF8.self),
                memoryBytes: request.prepared.workload.memoryBytes
            ).map { ": \($0)" } ?? ""
        if let failure = received.failure {
            // The witness cannot know what the kernel did to the command.
            let killed = death().flatMap { $0.contains("want of memory") ? ": \($0)" : nil } ?? memory
            return "\(failure)\(killed)\(printed)"
        }
        let last = received.marks.sorted().last?.name.rawValue ?? "nothing"
        // An instance that was killed for want of memory must not look like a slow one.
        let end = memory.isEmpty ? death().map { ": \($0)" } ?? "" : memory
        if received.ended { return "the instance ended before it was ready (last mark: \(last))\(end)\(printed)" }
        return "not ready within \(deadlineSeconds) s (last mark: \(last))\(end)\(printed)"
    }

    /// Stages, launches and awaits ready, all on the calling thread, which is the launcher's own.
    ///
    /// - Returns: the startup in nanoseconds, or why there is none.
    func startAndAwait(on launcher: Launcher, interruption: Interruption) -> Result<UInt64, StartFailure> {
        do {
            try launcher.goHome()
            try stageHere()
        } catch {
            return .failure(StartFailure(text: "\(error)"))
        }
        launch()
        do { try launcher.goHome() } catch { return .failure(StartFailure(text: "\(error)")) }
        awaitReady(from: MonotonicClock.now(), interruption: interruption)
        let marks = channel.received.marks
        guard isReady, let first = marks.first(where: { $0.name == .requested })?.nanoseconds,
            let last = marks.first(where: { $0.name == .ready })?.nanoseconds, last >= first
        else {
            if interruption.isRequested { return .failure(StartFailure(text: "interrupted")) }
            return .failure(StartFailure(text: failureReason))
        }
        return .success(last - first)
    }
}
