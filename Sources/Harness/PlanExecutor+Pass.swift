import BenchmarkModel
import Dispatch
import Glibc
import LinuxSystem

/// One pass of a cell: from the staging of its instances to their end.
extension PlanExecutor {
    func pass(_ index: Int, _ cell: Cell, _ block: Plan.Block) throws -> [Sample] {
        if let failures = failuresInARow[index], failures.count >= PlanExecutor.failuresToGiveUp {
            return (0..<cell.mode.requestsPerPass).map { _ in
                unattempted(
                    cell, block, reason: "not attempted after \(failures.count) failures in a row: \(failures.reason)")
            }
        }
        var background: [LaunchedInstance] = []
        var measured: [LaunchedInstance] = []
        var samples: [Sample] = []
        do {
            if case .occupied(let count) = cell.mode { try occupy(cell, count, &background) }
            if let failed = background.first(where: { !$0.isReady }) {
                samples = [
                    unattempted(cell, block, reason: "an instance beside it failed: \(failed.failureReason)")
                ]
            } else {
                samples = try measure(cell, block, &measured)
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
            if samples.indices.contains(position) { samples[position].marks = instance.channel.received.marks.sorted() }
        }
        for instance in background {
            do { try instance.stop() } catch { troubles.append("\(error)") }
        }
        try tell(troubles: troubles + endStrays(), cell: cell.key, block: block.index)
        note(index, samples)
        return interruption.isRequested ? samples.filter { $0.outcome == .ok } : samples
    }

    /// Ends processes that have left the control group of their instance, and so its end.
    func endStrays() -> [String] {
        Orphans.endStrays(outside: environment.group).map {
            "process \($0.pid) (\($0.name)) had left the control group of its instance, and was ended"
        }
    }

    /// Tells what an instance left behind.
    func tell(troubles: [String], cell: String?, block: Int?) throws {
        for trouble in troubles {
            try sink.save(
                Threat(detector: "left behind", severity: .warning, text: trouble, block: block, cell: cell))
        }
    }

    private func note(_ index: Int, _ samples: [Sample]) {
        for sample in samples {
            if sample.outcome == .failed {
                let count = (failuresInARow[index]?.count ?? 0) + 1
                failuresInARow[index] = (count, sample.reasons.first ?? "")
            } else {
                failuresInARow[index] = nil
            }
        }
    }

    private func occupy(_ cell: Cell, _ count: Int, _ background: inout [LaunchedInstance]) throws {
        for _ in 0..<count where !interruption.isRequested {
            let instance = try makeInstance(cell, purpose: .workload)
            background.append(instance)
            try instance.stage(on: launchers[0])
            try instance.launch(on: launchers[0])
            instance.awaitReady(from: MonotonicClock.now(), interruption: interruption)
            if !instance.isReady { return }
        }
    }

    /// Launches the pass's requests and waits until each is ready or has failed.
    private func measure(_ cell: Cell, _ block: Plan.Block, _ measured: inout [LaunchedInstance]) throws -> [Sample] {
        let count = cell.mode.requestsPerPass
        try needLaunchers(count)
        for position in 0..<count {
            let instance = try makeInstance(cell, purpose: .workload)
            measured.append(instance)
            try instance.stage(on: launchers[position])
        }
        if cell.mode == .cold { try dropCaches() }
        _ = heartbeat.takeLongestGap()
        let before = reader.read()
        // Right before t0: reading the host is work of tare's own, and would leave it a warm CPU.
        let rest = takeRest()
        if count == 1, let instance = measured.first {
            try instance.launch(on: launchers[0])
        } else {
            launchTogether(measured)
        }
        let start = MonotonicClock.now()
        for instance in measured { instance.awaitReady(from: start, interruption: interruption) }
        let after = reader.read()
        let gap = heartbeat.takeLongestGap()
        let threats = Validity.judge(before, after, scope: .sample, cpus: cpus, longestGap: gap)
        for var threat in threats {
            (threat.block, threat.cell) = (block.index, cell.key)
            try sink.save(threat)
        }
        var cpu: UInt64?
        if let first = before.runNanoseconds, let last = after.runNanoseconds, last >= first {
            cpu = (last - first) / UInt64(count)
        }
        return measured.map {
            var sample = finish($0, cell, block, threats: threats, cpuNanoseconds: cpu)
            sample.restNanoseconds = rest
            return sample
        }
    }

    /// Does nothing for the time that every start is preceded by, so that it begins from a quiet kernel: what the sample before
    /// did, and tare's own joins to control groups, no longer matter.
    ///
    /// - Returns: how long it was, in nanoseconds; shorter only where somebody asked to end.
    private func takeRest() -> UInt64 {
        let start = MonotonicClock.now()
        while !interruption.isRequested {
            let passed = MonotonicClock.now() - start
            if passed >= StartupExperiment.restNanoseconds { return passed }
            // One sleep, unless a signal cuts it short: each wake-up would be work of tare's own.
            usleep(UInt32((StartupExperiment.restNanoseconds - passed) / 1_000) + 1)
        }
        return MonotonicClock.now() - start
    }

    /// An open loop: all requests are due at one moment, and each counts from there, so that a launcher that stalls
    /// cannot hide its own queue.
    private func launchTogether(_ instances: [LaunchedInstance]) {
        let due = MonotonicClock.now() + 20_000_000
        let group = DispatchGroup()
        for (launcher, instance) in zip(launchers, instances) {
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
        _ instance: LaunchedInstance, _ cell: Cell, _ block: Plan.Block, threats: [Threat], cpuNanoseconds: UInt64?
    ) -> Sample {
        let received = instance.channel.received
        var sample = Sample(
            number: nextSample, cell: cell.key, block: block.index, counted: block.counted,
            instance: instance.request.name, outcome: .ok, marks: received.marks.sorted(),
            cpuNanoseconds: cpuNanoseconds)
        nextSample += 1
        if received.strangeBytes > InstanceChannel.mostStrangeBytes {
            sample.outcome = .invalid
            sample.reasons = [
                "\(received.strangeBytes) bytes on the mark channel are not of its protocol, and it was closed"
            ]
            return sample
        }
        let limit = UInt64(instance.request.prepared.workload.readinessDeadlineSeconds * 1e9)
        if !instance.isReady || (sample.startupNanoseconds ?? 0) > limit {
            sample.outcome = .failed
            sample.reasons = [instance.failureReason]
            return sample
        }
        sample.reasons = Sample.contradictions(in: received.marks)
        if received.strangeBytes > 0 {
            sample.reasons.append("\(received.strangeBytes) bytes on the mark channel are not of its protocol")
        }
        sample.reasons += threats.filter { $0.severity == .invalid }.map { "\($0.detector): \($0.text)" }
        sample.warnings = threats.filter { $0.severity == .warning }.map { "\($0.detector): \($0.text)" }
        if !sample.reasons.isEmpty { sample.outcome = .invalid }
        return sample
    }

    private func unattempted(_ cell: Cell, _ block: Plan.Block, reason: String) -> Sample {
        defer { nextSample += 1 }
        return Sample(
            number: nextSample, cell: cell.key, block: block.index, counted: block.counted, instance: "",
            outcome: .failed, reasons: [reason], marks: [])
    }

    private func dropCaches() throws {
        sync()
        try HostFiles.write("3", to: "/proc/sys/vm/drop_caches")
    }
}

extension [Mark] {
    /// In order of time; equal times in the order of an instance's life.
    func sorted() -> [Mark] {
        let order = Dictionary(uniqueKeysWithValues: MarkName.allCases.enumerated().map { ($1, $0) })
        return sorted { ($0.nanoseconds, order[$0.name] ?? 0) < ($1.nanoseconds, order[$1.name] ?? 0) }
    }
}
