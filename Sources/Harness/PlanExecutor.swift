public import BenchmarkModel
import Glibc
import LinuxSystem

/// Executes a plan: blocks in order, cells in the order of each block, every sample committed before the next one starts.
///
/// Blocking; call it on a thread that may wait. The timed path itself runs on launcher threads.
public final class PlanExecutor {
    let plan: Plan
    let suite: Suite
    let workloads: [String: Workload]
    let platforms: [String: any Platform]
    let prepared: [PreparedKey: PreparedWorkload]
    let environment: RunEnvironment
    let sink: any RunSink
    let interruption: Interruption
    let progress: (Progress) -> Void
    let reader: HostReader
    let receiver: MarkReceiver
    let heartbeat: Heartbeat
    let network = RunNetwork()
    let cpus: Int
    var launchers: [Launcher] = []
    var nextInstance = 1
    var nextSample = 1
    var done = 0
    var secondsByCell: [Int: [Double]] = [:]
    var climbSeconds: [String: [Double]] = [:]
    var nextLadder = 1
    var nextRamp = 1
    /// Made when it is first asked for: only climbs need to know which caches can be reclaimed.
    private(set) lazy var memory = MemoryReader(groups: environment.groups)
    var failuresInARow: [Int: (count: Int, reason: String)] = [:]

    /// After so many failures in a row the rest of a cell is not attempted: each is counted as failed, with that reason.
    public static let failuresToGiveUp = 3

    /// Which preparation belongs to which cell.
    public struct PreparedKey: Hashable, Sendable {
        /// The workload's name.
        public var workload: String
        /// The platform's name.
        public var platform: String

        /// Makes a key.
        public init(workload: String, platform: String) {
            self.workload = workload
            self.platform = platform
        }
    }

    /// Gathers what a run needs.
    ///
    /// - Parameters:
    ///   - prepared: image work that is done, for every cell that is possible.
    ///   - reader: reads the host for the validity detectors.
    ///   - progress: called before every pass.
    /// - Throws: ``SystemError`` when the receiver cannot start.
    public init(
        plan: Plan, suite: Suite, platforms: [String: any Platform],
        prepared: [PreparedKey: PreparedWorkload], environment: RunEnvironment, sink: any RunSink,
        reader: HostReader, interruption: Interruption, progress: @escaping (Progress) -> Void
    ) throws {
        self.plan = plan
        self.suite = suite
        workloads = Dictionary(uniqueKeysWithValues: suite.workloads.map { ($0.name, $0) })
        self.platforms = platforms
        self.prepared = prepared
        self.environment = environment
        self.sink = sink
        self.reader = reader
        self.interruption = interruption
        self.progress = progress
        cpus = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let receiver = try MarkReceiver()
        self.receiver = receiver
        heartbeat = Heartbeat { receiver.boundOutputs() }
    }

    /// Measures the channel of every platform, then runs all blocks.
    ///
    /// - Returns: `complete`, or `interrupted` when somebody asked.
    /// - Throws: what makes it impossible to go on: the store, or something that cannot be removed.
    public func execute(echoes: Int) throws -> Run.Status {
        defer {
            heartbeat.close()
            receiver.close()
            for launcher in launchers { launcher.close() }
        }
        try needLaunchers(1)
        try measureChannels(echoes: echoes)
        for block in plan.blocks {
            if interruption.isRequested { return .interrupted }
            try run(block)
        }
        if let climbs = plan.footprint, let experiment = suite.footprint { try climbLadders(climbs, experiment) }
        if let climbs = plan.density, let experiment = suite.density { try climbRamps(climbs, experiment) }
        return interruption.isRequested ? .interrupted : .complete
    }

    private func measureChannels(echoes: Int) throws {
        var seen: Set<String> = []
        let climbs = (plan.footprint?.cells ?? []) + (plan.density?.cells ?? [])
        let pairs =
            plan.cells.filter { $0.impossible == nil }.map { ($0.workload, $0.platform) }
            + climbs.filter { $0.impossible == nil }.map { ($0.workload, $0.platform) }
        for (workload, platform) in pairs where seen.insert(platform).inserted {
            if interruption.isRequested { return }
            progress(Progress(done: 0, total: totalSteps, now: "the mark channel of \(platform)"))
            let instance = try makeInstance(workload: workload, platform: platform, purpose: .echo)
            var echo = ChannelEcho(platform: platform, roundTripsNanoseconds: [])
            do {
                echo.roundTripsNanoseconds = try EchoMeasurement.roundTrips(
                    count: echoes, instance: instance, launcher: launchers[0], receiver: receiver,
                    interruption: interruption)
            } catch {
                echo.failure = "\(error)"
            }
            do {
                try instance.stop()
            } catch {
                try tell(troubles: ["\(error)"], cell: nil, block: nil)
            }
            try sink.save(echo)
        }
    }

    private func run(_ block: Plan.Block) throws {
        let before = reader.read()
        var taken: [Sample] = []
        for index in block.order {
            if interruption.isRequested { break }
            let cell = plan.cells[index]
            progress(Progress(done: done, total: totalSteps, now: cell.key, secondsLeft: secondsLeft(block)))
            let start = MonotonicClock.now()
            let samples = try pass(index, cell, block)
            for sample in samples { try sink.save(sample) }
            taken += samples
            done += samples.count
            secondsByCell[index, default: []].append(Double(MonotonicClock.now() - start) / 1e9)
        }
        try judge(block, taken, from: before)
    }

    /// Judges a whole block: what short samples cannot show by themselves.
    private func judge(_ block: Plan.Block, _ samples: [Sample], from before: HostReading) throws {
        for var threat in Validity.judge(before, reader.read(), scope: .block, cpus: cpus) {
            threat.block = block.index
            try sink.save(threat)
            guard threat.severity == .invalid else { continue }
            for var sample in samples where sample.outcome != .failed {
                guard let nanoseconds = sample.startupNanoseconds,
                    nanoseconds < Validity.shortestJudgedNanoseconds
                else { continue }
                sample.outcome = .invalid
                sample.reasons.append("\(threat.detector) (in block \(block.index)): \(threat.text)")
                try sink.save(sample)
            }
        }
    }

    private func secondsLeft(_ block: Plan.Block) -> Double? {
        var sum = 0.0
        for later in plan.blocks where later.index >= block.index {
            for index in later.order {
                guard let seconds = usualSeconds(of: index) else { return nil }
                sum += seconds
            }
        }
        return sum
    }

    /// What a pass of a cell takes, its rest included. Of a later stage nothing is known before it begins: it is taken to be as
    /// quick as the same workload on the same platform was in the stage before.
    private func usualSeconds(of index: Int) -> Double? {
        func mean(_ index: Int) -> Double? {
            guard let seconds = secondsByCell[index], !seconds.isEmpty else { return nil }
            return seconds.reduce(0, +) / Double(seconds.count)
        }
        if let known = mean(index) { return known }
        let cell = plan.cells[index]
        let alike = plan.cells.indices.filter {
            plan.cells[$0].workload == cell.workload && plan.cells[$0].platform == cell.platform
        }
        return alike.compactMap(mean).min()
    }

    func needLaunchers(_ count: Int) throws {
        while launchers.count < count {
            launchers.append(try Launcher(groups: environment.groups, home: environment.group, network: network))
        }
    }

    func makeInstance(_ cell: Cell, purpose: LaunchRequest.Purpose) throws -> LaunchedInstance {
        try makeInstance(workload: cell.workload, platform: cell.platform, purpose: purpose)
    }

    func makeInstance(
        workload: String, platform name: String, purpose: LaunchRequest.Purpose
    ) throws -> LaunchedInstance {
        guard let platform = platforms[name], let prepared = prepared[PreparedKey(workload: workload, platform: name)]
        else {
            throw TareError(.failed, "\(workload) was not prepared for \(name)")
        }
        defer { nextInstance += 1 }
        return try LaunchedInstance(
            environment: environment, receiver: receiver, platform: platform, prepared: prepared, number: nextInstance,
            purpose: purpose)
    }
}
