import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization

/// One instance from its staging to its end: directory, channel, request, and what became of it.
final class LaunchedInstance: Sendable {
    let request: LaunchRequest
    let channel: InstanceChannel
    private let platform: any Platform
    private let receiver: MarkReceiver
    private struct State {
        var instance: (any Instance)?
        var launchError: (any Error)?
        var launcher: Launcher?
        var finished = false
    }
    private let state = Mutex(State())

    /// Makes directory and channel. Nothing of it is timed.
    ///
    /// - Throws: ``SystemError`` or ``TareError``; nothing is left then.
    init(
        environment: RunEnvironment, receiver: MarkReceiver, platform: any Platform, prepared: PreparedWorkload,
        number: Int, purpose: LaunchRequest.Purpose
    ) throws {
        self.platform = platform
        self.receiver = receiver
        let directory = "\(environment.directory)/i\(number)"
        try HostFiles.makeDirectory(directory, mode: 0o711)
        do {
            channel = try receiver.open(platform.channelKind, directory: directory)
        } catch {
            try? HostFiles.removeTree(directory)
            throw error
        }
        request = LaunchRequest(
            name: "tare-\(environment.runID)-i\(number)", number: number, purpose: purpose, prepared: prepared,
            directory: directory, cgroup: environment.group, childCgroupFiles: environment.childCgroupFiles,
            marks: channel)
    }

    /// tare's own instrumentation, on the launcher's thread, before t0.
    func stage(on launcher: Launcher) throws {
        state.withLock { $0.launcher = launcher }
        try launcher.run { [platform, request] in try platform.stage(request) }
    }

    /// tare's own instrumentation, on the calling thread, which is a launcher's.
    func stageHere() throws { try platform.stage(request) }

    /// Host processes that exist because of this instance; empty before its launch and after its end.
    func processes() -> [HostProcess] {
        guard let instance = state.withLock({ $0.finished ? nil : $0.instance }) else { return [] }
        return (try? instance.processes()) ?? []
    }

    /// Why it is not alive any more; nil while it is.
    func death() -> String? {
        guard let instance = state.withLock({ $0.finished ? nil : $0.instance }) else { return "it was ended" }
        return instance.death()
    }

    /// The timed request, and its wait for the launcher's thread.
    func launch(on launcher: Launcher) throws {
        try launcher.run(goingHome: false) { self.launch() }
    }

    /// The timed request. Runs on the launcher's thread.
    ///
    /// - Parameter due: t0 where it is given beforehand (`concurrent`); else the time right before the request.
    func launch(due: UInt64? = nil) {
        let requested = due ?? MonotonicClock.now()
        do {
            let instance = try platform.launch(request)
            state.withLock { $0.instance = instance }
        } catch {
            state.withLock { $0.launchError = error }
        }
        channel.record(.requested, at: requested)
        channel.closeInstanceSide()
    }

    /// Why the platform refused, or nil.
    var launchError: (any Error)? { state.withLock { $0.launchError } }

    /// The last lines of what the instance printed, for messages. A guest's kernel prints to the same console, and much when
    /// its first process ends: its lines (`[    2.259562] ...`) are told only where there is nothing else.
    var lastOutput: String {
        let console = channel.received.console
        let text =
            console.isEmpty
            ? HostFiles.tail(request.directory + "/output", bytes: 1_024)
            : String(decoding: console, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        let own = console.isEmpty ? lines : lines.filter { !LaunchedInstance.isKernelMessage($0) }
        return (own.isEmpty ? lines : own).suffix(3).joined(separator: " | ")
    }

    static func isKernelMessage(_ line: Substring) -> Bool {
        guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return false }
        let time = line[line.index(after: line.startIndex)..<end]
        return time.contains(".") && time.allSatisfy { $0 == " " || $0 == "." || ("0"..."9").contains($0) }
    }

    /// Ends the instance and removes all of it. Idempotent.
    ///
    /// - Throws: ``TareError`` naming what stays.
    func stop(deadline: Duration = .seconds(10)) throws {
        let instance: (any Instance)? = state.withLock { state in
            guard !state.finished else { return nil }
            state.finished = true
            return state.instance
        }
        defer { receiver.forget(channel) }
        // A thread that staging put into the instance's cgroup would keep it from being removed.
        try state.withLock { $0.launcher }?.run {}
        if let instance {
            channel.record(.stopping, at: MonotonicClock.now())
            try instance.stop(deadline: deadline)
            channel.record(.stopped, at: MonotonicClock.now())
        }
        try HostFiles.removeTree(request.directory)
    }
}
