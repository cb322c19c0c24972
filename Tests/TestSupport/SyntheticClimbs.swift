package import BenchmarkModel

/// Ladders and ramps that nobody measured, of which it is known by hand what must come out.
package enum SyntheticClimbs {
    package static let mebibyte = 1_048_576.0

    /// What an instance costs in MiB, what the platform costs by itself, and the share of a CPU that one idle instance uses.
    package struct Cost {
        package var slope: Double
        package var fixed: Double
        package var cpu: Double
    }

    package static let costs = [
        "runc": Cost(slope: 1, fixed: 4, cpu: 0.001), "q35": Cost(slope: 64, fixed: 8, cpu: 0.01),
        "namespaces": Cost(slope: 0.5, fixed: 2, cpu: 0.001), "process": Cost(slope: 0.25, fixed: 1, cpu: 0.001),
    ]

    /// A reading above an idle host, all in MiB.
    package static func reading(ledger: Double, available: Double, charged: Double = 0) -> MemoryReading {
        var reading = MemoryReading()
        for kind in MemoryFigure.ledgerKinds + MemoryFigure.chargedKinds { reading[kind] = 0 }
        reading[.anonymous] = Int64((1_000 + ledger) * mebibyte)
        reading[.available] = Int64((16_000 - available) * mebibyte)
        reading[.chargedAnonymous] = Int64(charged * mebibyte)
        return reading
    }

    /// A ladder of 1, 2, 4, ... 64 instances. Containers below the first step of slab seem to cost half.
    package static func ladder(
        slope: Double, fixed: Double, fall: Double? = nil, cpu: Double = 0.001
    ) -> Ladder {
        let rungs = [0, 1, 2, 4, 8, 16, 32, 64].map { count -> Rung in
            let instances = Double(count)
            let isBelowStep = count < 16 && slope < 8
            let cost = count == 0 ? 0 : isBelowStep ? slope * instances / 2 : fixed + slope * instances
            return Rung(
                instances: count, settleSeconds: 1, settled: true,
                reading: reading(
                    ledger: cost, available: (fall ?? slope) * instances, charged: slope * instances * 0.75))
        }
        return Ladder(
            ending: .slope, noise: MemoryReading([.available: 0]),
            rungs: rungs, idleCPUNanoseconds: UInt64(cpu * 64 * 5e9), idleNanoseconds: 5_000_000_000,
            climbNanoseconds: 50_000_000_000, drift: MemoryReading([.available: 0]))
    }

    package static func ramp(
        instances: Int, cause: Ramp.StopCause, used: Double = 100
    ) -> Ramp {
        Ramp(
            instances: instances, cause: cause, enforcedBy: "a group's limit",
            heldNanoseconds: 5_000_000_000, liveness: "each first process is alive", teardownNanoseconds: 7_000_000,
            points: [
                Ramp.Point(
                    instances: 0, elapsedNanoseconds: 0, startupsNanoseconds: [],
                    reading: reading(ledger: 0, available: 0)),
                Ramp.Point(
                    instances: instances, elapsedNanoseconds: 9_000_000_000,
                    startupsNanoseconds: [20_000_000, 30_000_000, 40_000_000],
                    reading: reading(ledger: used, available: used, charged: used), memoryPressurePercent: 0.25,
                    cpuPressurePercent: nil),
            ])
    }

    /// How far apart a cell's three ladders are, so that the interval of a slope goes from 63/64 to 65/64 of it: of the 27
    /// ways to draw three ladders 7 have the least in the middle, and 7 the most. python3 -c "from scipy import stats
    /// print(1/64/float(stats.t.ppf(.975,2)*(14/27*3/2)**.5))"
    private static let spread = 0.004_117_711_975_639_543
    package static let factors = [1, 1 + spread, 1 - spread]

    /// A complete run whose noop costs half of what its nginx does. Only nginx is ramped, once.
    package static func run(
        platforms: [PlatformSpec] = [SyntheticRun.runc, SyntheticRun.vm], budgetBytes: UInt64 = 1 << 30,
        ramps: Int = 1
    ) -> Run {
        var run = SyntheticRun.full(platforms: platforms)
        run.suite.footprint = FootprintExperiment()
        run.suite.density = DensityExperiment(budgetBytes: budgetBytes, ramps: ramps, workloads: ["nginx"])
        // The same seed draws the same order of the starts, which come first.
        run.plan = Plan(suite: run.suite, seed: run.plan.seed)
        var counts: [String: Int] = [:]
        for stage in run.plan.stages where stage.experiment != "startup" {
            for block in stage.blocks {
                for position in block.order {
                    let cell = run.plan.cells[position]
                    let repeats = counts[cell.key, default: 0]
                    counts[cell.key] = repeats + 1
                    run.observations.append(
                        Observation(
                            number: run.observations.count + 1, cell: cell.key, block: block.index,
                            record: record(of: cell, repeats)))
                }
            }
        }
        return run
    }

    private static func record(of cell: Cell, _ repeats: Int) -> Record {
        guard cell.experiment == "footprint" else {
            return .density(ramp(instances: cell.platform == "q35" ? 15 : 1_010, cause: .memoryBudget))
        }
        let cost = costs[cell.platform] ?? Cost(slope: 2, fixed: 0, cpu: 0)
        let share = cell.workload == "nginx" ? 1 : 0.5
        return .footprint(
            ladder(
                slope: cost.slope * share * factors[repeats % factors.count], fixed: cost.fixed * share,
                cpu: cost.cpu * share))
    }

    /// Changes the ladders of nginx on runc.
    ///
    /// - Parameter change: gets each with its place among them, from 0.
    package static func change(_ run: inout Run, _ change: (inout Ladder, Int) -> Void) {
        var place = 0
        for index in run.observations.indices where run.observations[index].cell == "footprint/nginx/runc/idle" {
            run.observations[index].changeLadder { change(&$0, place) }
            place += 1
        }
    }
}
