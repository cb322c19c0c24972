import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

/// What a network adds to an instance.
@Suite struct NetworkCostTests {
    /// `nginx` is `noop` on a bridge: twice as slow, and so on.
    private static func run(_ network: WorkloadNetwork, _ change: (inout Workload) -> Void = { _ in }) -> Run {
        var run = SyntheticClimbs.run(platforms: [SyntheticRun.runc, SyntheticRun.vm])
        guard let plain = run.suite.workloads.first(where: { $0.name == "noop" }) else { return run }
        var on = plain
        on.name = "nginx"
        on.network = network
        change(&on)
        run.suite.workloads = [plain, on]
        return run
    }

    private static func costs(_ run: Run) -> [NetworkCost] {
        NetworkCost.all(of: RunAnalysis(run: run, resamples: 200))
    }

    @Test func isSetAgainstTheSameWithout() throws {
        let costs = NetworkCostTests.costs(NetworkCostTests.run(.bridge))
        #expect(costs.map(\.platform) == ["runc", "q35"])
        let runc = try #require(costs.first)
        #expect(runc.workload == "nginx" && runc.plain == "noop" && runc.network == .bridge)
        // 64 ms against 32 at the middle of the drift.
        let startup = try #require(runc.startup)
        #expect(abs(startup.value - 32e6) < 0.01e6 && startup.n == 20, "\(startup)")
        let lower = try #require(startup.lower)
        #expect(lower < startup.value)
        #expect(runc.memory?.n == 3)
    }

    /// Where anything else differs there is nothing to say.
    @Test func whatDiffersInMoreIsNoPair() {
        #expect(NetworkCostTests.costs(NetworkCostTests.run(.none)).isEmpty)
        #expect(NetworkCostTests.costs(NetworkCostTests.run(.bridge) { $0.memoryBytes += 1 }).isEmpty)
        #expect(NetworkCostTests.costs(NetworkCostTests.run(.bridge) { $0.readiness = .line("x") }).isEmpty)
        #expect(NetworkCostTests.costs(NetworkCostTests.run(.host)).map(\.network) == [.host, .host])
    }
}
