import BenchmarkModel

/// One ladder on its way.
final class LadderClimb {
    private let bench: Bench
    private let cell: Cell
    private let most: Int
    private let holdSeconds: Double
    private let crowd: Crowd
    private let idle: QuietHost.Idle
    private(set) var observation: Observation
    private(set) var ladder: Ladder

    init(
        bench: Bench, cell: Cell, most: Int, holdSeconds: Double, crowd: Crowd, idle: QuietHost.Idle,
        observation: Observation
    ) {
        self.bench = bench
        self.cell = cell
        self.most = most
        self.holdSeconds = holdSeconds
        self.crowd = crowd
        self.idle = idle
        self.observation = observation
        ladder = Ladder(noise: idle.noise, ledgerNoise: idle.ledgerNoise)
    }

    /// Climbs and lets the top rung idle. Ends no instance.
    ///
    /// - Throws: what makes it impossible to go on.
    func climb() throws {
        defer { observation.record = .footprint(ladder) }
        try ascend()
        guard observation.outcome == .ok, !bench.interruption.isRequested else { return }
        idleAtTheTop()
    }

    private func ascend() throws {
        ladder.limits = bench.host.kernelLimits()
        ladder.rungs = [rung(QuietHost.Settled(reading: idle.reading, settled: idle.isQuiet, seconds: idle.seconds))]
        let floor = idle.reading.ledger ?? 0
        var search = LimitSearch(
            base: ladder.rungs[0].limits ?? LimitsReading(), limits: ladder.limits,
            refusedForks: bench.host.refusedForks())
        let begin = bench.host.now()
        for count in LadderEnding.rungs(to: most) {
            bench.tell("\(cell.key): block \(observation.block), \(count) instances")
            search.begin(bench.host)
            let batch = crowd.start(
                try (crowd.instances.count..<count).map { _ in try bench.makeInstance(of: cell) })
            if let failure = batch.failure {
                observation.outcome = .failed
                let hit = search.hit(
                    bench.host, reason: failure, instances: crowd.instances.count, atOnce: bench.host.cpus)
                let why = hit.map { "\($0.resource.rawValue): \($0.found)" } ?? failure
                observation.reasons.append("of \(count) instances: \(why)")
                return
            }
            if bench.interruption.isRequested { return }
            let cost = (bench.host.memory(countingGroups: false).ledger ?? 0) - floor
            let tolerance = max(idle.ledgerNoise, 64 << 10, cost / 200)
            ladder.rungs.append(
                rung(bench.quiet.settle(tolerance: tolerance, deadlineSeconds: Bench.settleDeadlineSeconds)))
            ladder.climbNanoseconds = bench.host.now() - begin
            observation.record = .footprint(ladder)
            try bench.sink.save(observation.brokenOff)
            if let ending = LadderEnding.of(ladder, cap: most) {
                ladder.ending = ending
                return
            }
            if !LadderEnding.hasRoom(above: ladder, for: min(2 * count, most)) {
                ladder.ending = .memory
                return
            }
        }
    }

    private func rung(_ settled: QuietHost.Settled) -> Rung {
        let start = bench.host.now()
        var reading = settled.reading
        reading.merge(bench.readInstances(crowd, of: cell))
        let rest = bench.host.now() - start
        return Rung(
            instances: crowd.instances.count, settleSeconds: settled.seconds, settled: settled.settled,
            reading: reading, readingNanoseconds: settled.readingNanoseconds.map { $0 + rest },
            limits: bench.host.limits())
    }

    /// Measures what the instances of the top rung use of the CPU while they idle, and whether all still live after that.
    private func idleAtTheTop() {
        let host = bench.host
        let start = host.now()
        let first = host.instancesNanoseconds()
        while host.now() - start < UInt64(holdSeconds * 1e9), !bench.interruption.isRequested {
            host.pause(nanoseconds: 20_000_000)
        }
        let last = host.instancesNanoseconds()
        ladder.idleNanoseconds = host.now() - start
        let after = host.memory(countingGroups: false)
        for (figure, value) in ladder.rungs.last?.reading.figures ?? [:] {
            if let later = after[figure] { ladder.drift[figure] = later - value }
        }
        if let first, let last, last >= first { ladder.idleCPUNanoseconds = last - first }
        let deaths = crowd.buryDead { $0.death() }
        if let death = deaths.first {
            observation.outcome = .failed
            observation.reasons.append("\(deaths.count) instances died while they idled; the first: \(death)")
        }
    }
}
