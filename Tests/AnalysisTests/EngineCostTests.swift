import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

/// What an engine adds to the runtime that it calls.
@Suite struct EngineCostTests {
    private static let engine = PlatformSpec(name: "docker", kind: .engine(EngineSettings(.docker, starts: true)))
    private static let crun = PlatformSpec(name: "crun", kind: .oci(OCISettings(runtime: "/usr/bin/crun")))

    /// A run whose engine keeps 0.25 MiB for each instance, and whose daemon has 100 MiB and grows by 0.125 for each.
    private static func run(_ platforms: [PlatformSpec]) -> Run {
        var run = SyntheticClimbs.run(platforms: platforms)
        for index in run.observations.indices where run.observations[index].cell.contains("/docker/") {
            run.observations[index].changeLadder { ladder in
                for place in ladder.rungs.indices {
                    let instances = Int64(ladder.rungs[place].instances)
                    ladder.rungs[place].reading[.pssRuntime] = instances << 18
                    ladder.rungs[place].reading[.pssDaemons] = 100 << 20 + instances << 17
                }
            }
        }
        return run
    }

    private static func costs(_ run: Run) -> [EngineCost] { EngineCost.all(of: RunAnalysis(run: run, resamples: 200)) }

    @Test func isSetAgainstTheBareRuntimeOfTheSameRun() throws {
        let costs = EngineCostTests.costs(EngineCostTests.run([SyntheticRun.runc, EngineCostTests.engine]))
        #expect(costs.map(\.workload) == ["noop", "nginx"])
        let nginx = try #require(costs.last)
        #expect(nginx.platform == "docker" && nginx.reference == "runc" && nginx.engine == .docker)
        // 8 ms of an unnamed platform against the 32 of runc, both twice for nginx, at the middle of the drift.
        let startup = try #require(nginx.startup)
        #expect(abs(startup.value - (16 - 64) * 1e6) < 0.01e6 && startup.n == 20, "\(startup)")
        let lower = try #require(startup.lower)
        let upper = try #require(startup.upper)
        #expect(lower < startup.value && startup.value < upper)
        // A slope of 2 MiB against one of 1.
        let memory = try #require(nginx.memory)
        #expect(abs(memory.value - 1_048_576) < 1_000 && memory.n == 3, "\(memory)")
        #expect(nginx.keeperBytes.map { abs($0 - 262_144) < 1 } == true)
        #expect(nginx.onceBytes == 104_857_600 && nginx.growthBytes.map { abs($0 - 131_072) < 1 } == true)
    }

    /// python3 -c "print(10-(2**2+2**2)**.5, 10+(3**2+1**2)**.5)"
    @Test func theIntervalIsMadeOfThoseOfBothSides() throws {
        let difference = CellDifference(
            30, Interval(lower: 28, upper: 33, blocks: 9), minus: 20, Interval(lower: 19, upper: 22, blocks: 9), n: 5)
        #expect(difference.value == 10 && difference.n == 5)
        #expect(try abs(#require(difference.lower) - 7.171_572_875_253_81) < 1e-12)
        #expect(try abs(#require(difference.upper) - 13.162_277_660_168_38) < 1e-12)
        #expect(CellDifference(30, nil, minus: 20, Interval(lower: 19, upper: 22, blocks: 9), n: 5).lower == nil)
    }

    /// The one that the engine calls, as far as it is known; else the first bare one.
    @Test func theReferenceIsTheRuntimeThatTheEngineCalls() {
        func reference(_ settings: EngineSettings, told: String? = nil, _ bare: [PlatformSpec]) -> String? {
            let engine = PlatformSpec(name: "docker", kind: .engine(settings))
            var run = EngineCostTests.run(bare + [engine])
            if let told {
                run.platforms = [
                    PlatformRecord(platform: "docker", details: [Fact("runtime", told)], emulated: false)
                ]
            }
            return EngineCostTests.costs(run).first?.reference
        }
        let both = [EngineCostTests.crun, SyntheticRun.runc]
        #expect(reference(EngineSettings(.docker), both) == "runc")
        #expect(reference(EngineSettings(.docker), told: "crun", both) == "crun")
        #expect(reference(EngineSettings(.docker, runtime: "crun"), told: "runc", both) == "crun")
        #expect(reference(EngineSettings(.containerd), told: "io.containerd.runc.v2", both) == "runc")
        #expect(reference(EngineSettings(.docker, runtime: "runsc"), both) == "crun")
        #expect(reference(EngineSettings(.docker), [SyntheticRun.namespaces]) == nil)
    }

    /// The kernel memory that is charged to nobody is without the shim and what the daemon grew by.
    @Test func whatTheDaemonHoldsIsNoKernelMemory() throws {
        let run = EngineCostTests.run([SyntheticRun.runc, EngineCostTests.engine])
        let cells = RunAnalysis(run: run, resamples: 200).footprints
        let docker = try #require(cells.first { $0.cell.platform == "docker" && $0.cell.workload == "nginx" })
        // 2 MiB of ledger, three quarters of it charged; 0.25 and 0.125 MiB are the engine's.
        let left = try #require(docker.uncharged)
        #expect(abs(left - 0.125 * 1_048_576) < 2_000, "\(left)")
    }
}
