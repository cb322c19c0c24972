import BenchmarkModel
import Glibc
import LinuxSystem

/// The footprint experiment: ladders of idle instances.
extension PlanExecutor {
    /// How long the host may take to become quiet before a climb, and to settle at a rung, in seconds.
    static let quietDeadlineSeconds = 30.0
    static let settleDeadlineSeconds = 15.0

    func climbLadders(_ climbs: ClimbPlan, _ experiment: FootprintExperiment) throws {
        try forEachClimb(of: climbs) { try climb($0, block: $1, experiment) }
    }

    private func climb(_ cell: ClimbCell, block: Int, _ experiment: FootprintExperiment) throws {
        var ladder = Ladder(number: nextLadder, cell: cell.key, block: block)
        nextLadder += 1
        let begin = MonotonicClock.now()
        let before = reader.read()
        let idle = try waitForQuiet(cell, warnings: &ladder.warnings)
        if interruption.isRequested { return }
        ladder.noise = idle.noise
        ladder.ledgerNoise = idle.ledgerNoise
        if idle.reading[.slabSlack] == nil {
            ladder.warnings.append(
                "/proc/slabinfo cannot be read: what instances take out of half-empty slabs is missing in their cost")
        }
        let crowd = try makeCrowd(parallel: cpus)
        do {
            try climb(&ladder, cell, crowd, experiment, idle)
            crowd.end()
        } catch {
            crowd.end()
            throw error
        }
        ladder.warnings += try troubles(of: crowd, cell, block: block)
        if interruption.isRequested { return }
        try judgeClimb(cell, since: before, reasons: &ladder.reasons, warnings: &ladder.warnings)
        judge(&ladder)
        try sink.save(ladder)
        finishClimb(cell, since: begin)
    }

    private func climb(
        _ ladder: inout Ladder, _ cell: ClimbCell, _ crowd: Crowd, _ experiment: FootprintExperiment,
        _ idle: QuietHost.Idle
    ) throws {
        func rung(_ settled: QuietHost.Settled) -> Rung {
            let start = MonotonicClock.now()
            var reading = settled.reading
            reading.merge(readInstances(crowd, of: cell))
            let rest = MonotonicClock.now() - start
            return Rung(
                instances: crowd.instances.count, settleSeconds: settled.seconds, settled: settled.settled,
                reading: reading, readingNanoseconds: settled.readingNanoseconds.map { $0 + rest })
        }
        ladder.rungs = [
            rung(QuietHost.Settled(reading: idle.reading, settled: idle.isQuiet, seconds: idle.seconds))
        ]
        let floor = idle.reading.ledger ?? 0
        let begin = MonotonicClock.now()
        for count in PlanExecutor.rungs(to: cell.most) {
            tell(cell, "ladder \(ladder.number), \(count) instances")
            let batch = crowd.start(try (crowd.instances.count..<count).map { _ in try makeInstance(of: cell) })
            if let failure = batch.failure {
                ladder.outcome = .failed
                ladder.reasons.append("of \(count) instances: \(failure)")
                break
            }
            if interruption.isRequested { return }
            let cost = (memory.host().ledger ?? 0) - floor
            let tolerance = max(idle.ledgerNoise, 64 << 10, cost / 200)
            ladder.rungs.append(
                rung(quiet.settle(tolerance: tolerance, deadlineSeconds: PlanExecutor.settleDeadlineSeconds)))
            ladder.climbNanoseconds = MonotonicClock.now() - begin
            try sink.save(ladder.brokenOff)
            if let ending = PlanExecutor.ending(of: ladder, cap: cell.most) {
                ladder.ending = ending
                break
            }
            if !PlanExecutor.hasRoom(above: ladder, for: min(2 * count, cell.most)) {
                ladder.ending = .memory
                break
            }
        }
        guard ladder.outcome == .ok else { return }
        try idleCPU(&ladder, crowd, seconds: experiment.holdSeconds)
    }

    /// Measures what the instances of the top rung use of the CPU while they idle, and whether all still live after that.
    private func idleCPU(_ ladder: inout Ladder, _ crowd: Crowd, seconds: Double) throws {
        let start = MonotonicClock.now()
        let first = environment.groups.cpuNanoseconds(of: environment.group)
        while MonotonicClock.now() - start < UInt64(seconds * 1e9), !interruption.isRequested { usleep(20_000) }
        let last = environment.groups.cpuNanoseconds(of: environment.group)
        ladder.idleNanoseconds = MonotonicClock.now() - start
        let after = memory.host()
        for (figure, value) in ladder.rungs.last?.reading.figures ?? [:] {
            if let later = after[figure] { ladder.drift[figure] = later - value }
        }
        if let first, let last, last >= first { ladder.idleCPUNanoseconds = last - first }
        let deaths = crowd.buryDead { $0.death() }
        if let death = deaths.first {
            ladder.outcome = .failed
            ladder.reasons.append("\(deaths.count) instances died while they idled; the first: \(death)")
        }
    }

    /// 1, 2, 4, ... and the cap.
    static func rungs(to cap: Int) -> [Int] {
        var counts: [Int] = []
        var count = 1
        while count < cap {
            counts.append(count)
            count *= 2
        }
        return counts + [cap]
    }

    /// Whether a ladder is high enough, and why.
    ///
    /// That its cost exceeds 50 times the idle noise is enough for large instances. For small ones it is not: slab and
    /// per-CPU memory grow in steps, which a low ladder cannot tell from a slope, with hardly any noise.
    static func ending(of ladder: Ladder, cap: Int) -> Ladder.Ending? {
        guard let top = ladder.rungs.last, let cost = ladder.cost(of: top) else { return nil }
        let isLoud = cost > Ladder.noiseMultiple * max(ladder.ledgerNoise, 4_096)
        if isLoud, isStraight(ladder.fittedRungs) { return .slope }
        let isLarge = cost >= Ladder.largeInstanceBytes * Int64(top.instances)
        if isLoud, isLarge, ladder.fittedRungs.count >= Ladder.fewestFittedRungs { return .noise }
        return top.instances >= cap ? .cap : nil
    }

    /// Whether a rung of so many instances leaves a quarter of the memory that was available at the start: a ladder has no
    /// budget of its own, and the host is never driven out of memory.
    static func hasRoom(above ladder: Ladder, for instances: Int) -> Bool {
        guard let top = ladder.rungs.last, top.instances > 0, let cost = ladder.cost(of: top),
            let available = top.reading[.available], let start = ladder.rungs.first?.reading[.available]
        else { return true }
        let each = max(0, cost) / Int64(top.instances)
        return available - each * Int64(instances - top.instances) >= start / 4
    }

    /// Whether the slopes between the last three fitted rungs are within 5 % of their median: the widest interval there could be.
    private static func isStraight(_ rungs: [Rung]) -> Bool {
        let points = rungs.suffix(Ladder.fewestFittedRungs).compactMap { rung in
            rung.reading.ledger.map { (Double(rung.instances), Double($0)) }
        }
        guard points.count == Ladder.fewestFittedRungs else { return false }
        let slopes = [(0, 1), (0, 2), (1, 2)].map { first, second in
            (points[second].1 - points[first].1) / (points[second].0 - points[first].0)
        }.sorted()
        let tolerance = Ladder.slopeTolerance * slopes[1]
        return slopes[1] > 0 && slopes[2] - slopes[1] <= tolerance && slopes[1] - slopes[0] <= tolerance
    }

    private func judge(_ ladder: inout Ladder) {
        if ladder.outcome == .ok, !ladder.reasons.isEmpty { ladder.outcome = .invalid }
        let unsettled = ladder.rungs.filter { !$0.settled && $0.instances > 0 }.map { "\($0.instances)" }
        if !unsettled.isEmpty {
            ladder.warnings.append(
                "not flat within \(PlanExecutor.settleDeadlineSeconds) s at N = \(unsettled.joined(separator: ", "))")
        }
    }
}
