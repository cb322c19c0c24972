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

    /// How often an instance that has not connected its channel is looked at, in nanoseconds.
    private static let lookNanoseconds: UInt64 = 2_000_000_000

    private var deadlineSeconds: Double { request.prepared.workload.readinessDeadlineSeconds }

    /// Waits for ready, failure, the command's end or the workload's deadline.
    func awaitReady(from start: UInt64, interruption: Interruption) {
        guard launchError == nil else { return }
        let deadline = start + UInt64((deadlineSeconds + LaunchedInstance.graceSeconds) * 1e9)
        func wait(until end: UInt64) -> InstanceChannel.Received {
            channel.wait(until: end, interrupted: { interruption.isRequested }) {
                $0.ended || $0.failure != nil || $0.ending != nil || $0.marks.contains { $0.name == .ready }
            }
        }
        // A channel that nobody has connected yet does not end with the instance: that one is asked for.
        var received = channel.received
        while connects, !received.marks.contains(where: { $0.name == .entered }), MonotonicClock.now() < deadline,
            !interruption.isRequested
        {
            received = wait(until: min(deadline, MonotonicClock.now() + LaunchedInstance.lookNanoseconds))
            if received.ended || isReady(by: received) || received.failure != nil { break }
            guard !received.marks.contains(where: { $0.name == .entered }), let death = death() else { continue }
            lossAfterReady = "it never reached its mark channel: \(death)"
            break
        }
        if lossAfterReady == nil { _ = wait(until: deadline) }
        judgeEnd(until: deadline)
        adopt()
    }

    /// A command that has ended is judged by what it did. The witness does that where it is its parent; elsewhere it may have ended
    /// together with the command, and what there is to see lies on the host.
    private func judgeEnd(until deadline: UInt64) {
        let received = channel.received
        guard !isReady, received.failure == nil, received.ended || received.ending != nil,
            received.marks.contains(where: { $0.name == .entered })
        else { return }
        switch request.prepared.workload.readiness {
        case .line:
            receiver.judgeRest(of: channel, until: deadline)
            // A guest's output and its marks take different ways through the VMM. It powers off now, and the VMM closes the port
            // behind the last byte.
            if received.hasPort, !channel.hasSeenLine {
                let patience = MonotonicClock.now() + LaunchedInstance.portNanoseconds
                _ = channel.wait(until: patience) { $0.outputEnded || $0.marks.contains { $0.name == .ready } }
            }
            if channel.hasSeenLine { channel.becameReadyByItsEnd() }
        case .started:
            // A command that could not be executed, the witness reports. A kill from outside may have hit the witness itself.
            guard let ending = commandEnding(), ending != .signalled(9) else { return }
            channel.becameReadyByItsEnd()
        case .file(let path):
            // Not while something of it still runs: where it has ended, nothing can make the file any more.
            guard received.ending == nil, commandEnding() != nil else { return }
            let roots = ["root", "upper"].map { "\(request.directory)/\($0)" }
            if roots.contains(where: { HostFiles.exists(path, inRoot: $0) }) { channel.becameReadyByItsEnd() }
        case .tcp, .http, .completed: return
        }
    }

    /// How long the end of a guest's output may take to come after the end of its command, in nanoseconds.
    static let portNanoseconds: UInt64 = 5_000_000_000

    /// How long a service must outlast its readiness to count as one, in nanoseconds: what answered for a command that then went
    /// away, because it goes on in the background, is gone a moment later, and which of the two is seen first is no verdict.
    static let serviceNanoseconds: UInt64 = 20_000_000

    /// Looks whether a service is still there shortly after it was ready. Not in the timed path.
    func confirmService() {
        switch request.prepared.workload.readiness {
        case .tcp, .http: break
        case .started, .line, .file, .completed: return
        }
        guard isReady, let ready = channel.received.marks.first(where: { $0.name == .ready })?.nanoseconds else {
            return
        }
        _ = channel.wait(until: ready + LaunchedInstance.serviceNanoseconds) { $0.ending != nil }
        // libvirt's word on a guest would take longer than the guest's own.
        let isOver = channel.received.ending != nil || (!channel.directory.isEmpty && death() != nil)
        if isOver, let ending = commandEnding() {
            lossAfterReady = "the command \(ending.words) right after it was ready\(backgroundHint(ending))"
        } else if let problem = problemOverBridge {
            lossAfterReady = "it was ready inside, and is not over its bridge: \(problem)"
        }
    }

    /// Why the host does not reach over the bridge what the witness reached inside, at the address there; nil where it does.
    private var problemOverBridge: String? {
        guard request.slot != nil else { return nil }
        do {
            return try host.problems(of: [asked], readiness: request.prepared.workload.readiness)[request.name]
        } catch {
            return "\(error)"
        }
    }

    /// Whether it became ready.
    var isReady: Bool { isReady(by: channel.received) }

    /// Whether it was ready when so much had been received.
    func isReady(by received: InstanceChannel.Received) -> Bool {
        received.failure == nil && lossAfterReady == nil && received.marks.contains { $0.name == .ready }
    }

    /// Why it did not become ready, in words.
    var failureReason: String {
        let received = channel.received
        let output = lastOutput
        let printed = output.isEmpty ? "" : "; it printed: \(output)"
        if let error = launchError { return "the platform refused: \(error)\(printed)" }
        if let lossAfterReady { return lossAfterReady + printed }
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
        var end = memory.isEmpty ? death().map { ": \($0)" } ?? "" : memory
        if received.ended || received.ending != nil {
            guard let ending = commandEnding() else {
                return "the instance ended before it was ready (last mark: \(last))\(end)\(printed)"
            }
            if !end.contains("memory") { end = "" }
            return "the command \(ending.words)\(shortfall(ending))\(end)\(backgroundHint(ending))\(printed)"
        }
        if let condition = lineShortfall {
            return "readiness deadline of \(deadlineSeconds) s passed: \(condition)\(end)\(printed)"
        }
        return "not ready within \(deadlineSeconds) s (last mark: \(last))\(end)\(printed)"
    }

    /// What was missing when the command ended.
    private func shortfall(_ ending: CommandEnding) -> String {
        switch request.prepared.workload.readiness {
        case .completed: ", and only status 0 counts as completed"
        case .line: " before it was ready: \(lineShortfall ?? "")"
        case .started, .tcp, .http, .file: " before it was ready"
        }
    }

    /// What became of the line that is awaited; nil where none is.
    private var lineShortfall: String? {
        guard case .line(let pattern) = request.prepared.workload.readiness else { return nil }
        let lines = channel.linesJudged
        let seen = lines == 0 ? "it printed none" : "none of its \(lines) line\(lines == 1 ? "" : "s") does"
        let unjudged = channel.unjudgedBytes
        let limit =
            unjudged == 0
            ? ""
            : "; \(unjudged >> 20) MiB were printed faster than they could be judged (at most "
                + "\(MarkReceiver.mostUnjudgedBytes >> 20) MiB may wait)"
        return "a line of output matches /\(pattern)/; \(seen)\(limit)"
    }

    /// A server that goes on in the background looks like one that ended well.
    private func backgroundHint(_ ending: CommandEnding) -> String {
        switch request.prepared.workload.readiness {
        case .tcp where ending == .exited(0), .http where ending == .exited(0):
            ". If it went into the background, let it run in the foreground: an instance lasts as long as its command"
        default: ""
        }
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
