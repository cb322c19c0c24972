import BenchmarkModel
import Glibc
import LinuxSystem

/// One ramp on its way.
final class RampClimber {
    private let executor: PlanExecutor
    private let cell: ClimbCell
    private let experiment: DensityExperiment
    private let crowd: Crowd
    private let watch: MemoryWatch
    private let base: MemoryReading
    private let groups: CgroupTree
    private let group: String
    private var start: UInt64 = 0
    private var kills: UInt64?
    private(set) var ramp: Ramp

    /// The most instances of one batch: figures are read and limits judged between batches.
    static let largestBatch = 64
    private var largestBatch = RampClimber.largestBatch

    init(
        executor: PlanExecutor, cell: ClimbCell, experiment: DensityExperiment, crowd: Crowd, base: MemoryReading,
        ramp: Ramp
    ) {
        self.executor = executor
        self.cell = cell
        self.experiment = experiment
        self.crowd = crowd
        self.base = base
        self.ramp = ramp
        groups = executor.environment.groups
        group = executor.environment.group
        watch = MemoryWatch(reserveBytes: experiment.reserveBytes) { [groups, group] in
            _ = groups.killAll(in: group, deadlineMilliseconds: 1_000)
        }
    }

    /// Climbs, holds, and ends all instances.
    ///
    /// - Throws: what makes it impossible to go on; everything that can be ended is ended then.
    func climb() throws {
        defer { watch.close() }
        ramp.enforcedBy = enforceBudget()
        defer { try? groups.limitMemory(of: group, bytes: executor.environment.memoryLimitBytes) }
        kills = executor.reader.read().outOfMemoryKills
        start = MonotonicClock.now()
        do {
            try note([], Pressure.read())
            try ascend()
            try hold()
            // Those that are left were not held.
            ramp.instances = ramp.outcome == .ok ? crowd.instances.count : 0
            if ramp.instances == 0 { judgeNone() }
            try note([], Pressure.read(), full: true)
            executor.tell(cell, "ending \(ramp.instances) instances")
            ramp.teardownNanoseconds = crowd.end()
        } catch {
            crowd.end()
            throw error
        }
    }

    /// The parent group's limit keeps the instances within the budget even when tare is too late to.
    private func enforceBudget() -> String? {
        do {
            let most = executor.environment.memoryLimitBytes ?? .max
            try groups.limitMemory(of: group, bytes: min(experiment.budgetBytes, most))
            return "the memory limit of the run's control group"
        } catch {
            ramp.warnings.append(
                "the budget is not enforced by a control group (\(error)); only the reserve guards the host")
            return nil
        }
    }

    /// What the instances cost the host so far, in bytes: the ledger's growth, and never less than what is charged to them,
    /// or foreign memory that is freed meanwhile would look like room and the group's limit would kill instances.
    private func used(_ reading: MemoryReading) -> Int64 {
        let charged = (reading[.chargedAnonymous] ?? 0) + (reading[.chargedShared] ?? 0)
        return max(0, charged, (reading.ledger ?? 0) - (base.ledger ?? 0))
    }

    private func ascend() throws {
        while true {
            let count = crowd.instances.count
            if executor.interruption.isRequested { return stop(.interrupted) }
            if count >= cell.most { return stop(.ceiling) }
            var room = room(ramp.points.last?.reading)
            if count > 0, room.budget < 1 || room.reserve < 1 {
                // Instances go on growing for a while after they are ready, and shrink: look again before it is said.
                room = self.room(settle())
                if room.budget < 1 { return try shed() }
                if room.reserve < 1 { return stop(.reserve) }
            }
            let size = min(
                largestBatch,
                RampClimber.batch(
                    after: count, room: min(room.budget, room.reserve), most: cell.most, atOnce: atOnce))
            executor.tell(cell, "\(count) instances, \(size) more")
            let pressure = Pressure.read()
            let requests = try (0..<size).map { _ in try executor.makeInstance(of: cell) }
            let batch = crowd.start(requests) { [watch] in watch.isTouched }
            try note(batch.startupsNanoseconds, pressure)
            if let failure = batch.failure {
                let cause = try failed(failure)
                // What still came up as the reserve was touched is beyond it.
                if cause == .reserve { for _ in batch.startupsNanoseconds { crowd.endNewest() } }
                return stop(cause)
            }
            guard let cause = watch.isTouched ? .reserve : limit(batch.startupsNanoseconds) else { continue }
            // With this batch the ramp is beyond the limit: N is what was within it. A large one is tried again in halves.
            for _ in batch.startupsNanoseconds { crowd.endNewest() }
            if size == 1 || cause == .reserve || cause == .swap { return stop(cause) }
            largestBatch = size / 2
        }
    }

    private var atOnce: Int { experiment.parallel ?? executor.cpus }

    /// How many more there is room for, by what those that run cost on average. The first one is always tried.
    private func room(_ reading: MemoryReading?) -> (budget: Int, reserve: Int) {
        let count = crowd.instances.count
        guard let reading, count > 0 else { return (1, 1) }
        let each = max(1, used(reading) / Int64(count))
        let budget = (Int64(experiment.budgetBytes) - used(reading)) / each
        let fall = max(each, ((base[.available] ?? 0) - (reading[.available] ?? 0)) / Int64(count))
        let reserve = ((reading[.available] ?? 0) - Int64(experiment.reserveBytes)) / fall
        return (Int(budget), Int(reserve))
    }

    private func settle() -> MemoryReading {
        let tolerance = max(64 << 10, used(executor.memory.host()) / 200)
        var reading = executor.quiet.settle(
            tolerance: tolerance, deadlineSeconds: PlanExecutor.settleDeadlineSeconds
        ).reading
        reading.merge(executor.memory.charged(to: group))
        return reading
    }

    /// Ends the newest instances until the rest is within the budget.
    private func shed() throws {
        stop(.memoryBudget)
        while used(settle()) > Int64(experiment.budgetBytes), !crowd.instances.isEmpty {
            crowd.endNewest()
        }
    }

    private func stop(_ cause: Ramp.StopCause) { ramp.cause = cause }

    /// Why a batch failed: for want of memory, or by itself.
    private func failed(_ reason: String) throws -> Ramp.StopCause {
        if executor.interruption.isRequested { return .interrupted }
        if watch.isTouched { return .reserve }
        if let killed = outOfMemory() { return .died("\(killed): \(reason)") }
        return .launchFailed(reason)
    }

    /// What the kernel killed for want of memory since the ramp began, in words; nil where nothing was.
    private func outOfMemory() -> String? {
        guard let kills, let now = executor.reader.read().outOfMemoryKills, now > kills else { return nil }
        let count = now - kills
        return "out of memory: the kernel killed \(count) process\(count == 1 ? "" : "es")"
    }

    /// That none runs is an answer where none fits. Where none could be started or stay alive, there is no answer.
    private func judgeNone() {
        switch ramp.cause {
        case .launchFailed, .died:
            guard ramp.outcome == .ok else { return }
            ramp.outcome = .failed
            ramp.reasons.append(ramp.cause.text)
        default: break
        }
    }

    private func limit(_ startups: [UInt64]) -> Ramp.StopCause? {
        guard let point = ramp.points.last else { return nil }
        if let share = point.memoryPressurePercent, share > experiment.memoryPressurePercent { return .memoryPressure }
        if let most = experiment.cpuPressurePercent, let share = point.cpuPressurePercent, share > most {
            return .cpuPressure
        }
        if let swap = point.reading[.swapUsed], swap > (base[.swapUsed] ?? 0) { return .swap }
        if let most = experiment.startupP95LimitSeconds, !startups.isEmpty {
            let sorted = startups.sorted()
            // The nearest rank: small batches have no finer quantile.
            let p95 = sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.95).rounded(.up)) - 1)]
            if Double(p95) / 1e9 > most { return .startupLimit }
        }
        return nil
    }

    private func note(_ startups: [UInt64], _ earlier: Pressure, full: Bool = false) throws {
        let asked = MonotonicClock.now()
        // A full reading is what a ladder reads at each of its rungs.
        var reading = executor.memory.host(countingGroups: full)
        reading.merge(full ? executor.readInstances(crowd, of: cell) : executor.memory.charged(to: group))
        let took = MonotonicClock.now() - asked
        let shares = Pressure.read().shares(since: earlier)
        noteForeignRelease(reading)
        ramp.points.append(
            Ramp.Point(
                instances: crowd.instances.count, elapsedNanoseconds: MonotonicClock.now() - start,
                startupsNanoseconds: startups, reading: reading, memoryPressurePercent: shares.memory,
                cpuPressurePercent: shares.cpu, readingNanoseconds: full ? took : nil))
        try executor.sink.save(ramp.brokenOff)
    }

    /// So far below its base the ledger falls only where something else frees memory, in bytes.
    static let foreignReleaseBytes: Int64 = 4 << 20

    /// A ledger below its base says nothing of the instances any more: what they use was counted as less than nothing.
    private func noteForeignRelease(_ reading: MemoryReading) {
        guard !crowd.instances.isEmpty, !ramp.reasons.contains(where: { $0.hasPrefix("foreign memory") }),
            let reason = RampClimber.foreignRelease(ledger: reading.ledger, base: base.ledger)
        else { return }
        ramp.reasons.append("\(reason), with \(crowd.instances.count) instances")
    }

    /// That something else freed memory, in words; nil where the ledger does not show it.
    ///
    /// - Parameters:
    ///   - ledger: the host's, with instances, in bytes.
    ///   - base: the host's before the first, in bytes.
    static func foreignRelease(ledger: Int64?, base: Int64?) -> String? {
        guard let ledger, let base, ledger < base - foreignReleaseBytes else { return nil }
        return "foreign memory was freed: the host's ledger stood \((base - ledger) >> 20) MiB below where it began"
    }

    /// All that run must stay alive through the hold, and be ready at its end. Where some die, the rest is held once more.
    private func hold() throws {
        let workload = executor.workloads[cell.workload]
        ramp.liveness = executor.platforms[cell.platform]?.livenessCheck ?? ""
        if let workload,
            let words = ReadinessCheck.words(
                for: workload.readiness, kind: executor.platforms[cell.platform]?.spec.kind)
        {
            ramp.liveness += "; \(words)"
        }
        for attempt in 0..<2 where !crowd.instances.isEmpty {
            executor.tell(cell, "holding \(crowd.instances.count) instances")
            let deaths = try holdOnce(workload)
            if deaths.isEmpty { return }
            let text = outOfMemory().map { "\($0); " } ?? ""
            let count = deaths.count == 1 ? "" : "\(deaths.count) instances; the first: "
            stop(watch.hasKilled ? .reserve : .died("\(text)\(count)\(deaths[0])"))
            if attempt == 1 {
                ramp.outcome = .failed
                ramp.reasons.append("\(ramp.cause.text); instances died in both holds, so no N was held")
            }
        }
    }

    private func holdOnce(_ workload: Workload?) throws -> [String] {
        let begin = MonotonicClock.now()
        let pressure = Pressure.read()
        var deaths = crowd.buryDead { $0.death() }
        while deaths.isEmpty, MonotonicClock.now() - begin < UInt64(experiment.holdSeconds * 1e9),
            !executor.interruption.isRequested
        {
            usleep(200_000)
            deaths = crowd.buryDead { $0.death() }
        }
        if deaths.isEmpty, let workload {
            deaths = try ReadinessCheck.bury(crowd, readiness: workload.readiness, network: executor.network)
        }
        ramp.heldNanoseconds = MonotonicClock.now() - begin
        if deaths.isEmpty, let share = Pressure.read().shares(since: pressure).memory,
            share > experiment.memoryPressurePercent, ramp.cause != .reserve
        {
            stop(.memoryPressure)
        }
        return deaths
    }
}
