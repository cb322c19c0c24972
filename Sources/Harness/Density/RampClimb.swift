import BenchmarkModel
import HostReadings

/// One ramp on its way.
final class RampClimb {
    let bench: Bench
    let cell: Cell
    let experiment: DensityExperiment
    let crowd: Crowd
    let watch: MemoryWatch
    let limits: RampLimits
    private let most: Int
    private let base: MemoryReading
    private var start: UInt64 = 0
    private var kills: UInt64?
    /// What is known of the host's limits since the ramp began.
    var search: LimitSearch
    /// The startups so far, in nanoseconds, without those of batches that were taken back.
    private var startups: [UInt64] = []
    private var largestBatch = RampLimits.largestBatch
    var observation: Observation
    var ramp = Ramp()

    /// - Throws: where the kernel refuses the thread that watches the host's memory.
    init(
        bench: Bench, cell: Cell, experiment: DensityExperiment, most: Int, crowd: Crowd, base: MemoryReading,
        observation: Observation
    ) throws {
        self.bench = bench
        self.cell = cell
        self.experiment = experiment
        self.most = most
        self.crowd = crowd
        self.base = base
        self.observation = observation
        search = LimitSearch(bench.host)
        limits = RampLimits(experiment: experiment, swapBefore: base[.swapUsed] ?? 0)
        watch = try MemoryWatch(
            reserveBytes: experiment.reserveBytes, available: { [host = bench.host] in host.available() },
            kill: { [host = bench.host] in host.killInstances() })
    }

    /// Climbs, holds, and ends all instances.
    ///
    /// - Throws: what makes it impossible to go on; everything that can be ended is ended then.
    func climb() throws {
        defer {
            watch.close()
            observation.record = .density(ramp)
        }
        ramp.enforcedBy = enforceBudget()
        defer { try? bench.host.limitMemory(bytes: nil) }
        kills = bench.host.reading().outOfMemoryKills
        start = bench.host.now()
        do {
            try note([], bench.host.pressure())
            try ascend()
            try hold()
            // Those that are left were not held.
            ramp.instances = observation.outcome == .ok ? crowd.instances.count : 0
            if ramp.instances == 0 { judgeNone() }
            try note([], bench.host.pressure(), full: true)
            bench.tell("\(cell.key): ending \(ramp.instances) instances")
            ramp.teardownNanoseconds = endAll()
        } catch {
            endAll()
            throw error
        }
    }

    /// The parent group's limit keeps the instances within the budget even when tare is too late to.
    private func enforceBudget() -> String? {
        // What holds for the run's group binds only what is in it: the run's notes say so.
        guard bench.platform(of: cell)?.traits.whereabouts.isInRunGroup == true else { return nil }
        // A daemon of tare's own is in the group too, and reads its programs into the cache with the first instances.
        let cache = bench.platform(of: cell)?.daemons().group == nil ? 0 : RampLimits.daemonCacheBytes
        do {
            try bench.host.limitMemory(bytes: experiment.budgetBytes + cache)
            let more =
                cache == 0
                ? "" : ", above the budget by what the daemon held and \(cache >> 20) MiB for what it reads"
            return "the memory limit of the run's control group\(more)"
        } catch {
            observation.warnings.append(
                "the budget is not enforced by a control group (\(error)); only the reserve guards the host")
            return nil
        }
    }

    /// What the instances cost the host so far, in bytes: the ledger's growth, and never less than what is charged to them,
    /// or foreign memory that is freed meanwhile would look like room and the group's limit would kill instances.
    func used(_ reading: MemoryReading) -> Int64 {
        let charged = (reading[.chargedAnonymous] ?? 0) + (reading[.chargedShared] ?? 0)
        return max(0, charged, (reading.ledger ?? 0) - (base.ledger ?? 0))
    }

    private func ascend() throws {
        while true {
            let count = crowd.instances.count
            if bench.interruption.isRequested { return stop(.interrupted) }
            if count >= most { return stop(.ceiling) }
            var room = room(ramp.points.last?.reading)
            if count > 0, room.budget < 1 || room.reserve < 1 {
                // Instances go on growing for a while after they are ready, and shrink: look again before it is said.
                room = self.room(settle())
                if room.budget < 1 { return shedToBudget() }
                if room.reserve < 1 { return stop(.reserve) }
            }
            let files = roomOfFiles()
            if files < 1 { return stop(outOfFiles()) }
            let size = min(
                largestBatch, files,
                RampLimits.batch(after: count, room: min(room.budget, room.reserve), most: most, atOnce: atOnce))
            bench.tell("\(cell.key): \(count) instances, \(size) more")
            let pressure = bench.host.pressure()
            search.begin(bench.host)
            let (requests, refusal) = try makeInstances(size)
            let batch = crowd.start(requests) { [watch] in watch.isTouched }
            try note(batch.startupsNanoseconds, pressure)
            if let failure = batch.failure ?? refusal {
                let cause = failed(failure)
                // What still came up as the reserve was touched is beyond it.
                if cause == .reserve { for _ in batch.startupsNanoseconds { crowd.endNewest() } }
                return stop(cause)
            }
            startups += batch.startupsNanoseconds
            guard let cause = brokenLimit() else { continue }
            // With this batch the ramp is beyond the limit: N is what was within it. A large one is tried again in halves.
            for _ in batch.startupsNanoseconds { crowd.endNewest() }
            startups.removeLast(batch.startupsNanoseconds.count)
            if size == 1 || cause == .reserve || cause == .swap { return stop(cause) }
            largestBatch = size / 2
        }
    }

    var atOnce: Int { experiment.parallel ?? bench.host.cpus }

    private func brokenLimit() -> Ramp.StopCause? {
        if watch.isTouched { return .reserve }
        return ramp.points.last.flatMap { limits.broken($0, startups: startups) }
    }

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

    func settle() -> MemoryReading {
        let tolerance = max(64 << 10, used(bench.host.memory(countingGroups: false)) / 200)
        var reading = bench.quiet.settle(
            tolerance: tolerance, deadlineSeconds: Bench.settleDeadlineSeconds
        ).reading
        reading.merge(bench.host.charged())
        return reading
    }

    /// Ends the newest instances until the rest is within the budget.
    func shedToBudget() {
        stop(.memoryBudget)
        while used(settle()) > Int64(experiment.budgetBytes), !crowd.instances.isEmpty { crowd.endNewest() }
    }

    func stop(_ cause: Ramp.StopCause) { ramp.cause = cause }

    /// Why a batch failed: for want of memory, or by itself.
    private func failed(_ reason: String) -> Ramp.StopCause {
        if bench.interruption.isRequested { return .interrupted }
        if watch.isTouched { return .reserve }
        if let killed = outOfMemory() { return .died("\(killed): \(reason)") }
        let running = crowd.instances.count
        if let hit = search.hit(bench.host, reason: reason, instances: running, atOnce: atOnce) {
            return .limit(hit.resource, hit.found)
        }
        return .launchFailed(reason)
    }

    /// What the kernel killed for want of memory since the ramp began, in words; nil where nothing was.
    func outOfMemory() -> String? {
        guard let kills, let now = bench.host.reading().outOfMemoryKills, now > kills else { return nil }
        let count = now - kills
        return "out of memory: the kernel killed \(count) process\(count == 1 ? "" : "es")"
    }

    /// That none runs is an answer where none fits. Where none could be started or stay alive, there is no answer.
    private func judgeNone() {
        switch ramp.cause {
        case .launchFailed, .died:
            guard observation.outcome == .ok else { return }
            observation.outcome = .failed
            observation.reasons.append(ramp.cause.text)
        default: break
        }
    }

    /// Reads the ramp's next point and commits what there is.
    private func note(_ startups: [UInt64], _ earlier: Pressure, full: Bool = false) throws {
        let asked = bench.host.now()
        // A full reading is what a ladder reads at each of its rungs.
        var reading = bench.host.memory(countingGroups: full)
        reading.merge(full ? bench.readInstances(crowd, of: cell) : bench.host.charged())
        let took = bench.host.now() - asked
        noteForeignRelease(reading)
        var point = point(reading, since: earlier)
        point.startupsNanoseconds = startups
        point.readingNanoseconds = full ? took : nil
        ramp.points.append(point)
        observation.record = .density(ramp)
        try bench.sink.save(observation.brokenOff)
    }

    func point(_ reading: MemoryReading, since earlier: Pressure) -> Ramp.Point {
        let shares = bench.host.pressure().shares(since: earlier)
        return Ramp.Point(
            instances: crowd.instances.count, elapsedNanoseconds: bench.host.now() - start, startupsNanoseconds: [],
            reading: reading, memoryPressurePercent: shares.memory, cpuPressurePercent: shares.cpu)
    }

    /// A ledger below its base says nothing of the instances any more: what they use was counted as less than nothing.
    private func noteForeignRelease(_ reading: MemoryReading) {
        guard !crowd.instances.isEmpty, !observation.reasons.contains(where: { $0.hasPrefix("foreign memory") }),
            let reason = RampLimits.foreignRelease(ledger: reading.ledger, base: base.ledger)
        else { return }
        observation.reasons.append("\(reason), with \(crowd.instances.count) instances")
    }
}
