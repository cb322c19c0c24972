import BenchmarkModel
import Dispatch
import Glibc
import HostReadings
import LinuxSystem

/// One pass of a cell of the startup experiment.
struct StartupPass {
    let cell: Cell
    let mode: StartupMode
    let block: Plan.Block
    let bench: Bench

    /// Starts what the mode asks for, measures, and ends all of it.
    func run() throws -> [Observation] {
        var background: [LaunchedInstance] = []
        var measured: [LaunchedInstance] = []
        var observations: [Observation] = []
        do {
            if case .occupied(let count) = mode { try occupy(count, &background) }
            if let failed = background.first(where: { !$0.isReady }) {
                observations = [unattempted("an instance beside it failed: \(failed.failureReason)")]
            } else {
                observations = try measure(&measured)
            }
        } catch {
            for instance in measured + background { try? instance.stop() }
            throw error
        }
        // Every one is stopped even where an earlier stop fails. What cannot be removed is told and ends nothing: the sample is
        // sound, the journal keeps the run's directory open, and the next run tries again.
        var troubles: [String] = []
        for (position, instance) in measured.enumerated() {
            do { try instance.stop() } catch { troubles.append("\(error)") }
            if observations.indices.contains(position), case .startup(var record) = observations[position].record {
                record.marks = instance.channel.received.marks.sorted()
                observations[position].record = .startup(record)
            }
        }
        for instance in background {
            do { try instance.stop() } catch { troubles.append("\(error)") }
        }
        try bench.tell(leftBehind: troubles + bench.host.endStrays(), cell: cell.key, block: block.index)
        return observations
    }

    private func occupy(_ count: Int, _ background: inout [LaunchedInstance]) throws {
        for _ in 0..<count where !bench.interruption.isRequested {
            let instance = try bench.makeInstance(of: cell)
            background.append(instance)
            try instance.stage(on: bench.launchers[0])
            try instance.launch(on: bench.launchers[0])
            instance.awaitReady(from: MonotonicClock.now(), interruption: bench.interruption)
            if !instance.isReady { return }
        }
    }

    /// Launches the pass's requests and waits until each is ready or has failed.
    private func measure(_ measured: inout [LaunchedInstance]) throws -> [Observation] {
        let count = mode.requestsPerPass
        try bench.needLaunchers(count)
        for position in 0..<count {
            let instance = try bench.makeInstance(of: cell)
            measured.append(instance)
            try instance.stage(on: bench.launchers[position])
        }
        if mode == .cold { try bench.host.dropCaches() }
        _ = bench.heartbeat.takeLongestGap()
        let before = bench.host.reading()
        // Right before t0: reading the host is work of tare's own, and would leave it a warm CPU.
        let rest = takeRest()
        if count == 1, let instance = measured.first {
            try instance.launch(on: bench.launchers[0])
        } else {
            launchTogether(measured)
        }
        let start = MonotonicClock.now()
        for instance in measured { instance.awaitReady(from: start, interruption: bench.interruption) }
        let after = bench.host.reading()
        let gap = bench.heartbeat.takeLongestGap()
        let threats = try bench.judge(
            since: before, scope: .sample, block: block.index, cell: cell.key, longestGap: gap, until: after)
        var cpu: UInt64?
        if let first = before.runNanoseconds, let last = after.runNanoseconds, last >= first {
            cpu = (last - first) / UInt64(count)
        }
        return measured.map { finish($0, threats: threats, cpuNanoseconds: cpu, restNanoseconds: rest) }
    }

    /// Does nothing for the time that every start is preceded by, so that it begins from a quiet kernel: what the sample before
    /// did, and tare's own joins to control groups, no longer matter.
    ///
    /// - Returns: how long it was, in nanoseconds; shorter only where somebody asked to end.
    private func takeRest() -> UInt64 {
        let start = bench.host.now()
        while !bench.interruption.isRequested {
            let passed = bench.host.now() - start
            if passed >= StartupExperiment.restNanoseconds { return passed }
            // One sleep, unless a signal cuts it short: each wake-up would be work of tare's own.
            bench.host.pause(nanoseconds: StartupExperiment.restNanoseconds - passed)
        }
        return bench.host.now() - start
    }

    /// An open loop: all requests are due at one moment, and each counts from there, so that a launcher that stalls
    /// cannot hide its own queue.
    private func launchTogether(_ instances: [LaunchedInstance]) {
        let due = MonotonicClock.now() + 20_000_000
        let group = DispatchGroup()
        for (launcher, instance) in zip(bench.launchers, instances) {
            group.enter()
            launcher.start {
                while true {
                    let now = MonotonicClock.now()
                    if now >= due { break }
                    usleep(UInt32((due - now) / 1_000))
                }
                instance.launch(due: due)
                group.leave()
            }
        }
        group.wait()
    }

    private func finish(
        _ instance: LaunchedInstance, threats: [Threat], cpuNanoseconds: UInt64?, restNanoseconds: UInt64
    ) -> Observation {
        let received = instance.channel.received
        let record = StartupRecord(
            instance: instance.request.name, marks: received.marks.sorted(), cpuNanoseconds: cpuNanoseconds,
            restNanoseconds: restNanoseconds)
        var observation = observation(record)
        if received.strangeBytes > InstanceChannel.mostStrangeBytes {
            observation.outcome = .invalid
            observation.reasons = [
                "\(received.strangeBytes) bytes on the mark channel are not of its protocol, and it was closed"
            ]
            return observation
        }
        let limit = UInt64(instance.request.prepared.workload.readinessDeadlineSeconds * 1e9)
        if !instance.isReady || (record.startupNanoseconds ?? 0) > limit {
            observation.outcome = .failed
            observation.reasons = [instance.failureReason]
            return observation
        }
        observation.reasons = StartupRecord.contradictions(in: received.marks)
        if received.strangeBytes > 0 {
            observation.reasons.append("\(received.strangeBytes) bytes on the mark channel are not of its protocol")
        }
        observation.reasons += threats.reasons
        observation.warnings = threats.warnings
        if !observation.reasons.isEmpty { observation.outcome = .invalid }
        return observation
    }

    /// A start that was planned and not made, counted as failed.
    func unattempted(_ reason: String) -> Observation {
        var observation = observation(StartupRecord(instance: "", marks: []))
        observation.outcome = .failed
        observation.reasons = [reason]
        return observation
    }

    private func observation(_ record: StartupRecord) -> Observation {
        Observation(
            number: bench.takeNumber(), cell: cell.key, block: block.index, counted: block.counted,
            record: .startup(record))
    }
}

extension [Mark] {
    /// In order of time; equal times in the order of an instance's life.
    func sorted() -> [Mark] {
        let order = Dictionary(uniqueKeysWithValues: MarkName.allCases.enumerated().map { ($1, $0) })
        return sorted { ($0.nanoseconds, order[$0.name] ?? 0) < ($1.nanoseconds, order[$1.name] ?? 0) }
    }
}
