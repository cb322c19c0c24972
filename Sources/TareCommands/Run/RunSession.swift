import BenchmarkModel
import Foundation
import Glibc
import Harness
import HostReadings
import Images
import LinuxSystem
import RunStore

/// One run from its first intent to its last cleaned-up thing.
final class RunSession {
    private let document: SuiteDocument
    private let store: RunStore
    private let interruption = Interruption()
    private let progress = ProgressLine()
    private let plan: Plan
    private let command: String
    private let policy: Policy?
    private let triesKVMAgain: Bool
    private let place: String?
    private var keeper: OutputKeeper?
    private let name: RunName
    var runID: String { name.value }

    /// - Parameter place: which of several runs it is, in words that stand in its progress: `run 2 of 8`.
    init(
        document: SuiteDocument, store: RunStore, seed: UInt64, command: String, policy: Policy? = nil,
        triesKVMAgain: Bool = false, sides: [String] = [], place: String? = nil
    ) throws {
        self.policy = policy
        self.place = place
        self.triesKVMAgain = triesKVMAgain
        self.document = document
        self.store = store
        self.command = command
        plan = Plan(suite: document.suite, seed: seed, sides: sides)
        name = RunName { [store] in RunSession.isTaken($0, in: store) }
        guard plan.totalObservations > 0 else {
            let why = plan.cells.compactMap(\.impossible).first ?? "the suite asks for no experiment"
            throw TareError(
                .usage, "\(document.file): there is nothing to measure: \(why)",
                remedy: "Add an experiment, a platform or a workload that can be measured.")
        }
        try RunSession.checkLimits(of: document, pressure: Pressure.read())
        try InstanceRights.own(for: document.suite).check(document)
        try VolumeChecks.check(document, plan: plan)
        let groups = try CgroupTree.current()
        try RunSession.checkCPUs(
            of: document, plan: plan, available: CPUList.available(in: groups).count,
            hasCPUSets: groups.hasCPUSets)
    }

    /// Whether another run has a name: in this store, or on this host with another.
    private static func isTaken(_ name: String, in store: RunStore) -> Bool {
        let (directory, group) = RunEnvironment.names(runID: name)
        return (try? store.run(name)) != nil || HostFiles.exists(directory)
            || (try? CgroupTree.current())?.exists(group) == true
    }

    /// Looks whether what the suite wants to be stopped by can be seen on this host.
    ///
    /// - Throws: ``TareError`` with the place of the key.
    static func checkLimits(of document: SuiteDocument, pressure: Pressure) throws {
        guard let key = document.suite.density?.unwatchable(with: pressure) else { return }
        throw TareError(
            .hostLacks,
            "the suite asks for a limit, '\(key)', that cannot be watched here: this kernel shows no pressure (PSI)",
            remedy: "Leave it out, or boot with 'psi=1' on a kernel that has it.",
            location: document.location(of: "experiments/density/\(key)"))
    }

    /// The run as the store holds it.
    func load() throws -> Run { try store.run(runID) }

    /// Measures the plan. Whatever happens, what it made on the host is removed, and what it measured is kept.
    ///
    /// - Parameter keeper: keeps all that instances print.
    func execute(keeping keeper: OutputKeeper? = nil) async throws -> Run.Status {
        self.keeper = keeper
        Rights.raiseOpenFiles()
        Orphans.adopt()
        let signals = SignalWatch(interruption) { [progress, store, name] count in
            switch count {
            case 1: progress.say("Interrupted: cleaning up. What was measured is kept.")
            case 2:
                let now = progress.now.isEmpty ? "what was begun" : progress.now
                progress.say("Still waiting for the end of: \(now). A third signal gives up the wait.")
            default:
                progress.say(
                    "Gave up waiting. What was measured is kept (run \(name.value)); 'tare clean' removes what is left."
                )
                try? store.finish(name.value, status: .interrupted, endedAt: Date().timeIntervalSince1970)
                _exit(130)
            }
        }
        defer { signals.close() }
        try Housekeeping.reapDeadRuns(store) { [progress] in progress.say($0) }
        var facts = HostProbe.facts(groups: try CgroupTree.current())
        facts.facts += Definition.current.map(\.fact)
        try name.claim { id in
            try store.create(
                Run(
                    id: id, startedAt: Date().timeIntervalSince1970, status: .running, tareVersion: TareVersion.current,
                    command: command, suite: document.suite, suiteText: document.text, plan: plan, facts: facts))
        }
        var status = Run.Status.failed
        defer {
            progress.finish()
            try? store.finish(runID, status: status, endedAt: Date().timeIntervalSince1970)
        }
        let clock = policy?.seconds.map { seconds in
            Task.detached { [interruption, progress] in
                try await Task.sleep(for: .seconds(seconds))
                progress.say("The time that the policy allows a run is over.")
                interruption.request()
            }
        }
        defer { clock?.cancel() }
        do {
            status = try await measure()
            // Also one that came when all was measured: whoever runs suites one after the other must hear of it.
            if interruption.isRequested { status = .interrupted }
        } catch {
            if interruption.isRequested {
                status = .interrupted
                return status
            }
            throw error
        }
        return status
    }

    private func measure() async throws -> Run.Status {
        let sink = store.sink(for: runID)
        let told =
            LimitedGroup.threats(document.suite, in: Confinement.outcome) + NeighbourLimit.threats(document.suite)
        for threat in told {
            progress.say("tare: \(threat.text)")
            try sink.save(threat)
        }
        let environment = try RunEnvironment(
            runID: runID, sink: sink, memoryLimitBytes: policy?.memoryBytes,
            volumes: VolumeChecks.volumes(of: document.suite, plan: plan))
        var platforms: [String: any Platform] = [:]
        do {
            let made = Ownership.missing(Directories.cache)
            let cache = try ImageCache(directory: Directories.cache, notice: { [progress] in progress.say($0) })
            Ownership.give(made)
            defer { Ownership.giveCache(Directories.cache) }
            do {
                for name in try cache.sweep() { progress.say("Removed unfinished image work of a dead run: \(name)") }
            } catch {
                // What cannot be removed is in nobody's way.
                progress.say("tare: unfinished image work of a dead run stays: \(error)")
            }
            let parts = PlatformParts(
                cache: cache, witness: try WitnessProgram.path(), environment: environment, journal: sink,
                triesKVMAgain: triesKVMAgain)
            let measured = Set(plan.pairs.map(\.platform))
            for spec in document.suite.platforms where measured.contains(spec.name) {
                platforms[spec.name] = try PlatformRegistry.registration(of: spec).make(spec, with: parts)
            }
            let prepared = try await prepare(&platforms, sink: sink)
            let status = try await executePlan(platforms, prepared, environment: environment, sink: sink)
            for platform in platforms.values { await platform.close() }
            try environment.close()
            return status
        } catch {
            for platform in platforms.values { await platform.close() }
            do {
                try environment.close()
            } catch let second {
                progress.say("tare: \(second)")
            }
            throw error
        }
    }

    /// Tries every platform that is measured, and does the image work of every pair that is.
    private func prepare(
        _ platforms: inout [String: any Platform], sink: any RunSink
    ) async throws -> [Plan.Pair: PreparedWorkload] {
        var prepared: [Plan.Pair: PreparedWorkload] = [:]
        for spec in document.suite.platforms {
            guard let platform = platforms[spec.name] else { continue }
            do {
                prepared.merge(try await prepare(platform, sink: sink)) { $1 }
            } catch let error as TareError where canGoOn(without: spec, error, platforms.count) {
                // A daemon may hang or be gone, which says nothing of the other platforms.
                progress.say("tare: \(error). The run goes on without \(spec.name).")
                await platform.close()
                let stand = UnusablePlatform(spec: spec, reason: error)
                platforms[spec.name] = stand
                prepared.merge(try await prepare(stand, sink: sink)) { $1 }
            }
        }
        return prepared
    }

    private func canGoOn(without spec: PlatformSpec, _ error: TareError, _ platforms: Int) -> Bool {
        guard case .engine = spec.kind else { return false }
        return platforms > 1 && (error.code == .hostLacks || error.code == .platform)
    }

    private func prepare(_ platform: any Platform, sink: any RunSink) async throws -> [Plan.Pair: PreparedWorkload] {
        var prepared: [Plan.Pair: PreparedWorkload] = [:]
        let pairs = Set(plan.pairs)
        let spec = platform.spec
        progress.show("trying \(spec.name)")
        try sink.save(try await interruptible { try await platform.probe() })
        for workload in document.suite.workloads {
            let pair = Plan.Pair(workload: workload.name, platform: spec.name)
            guard pairs.contains(pair) else { continue }
            progress.show("preparing \(workload.name) for \(spec.name)")
            let one = try await interruptible { [document] in
                do {
                    return try await platform.prepare(workload)
                } catch var error as TareError where error.location == nil {
                    let key = error.concerns ?? (error.code == .image ? "image" : nil)
                    error.location = key.flatMap { document.location(ofWorkload: workload.name, key: $0) }
                    throw error
                }
            }
            try sink.save(one.steps)
            prepared[pair] = one
        }
        return prepared
    }

    private func executePlan(
        _ platforms: [String: any Platform], _ prepared: [Plan.Pair: PreparedWorkload],
        environment: RunEnvironment, sink: any RunSink
    ) async throws -> Run.Status {
        let bench = try Bench(
            suite: document.suite, platforms: platforms, prepared: prepared, host: LinuxHost(environment: environment),
            sink: sink, interruption: interruption, seed: plan.seed, keeper: keeper)
        let executor = PlanExecutor(
            plan: plan, bench: bench, experiments: document.suite.makeExperiments(),
            progress: { [progress, place] now in
                var now = now
                if let place { now.now += " (\(place))" }
                progress.update(now)
            })
        // Marks are taken in every experiment, so that the channel is measured in every run.
        let echoes = document.suite.startup?.echoes ?? StartupExperiment.defaultEchoes
        // A thread that may block: the pool of Swift's tasks must not be held for minutes.
        nonisolated(unsafe) let confined = executor
        return try await withCheckedThrowingContinuation { continuation in
            do {
                try StartedThread.start("tare-conductor", stackBytes: 4 << 20) {
                    continuation.resume(with: Result { try confined.execute(echoes: echoes) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs image work so that Ctrl-C ends it within a moment.
    private func interruptible<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { [interruption] group in
            group.addTask { try await body() }
            group.addTask {
                while !interruption.isRequested {
                    do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
                }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            throw TareError(.interrupted, "interrupted")
        }
    }
}
