import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization

/// One instance from its staging to its end: directory, channel, request, and what became of it.
final class LaunchedInstance: Sendable {
    let request: LaunchRequest
    let channel: InstanceChannel
    let host: any BenchHost
    private let platform: any Platform
    let receiver: MarkReceiver
    private struct State {
        var instance: (any Instance)?
        var launchError: (any Error)?
        var launcher: Launcher?
        var finished = false
        var ending: CommandEnding?
        var lossAfterReady: String?
        var outputIsWhole = true
        var holdsPlace = true
        var placeError: (any Error)?
    }
    private let state = Mutex(State())

    /// Makes directory and channel. Nothing of it is timed.
    ///
    /// - Throws: ``SystemError`` or ``TareError``; nothing is left then.
    init(
        host: any BenchHost, receiver: MarkReceiver, platform: any Platform, prepared: PreparedWorkload,
        number: Int, purpose: LaunchRequest.Purpose, cpus: [Int]? = nil
    ) throws {
        self.host = host
        self.platform = platform
        self.receiver = receiver
        let place = host.place
        let directory = "\(place.directory)/i\(number)"
        // A kernel that refuses a bridge fails this instance, and does not end the run.
        let taken = Result { try LaunchedInstance.takePlace(host, prepared.workload, platform.spec) }
        let slot = try? taken.get()
        do {
            try HostFiles.makeDirectory(directory, mode: 0o700)
            channel = try receiver.open(platform.channelKind, directory: directory)
        } catch {
            try? HostFiles.removeTree(directory)
            if let slot { host.give(back: slot) }
            throw error
        }
        request = LaunchRequest(
            name: "tare-\(place.runID)-i\(number)", number: number, purpose: purpose, prepared: prepared,
            directory: directory, cgroup: place.group, childCgroupFiles: place.childGroupFiles, marks: channel,
            cpus: cpus, slot: slot)
        if case .failure(let error) = taken { state.withLock { $0.placeError = error } }
        if purpose == .world { channel.awaitWorld() }
        if purpose == .workload, case .line(let pattern) = prepared.workload.readiness { channel.await(line: pattern) }
        if purpose == .workload { prepareFigures() }
        if purpose == .workload, channel.directory.isEmpty { receiver.keeper?.begin(keptName, of: channel) }
    }

    /// Where it is to be on a bridge; nil where it needs none.
    private static func takePlace(
        _ host: any BenchHost, _ workload: Workload, _ platform: PlatformSpec
    ) throws -> NetworkSlot? {
        guard workload.network == .bridge else { return nil }
        return try host.takePlace(ofEngine: platform.bridging == .engine ? platform.name : nil)
    }

    /// By what the host reaches it.
    var asked: AskedInstance {
        AskedInstance(
            name: request.name, process: processes().first { $0.role == .workload }?.pid, place: request.slot)
    }

    /// The name of its file where all output is kept: of parts that may stand in a file's name.
    private var keptName: String {
        "\(host.place.runID)-i\(request.number)-\(request.prepared.workload.name)-\(platform.spec.name)"
    }

    /// tare's own instrumentation, on the launcher's thread, before t0.
    func stage(on launcher: Launcher) throws {
        state.withLock { $0.launcher = launcher }
        try launcher.run { try self.stageHere() }
    }

    /// The same, where what goes wrong is the reason why the instance is not there.
    func stageOrRefuse(on launcher: Launcher) {
        do { try stage(on: launcher) } catch { state.withLock { $0.launchError = error } }
    }

    /// tare's own instrumentation, on the calling thread, which is a launcher's.
    func stageHere() throws {
        if let error = state.withLock({ $0.placeError }) { throw error }
        try platform.stage(request)
    }

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

    /// How its command ended, once it has; asked of the platform once.
    func commandEnding() -> CommandEnding? {
        if let told = channel.received.ending { return told }
        let (known, instance) = state.withLock { ($0.ending, $0.finished ? nil : $0.instance) }
        if let known { return known }
        let ending = instance?.ending(deadlineMilliseconds: LaunchedInstance.endingDeadlineMilliseconds)
        state.withLock { $0.ending = ending }
        return ending
    }

    /// Waits until the platform has nothing more to do with a command that has ended.
    ///
    /// - Returns: whether it has left: all that a runtime hands on is there then.
    func awaitPlatformsEnd() -> Bool {
        guard let instance = state.withLock({ $0.finished ? nil : $0.instance }) else { return true }
        _ = instance.ending(deadlineMilliseconds: LaunchedInstance.endingDeadlineMilliseconds)
        let deadline = MonotonicClock.now() + LaunchedInstance.portNanoseconds
        while processes().contains(where: { $0.role == .runtime }) {
            guard MonotonicClock.now() < deadline else { return false }
            usleep(2_000)
        }
        return true
    }

    /// How long a runtime may take to leave a container whose command has ended.
    private static let endingDeadlineMilliseconds: Int32 = 2_000

    /// Whether all that the command printed has come, as far as a runtime hands it on.
    var outputIsWhole: Bool {
        get { state.withLock { $0.outputIsWhole } }
        set { state.withLock { $0.outputIsWhole = newValue } }
    }

    /// Why it is not ready any more though it was for a moment; nil where it is.
    var lossAfterReady: String? {
        get { state.withLock { $0.lossAfterReady } }
        set { state.withLock { $0.lossAfterReady = newValue } }
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
        receiver.judgeOutput(of: channel)
    }

    /// Whether the witness connects the channel by itself.
    var connects: Bool { platform.channelKind == .connected }

    /// Whether its processes lie outside of the run's control group.
    private var isOutside: Bool { platform.traits.whereabouts != .runGroup }

    /// Takes account of its processes where they lie outside of the run's control group. Not in the timed path.
    func adopt() {
        guard isOutside else { return }
        host.adopt(processes(), of: request.name)
    }

    /// Why the platform refused, or nil.
    var launchError: (any Error)? { state.withLock { $0.launchError } }

    /// The last lines of what the instance printed, for messages.
    var lastOutput: String {
        let received = channel.received
        let text: String
        if received.output.count > 0 {
            text = String(decoding: received.output.last.suffix(1_024), as: UTF8.self)
        } else if received.hasPort, received.ending != nil {
            // Its kernel had nothing to do with how it ended.
            return ""
        } else if received.console.isEmpty {
            text = HostFiles.tail(request.directory + "/output", bytes: 1_024)
        } else {
            return LaunchedInstance.lastWords(
                ofGuest: String(decoding: received.consoleSinceEntry ?? received.console[...], as: UTF8.self))
        }
        return text.split { $0.isNewline || $0 == "\0" }.suffix(3).joined(separator: " | ")
    }

    /// How many bytes the workload printed; nil where nobody can tell them from others'.
    var outputBytes: UInt64? {
        let received = channel.received
        if !channel.directory.isEmpty { return HostFiles.size(request.directory + "/output") }
        // Without a port the guest's kernel prints to the same console.
        return received.hasPort ? UInt64(received.output.count) : nil
    }

    /// A guest's firmware, its kernel and the workload print to the same console, and the kernel prints much when its first
    /// process ends: what comes before the kernel, and its lines (`[    2.259562] ...`), are told only where there is nothing
    /// else.
    static func lastWords(ofGuest console: String) -> String {
        let lines = console.split(whereSeparator: \.isNewline)
        let kernel = lines.firstIndex(where: isKernelMessage)
        let own = lines.suffix(from: kernel ?? lines.endIndex).filter { !isKernelMessage($0) }
        guard own.isEmpty, kernel != nil else {
            return (own.isEmpty ? lines[...] : own[...]).suffix(3).joined(separator: " | ")
        }
        // Of a panic the one line that says why, not the registers that end it.
        let panic = lines.first { $0.contains("Kernel panic") }
        return (panic.map { [$0][...] } ?? lines.suffix(from: kernel ?? 0)).suffix(3).joined(separator: " | ")
    }

    /// That a guest had too little memory, in words; nil where its console does not say so.
    static func memoryTrouble(ofGuest console: String, memoryBytes: UInt64) -> String? {
        let signs = [
            "Out of memory: Killed process", "System is deadlocked on memory", "Out of memory and no killable",
            "Initramfs unpacking failed", "out of memory", "Cannot allocate memory",
        ]
        guard
            console.split(whereSeparator: \.isNewline).contains(where: { line in
                // A control group of the guest's own that is full is no want of the guest's.
                isKernelMessage(line) && !line.contains("Memory cgroup") && signs.contains { line.contains($0) }
            })
        else { return nil }
        return "the guest ran out of its \(memoryBytes >> 20) MiB of memory"
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
            host.release(request.name)
            channel.record(.stopping, at: MonotonicClock.now())
            try instance.stop(deadline: deadline)
            channel.record(.stopped, at: MonotonicClock.now())
            if request.purpose == .workload, let keeper = receiver.keeper {
                receiver.drainRest(of: channel)
                keeper.end(
                    keptName, of: channel, source: channel.directory.isEmpty ? nil : request.directory + "/output")
            }
        }
        do {
            try HostFiles.removeTree(request.directory)
        } catch let error as SystemError where error.number == EBUSY {
            // Staged and never launched, or left behind by a runtime.
            for point in Mounts.points(below: request.directory).reversed() { try Mounts.unmount(point) }
            try HostFiles.removeTree(request.directory)
        }
        // Of what could not be ended its place is not given to another.
        if let slot = state.withLock({ state in
            defer { state.holdsPlace = false }
            return state.holdsPlace ? request.slot : nil
        }) {
            host.give(back: slot)
        }
    }
}
