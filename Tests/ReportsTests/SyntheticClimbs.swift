import BenchmarkModel

@testable import Reports

/// Ladders and ramps that nobody measured, of which it is known by hand what must come out.
enum SyntheticClimbs {
    static let mebibyte = 1_048_576.0

    /// What an instance costs in MiB, what the platform costs by itself, and the share of a CPU that one idle instance uses.
    struct Cost {
        var slope: Double
        var fixed: Double
        var cpu: Double
    }

    static let costs = [
        "runc": Cost(slope: 1, fixed: 4, cpu: 0.001), "q35": Cost(slope: 64, fixed: 8, cpu: 0.01),
        "namespaces": Cost(slope: 0.5, fixed: 2, cpu: 0.001), "process": Cost(slope: 0.25, fixed: 1, cpu: 0.001),
    ]

    /// A reading above an idle host, all in MiB.
    static func reading(ledger: Double, available: Double, charged: Double = 0) -> MemoryReading {
        var reading = MemoryReading()
        for kind in MemoryFigure.ledgerKinds + MemoryFigure.chargedKinds { reading[kind] = 0 }
        reading[.anonymous] = Int64((1_000 + ledger) * mebibyte)
        reading[.available] = Int64((16_000 - available) * mebibyte)
        reading[.chargedAnonymous] = Int64(charged * mebibyte)
        return reading
    }

    /// A ladder of 1, 2, 4, ... 64 instances. Containers below the first step of slab seem to cost half.
    static func ladder(
        _ number: Int, _ cell: String, slope: Double, fixed: Double, fall: Double? = nil, cpu: Double = 0.001
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
            number: number, cell: cell, block: 0, ending: .slope, noise: MemoryReading([.available: 0]),
            rungs: rungs, idleCPUNanoseconds: UInt64(cpu * 64 * 5e9), idleNanoseconds: 5_000_000_000,
            climbNanoseconds: 50_000_000_000, drift: MemoryReading([.available: 0]))
    }

    static func ramp(
        _ number: Int, _ cell: String, instances: Int, cause: Ramp.StopCause, used: Double = 100
    ) -> Ramp {
        Ramp(
            number: number, cell: cell, block: 0, instances: instances, cause: cause, enforcedBy: "a group's limit",
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
    static let factors = [1, 1 + spread, 1 - spread]

    /// A complete run whose noop costs half of what its nginx does. Only nginx is ramped, once.
    static func run(
        platforms: [PlatformSpec] = [SyntheticRun.runc, SyntheticRun.vm], budgetBytes: UInt64 = 1 << 30,
        ramps: Int = 1
    ) -> Run {
        var run = SyntheticRun.full(platforms: platforms)
        run.suite.footprint = FootprintExperiment()
        run.suite.density = DensityExperiment(budgetBytes: budgetBytes, ramps: ramps, workloads: ["nginx"])
        let plan = Plan(suite: run.suite, seed: 7)
        run.plan.footprint = plan.footprint
        run.plan.density = plan.density
        for cell in plan.footprint?.cells ?? [] where cell.impossible == nil {
            let cost = costs[cell.platform] ?? Cost(slope: 2, fixed: 0, cpu: 0)
            let share = cell.workload == "nginx" ? 1 : 0.5
            for factor in factors {
                run.ladders.append(
                    ladder(
                        run.ladders.count + 1, cell.key, slope: cost.slope * share * factor, fixed: cost.fixed * share,
                        cpu: cost.cpu * share))
            }
        }
        for cell in plan.density?.cells ?? [] where cell.impossible == nil {
            for _ in 0..<ramps {
                let count = cell.platform == "q35" ? 15 : 1_010
                run.ramps.append(ramp(run.ramps.count + 1, cell.key, instances: count, cause: .memoryBudget))
            }
        }
        return run
    }

    static func footprint(_ run: Run, _ platform: String = "runc", _ workload: String = "nginx") -> FootprintReport? {
        ReportModel(run: run, resamples: 50).footprints.first {
            $0.cell.platform == platform && $0.cell.workload == workload
        }
    }

    static func density(_ run: Run, _ platform: String = "runc") -> DensityReport? {
        ReportModel(run: run, resamples: 50).densities.first { $0.cell.platform == platform }
    }

    /// Replaces the ladders of nginx on runc.
    static func change(_ run: inout Run, _ change: (inout Ladder) -> Void) {
        for index in run.ladders.indices where run.ladders[index].cell == "footprint/nginx/runc/idle" {
            change(&run.ladders[index])
        }
    }
}
