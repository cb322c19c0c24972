import BenchmarkModel
import Dispatch
import Glibc
import HostReadings
import LinuxSystem

/// Instances of a cell that are requested at the same moment, each measured until it is ready or has failed.
struct StartMeasurement {
    /// What was measured of all of them together.
    struct Common {
        var threats: [Threat]
        /// The part of each.
        var cpuNanoseconds: UInt64?
        var peakMemoryBytes: UInt64?
        var restNanoseconds: UInt64
    }

    let cell: Cell
    let block: Plan.Block
    let bench: Bench

    /// Makes, requests and measures instances.
    ///
    /// - Parameter instances: gets each as soon as it is made, so that the caller can end it also where this throws.
    func run(_ count: Int, isCold: Bool = false, into instances: inout [LaunchedInstance]) throws -> Common {
        try bench.needLaunchers(count)
        for position in 0..<count {
            let instance = try bench.makeInstance(of: cell)
            instances.append(instance)
            // A full disk, for one, fails the sample and does not end the run.
            instance.stageOrRefuse(on: bench.launchers[position])
        }
        if isCold { try bench.host.dropCaches() }
        _ = bench.heartbeat.takeLongestGap()
        let before = bench.host.reading()
        bench.host.beginPeak()
        // Right before t0: reading the host is work of tare's own, and would leave it a warm CPU.
        let rest = takeRest()
        if count == 1, let instance = instances.last {
            if instance.launchError == nil { try instance.launch(on: bench.launchers[0]) }
        } else {
            launchTogether(instances)
        }
        let start = MonotonicClock.now()
        for instance in instances { instance.awaitReady(from: start, interruption: bench.interruption) }
        let peak = bench.host.peak(of: instances.map(\.request.name)).map { $0 / UInt64(count) }
        let after = bench.host.reading()
        let gap = bench.heartbeat.takeLongestGap()
        for instance in instances { instance.confirmService() }
        let threats = try bench.judge(
            since: before, scope: .sample, block: block.index, cell: cell.key, longestGap: gap, until: after)
        var cpu: UInt64?
        if let first = before.runNanoseconds, let last = after.runNanoseconds, last >= first {
            cpu = (last - first) / UInt64(count)
        }
        return Common(threats: threats, cpuNanoseconds: cpu, peakMemoryBytes: peak, restNanoseconds: rest)
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
        for (launcher, instance) in zip(bench.launchers, instances) where instance.launchError == nil {
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

    /// Judges one of the instances, which still lives.
    ///
    /// - Returns: what became of it, with a record of its start.
    func observation(of instance: LaunchedInstance, _ common: Common) -> Observation {
        let received = instance.channel.received
        let record = StartupRecord(
            instance: instance.request.name, marks: received.marks.sorted(), cpuNanoseconds: common.cpuNanoseconds,
            restNanoseconds: common.restNanoseconds, peakMemoryBytes: common.peakMemoryBytes,
            cpus: instance.request.cpus ?? [], outputBytes: instance.outputBytes)
        var observation = observation(record)
        if received.strangeBytes > InstanceChannel.mostStrangeBytes {
            observation.outcome = .invalid
            observation.reasons = [
                "\(received.strangeBytes) bytes on the mark channel are not of its protocol, and it was closed"
            ]
            return observation
        }
        // By the same state as the record: a mark that comes a moment later is in neither.
        let isReady = instance.isReady(by: received)
        let limit = UInt64(instance.request.prepared.workload.readinessDeadlineSeconds * 1e9)
        if !isReady || (record.startupNanoseconds ?? 0) > limit {
            observation.outcome = .failed
            // What ended in the moment between the deadline and tare's patience is ready, and too late.
            observation.reasons = [
                isReady
                    ? "ready only after \(Double(record.startupNanoseconds ?? 0) / 1e9) s, and its deadline is "
                        + "\(instance.request.prepared.workload.readinessDeadlineSeconds) s"
                    : instance.failureReason
            ]
            return observation
        }
        observation.reasons = StartupRecord.contradictions(in: received.marks)
        if received.strangeBytes > 0 {
            observation.reasons.append("\(received.strangeBytes) bytes on the mark channel are not of its protocol")
        }
        observation.reasons += common.threats.reasons
        observation.warnings = common.threats.warnings
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

    /// Ends instances, and tells what they left behind.
    ///
    /// Every one is stopped even where an earlier stop fails. What cannot be removed is told and ends nothing: the sample is sound,
    /// the journal keeps the run's directory open, and the next run tries again.
    ///
    /// - Parameter note: given all marks of each, those of its end among them.
    func end(_ instances: [LaunchedInstance], note: (_ position: Int, _ marks: [Mark]) -> Void) throws {
        var troubles: [String] = []
        for (position, instance) in instances.enumerated() {
            do { try instance.stop() } catch { troubles.append("\(error)") }
            note(position, instance.channel.received.marks.sorted())
        }
        try bench.tell(leftBehind: troubles + bench.host.endStrays(), cell: cell.key, block: block.index)
    }
}

extension Bench {
    /// Judges a whole block: what short samples cannot show by themselves.
    ///
    /// - Returns: the observations that are invalid by it.
    func judgeShortSamples(
        _ block: Plan.Block, _ observations: [Observation], since before: HostReading
    ) throws -> [Observation] {
        var changed: [Int: Observation] = [:]
        for threat in try judge(since: before, scope: .block, block: block.index)
        where threat.severity == .invalid {
            for observation in observations where observation.outcome != .failed {
                guard let nanoseconds = observation.start?.startupNanoseconds,
                    nanoseconds < Validity.shortestJudgedNanoseconds
                else { continue }
                var one = changed[observation.number] ?? observation
                one.outcome = .invalid
                one.reasons.append("\(threat.detector) (in block \(block.index)): \(threat.text)")
                changed[observation.number] = one
            }
        }
        return changed.values.sorted { $0.number < $1.number }
    }

    /// Says where the peak memory of starts or tasks cannot be told.
    func notePeak(of what: String) -> [Threat] {
        guard let problem = host.peakProblem else { return [] }
        return [
            Threat(
                detector: "peak memory", severity: .note,
                text: "the peak memory of a \(what) is not measured: \(problem)")
        ]
    }
}

extension [Mark] {
    /// In order of time; equal times in the order of an instance's life.
    func sorted() -> [Mark] {
        let order = Dictionary(uniqueKeysWithValues: MarkName.allCases.enumerated().map { ($1, $0) })
        return sorted { ($0.nanoseconds, order[$0.name] ?? 0) < ($1.nanoseconds, order[$1.name] ?? 0) }
    }
}
