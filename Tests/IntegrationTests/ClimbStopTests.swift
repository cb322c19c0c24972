import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What stops a ramp is named; the budget's own test is with the prediction, those of faults are with the faults.
    @Suite("What stops a ramp", .serialized, .needs(program: "gcc")) struct ClimbStopTests {
        @Test func theCeiling() throws {
            let run = try stop(.noop, "budget: 1GiB, ceiling: 5, hold: 500ms")
            #expect(run.densities?.first?.instances == 5)
            #expect(run.densities?.first?.cause == "ceiling")
        }

        @Test func theStartupLimit() throws {
            let run = try stop(.noop, "budget: 1GiB, ceiling: 50, hold: 500ms, startup-p95: 1ms")
            #expect(run.densities?.first?.cause == "startup limit")
            #expect(run.densities?.first?.instances == 0)
        }

        @Test func theReserve() throws {
            let available = try #require(KeyedNumbers.read("/proc/meminfo")?["MemAvailable"]) / 1_024
            // There is room for about eight of 64 MiB.
            let run = try stop(
                .probe("small", "small", "64", memory: "128MiB"),
                "budget: 16GiB, reserve: \(available - 512)MiB, ceiling: 50, hold: 500ms")
            #expect(run.densities?.first?.cause == "reserve")
            let found = try #require(run.densities?.first?.instances)
            #expect(found >= 1 && found < 50)
        }

        private func stop(_ workload: ClimbSuite.Workload, _ density: String) throws -> ExportedClimbs {
            let place = try Place()
            try place.compileProbe()
            let run = try place.climb(ClimbSuite(workloads: [workload], density: density)).run
            run.expectAccounts()
            return run
        }
    }
}
