package import BenchmarkModel
import HostReadings
import LinuxSystem

/// What experiments work on: instances of every platform, launchers, a quiet host, a judge over what was seen meanwhile, and a sink
/// for what they measure.
///
/// Blocking; to be used on one thread that may wait. The timed path itself runs on launcher threads.
package final class Bench {
    package let host: any BenchHost
    package let interruption: Interruption
    let sink: any RunSink
    let heartbeat: Heartbeat
    let receiver: MarkReceiver
    let platforms: [String: any Platform]
    private let prepared: [Plan.Pair: PreparedWorkload]
    private let workloads: [String: Workload]
    /// Told what is done now, in words.
    var show: (String) -> Void = { _ in }
    private(set) var launchers: [Launcher] = []
    private var nextInstance = 1
    private var cpuDraw: CPUDraw
    private var nextObservation = 1

    /// How long the host may take to become quiet before a climb, and to settle at a step of one, in seconds.
    package static let quietDeadlineSeconds = 30.0
    package static let settleDeadlineSeconds = 15.0

    /// - Parameters:
    ///   - prepared: image work that is done, for every pair of the plan.
    ///   - seed: what the CPUs of instances are drawn from that see only their own.
    ///   - keeper: keeps all that instances print; nil lets only its beginning and its end be kept, as long as they live.
    /// - Throws: ``SystemError`` where the kernel refuses a thread or a descriptor.
    package init(
        suite: Suite, platforms: [String: any Platform], prepared: [Plan.Pair: PreparedWorkload], host: any BenchHost,
        sink: any RunSink, interruption: Interruption, seed: UInt64 = 0, keeper: OutputKeeper? = nil
    ) throws {
        self.platforms = platforms
        self.prepared = prepared
        self.host = host
        self.sink = sink
        self.interruption = interruption
        cpuDraw = CPUDraw(seed: seed, cpus: host.availableCPUs)
        workloads = Dictionary(suite.workloads.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let receiver = try MarkReceiver(keeper: keeper)
        self.receiver = receiver
        heartbeat = try Heartbeat { receiver.boundOutputs() }
        for platform in platforms.values { host.watch(platform.daemons()) }
    }

    /// Ends the bench's threads.
    package func close() {
        heartbeat.close()
        receiver.close()
        for launcher in launchers { launcher.close() }
    }

    /// The number of the next observation.
    func takeNumber() -> Int {
        defer { nextObservation += 1 }
        return nextObservation
    }

    func tell(_ what: String) { show(what) }

    // MARK: Instances

    func workload(of cell: Cell) -> Workload? { workloads[cell.workload] }
    func platform(of cell: Cell) -> (any Platform)? { platforms[cell.platform] }

    /// The RAM of a guest of the cell; nil where the platform runs no guests.
    func guestMemory(of cell: Cell) -> UInt64? {
        platform(of: cell)?.traits.role == .guest ? workload(of: cell)?.memoryBytes : nil
    }

    func makeInstance(of cell: Cell, purpose: LaunchRequest.Purpose = .workload) throws -> LaunchedInstance {
        try makeInstance(
            Plan.Pair(workload: cell.workload, platform: cell.platform), purpose: purpose, drawnFor: cell.key)
    }

    /// - Parameter drawnFor: within what the CPUs of instances are balanced; nil for the pair.
    func makeInstance(
        _ pair: Plan.Pair, purpose: LaunchRequest.Purpose, drawnFor: String? = nil
    ) throws -> LaunchedInstance {
        guard let platform = platforms[pair.platform], let prepared = prepared[pair] else {
            throw TareError(.failed, "\(pair.workload) was not prepared for \(pair.platform)")
        }
        defer { nextInstance += 1 }
        let cpus =
            platform.spec.cpuView == .allowance
            ? try cpuDraw.draw(prepared.workload.cpus, for: drawnFor ?? "\(pair.workload)/\(pair.platform)") : nil
        return try LaunchedInstance(
            host: host, receiver: receiver, platform: platform, prepared: prepared, number: nextInstance,
            purpose: purpose, cpus: cpus)
    }

    func needLaunchers(_ count: Int) throws {
        while launchers.count < count { launchers.append(try Launcher(host: host)) }
    }

    func makeCrowd(parallel: Int) throws -> Crowd {
        try needLaunchers(parallel)
        return Crowd(launchers: Array(launchers.prefix(parallel)), interruption: interruption)
    }

    /// The figures of the instances beside those of the host: what is charged to them, and what their processes say.
    func readInstances(_ crowd: Crowd, of cell: Cell) -> MemoryReading {
        var reading = host.charged()
        reading.merge(host.memory(of: crowd.processes(), guestMemoryBytes: guestMemory(of: cell)))
        if let daemons = platform(of: cell)?.daemons().pids, !daemons.isEmpty {
            reading.merge(host.memory(ofDaemons: daemons))
        }
        return reading
    }

    // MARK: A quiet host

    var quiet: QuietHost { QuietHost(host: host, interruption: interruption) }

    /// Waits for a quiet host, and says where it was not.
    func waitForQuiet(_ cell: Cell, warnings: inout [String]) throws -> QuietHost.Idle {
        tell("\(cell.key): waiting for a quiet host")
        let idle = try quiet.wait(deadlineSeconds: Bench.quietDeadlineSeconds)
        if !idle.isQuiet { warnings.append("the host was not quiet within \(Bench.quietDeadlineSeconds) s") }
        return idle
    }

    // MARK: What was seen

    /// Tells the store what instances left behind.
    ///
    /// - Returns: the same, for a climb's own warnings.
    @discardableResult
    func tell(leftBehind: [String], cell: String?, block: Int?) throws -> [String] {
        for trouble in leftBehind {
            try sink.save(
                Threat(detector: "left behind", severity: .warning, text: trouble, block: block, cell: cell))
        }
        return leftBehind.map { "left behind: \($0)" }
    }

    /// Ends the measurement of a climb whose instances have ended: what they left behind is told, and what happened to the host
    /// meanwhile is judged.
    ///
    /// - Parameter onlyWarning: detectors whose sightings do not make it invalid.
    /// - Returns: the observation to commit; nil where somebody asked to end: what was cut short is no answer.
    func finish(
        _ climbed: Observation, of crowd: Crowd, since before: HostReading, onlyWarning: Set<String> = []
    ) throws -> Observation? {
        var observation = climbed
        observation.warnings += try tell(
            leftBehind: crowd.troubles + host.endStrays(), cell: observation.cell, block: observation.block)
        if interruption.isRequested { return nil }
        let threats = try judge(since: before, scope: .climb, cell: observation.cell, onlyWarning: onlyWarning)
        observation.reasons += threats.reasons
        observation.warnings += threats.warnings
        if observation.outcome == .ok, !observation.reasons.isEmpty { observation.outcome = .invalid }
        return observation
    }

    /// Judges what happened to the host since a reading, and tells the store.
    ///
    /// - Parameter onlyWarning: detectors whose sightings invalidate nothing here.
    func judge(
        since before: HostReading, scope: Validity.Scope, block: Int? = nil, cell: String? = nil,
        onlyWarning: Set<String> = [], longestGap: UInt64 = 0, until after: HostReading? = nil
    ) throws -> [Threat] {
        let threats = Validity.judge(
            before, after ?? host.reading(), scope: scope, cpus: host.cpus, longestGap: longestGap)
        return try threats.map { threat in
            var threat = threat
            if onlyWarning.contains(threat.detector) { threat.severity = .warning }
            (threat.block, threat.cell) = (block, cell)
            try sink.save(threat)
            return threat
        }
    }
}

extension [Threat] {
    /// What makes an observation invalid, in words.
    var reasons: [String] { filter { $0.severity == .invalid }.map { "\($0.detector): \($0.text)" } }
    /// What only warns, in words.
    var warnings: [String] { filter { $0.severity == .warning }.map { "\($0.detector): \($0.text)" } }
}
