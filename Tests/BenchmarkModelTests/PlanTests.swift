import BenchmarkModel
import Testing

/// The order of a run.
@Suite struct PlanTests {
    private static func suite(modes: [StartupMode], warmup: Int = 1) -> Suite {
        Suite(
            name: "order",
            workloads: [
                Workload(name: "noop", image: .rootfs(path: "/r"), command: ["/a"]),
                Workload(name: "other", image: .rootfs(path: "/r"), command: ["/a"]),
            ],
            platforms: [
                PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "namespaces", kind: .namespaces),
            ],
            startup: StartupExperiment(samples: 6, warmupBlocks: warmup, modes: modes))
    }

    @Test func coldCellsComeAfterAllOthersWithAWarmupOfTheirOwn() {
        let plan = Plan(suite: PlanTests.suite(modes: [.cold, .warm, .concurrent(4), .occupied(1)]), seed: 3)
        let isCold = plan.blocks.map { block in block.order.map { plan.cells[$0].mode == .cold } }
        #expect(isCold.allSatisfy { Set($0).count == 1 }, "no block holds both")
        #expect(isCold.map { $0[0] } == Array(repeating: false, count: 7) + Array(repeating: true, count: 7))
        #expect(plan.blocks.filter { !$0.counted }.map(\.index) == [0, 7])
        #expect(plan.blocks.map(\.index) == Array(0..<14))
        #expect(plan.blocks.last?.order.count == 4)
    }

    @Test func everyCellGetsWhatIsPlanned() {
        let plan = Plan(suite: PlanTests.suite(modes: [.warm, .cold, .concurrent(4)], warmup: 2), seed: 9)
        for (index, cell) in plan.cells.enumerated() {
            let passes = plan.blocks.filter { $0.counted && $0.order.contains(index) }.count
            #expect(passes * cell.mode.requestsPerPass == cell.planned)
            #expect(plan.blocks.count { !$0.counted && $0.order.contains(index) } == 2)
        }
    }

    @Test func aSuiteOfColdCellsAloneHasOneStage() {
        let plan = Plan(suite: PlanTests.suite(modes: [.cold]), seed: 1)
        #expect(plan.blocks.map(\.counted) == [false] + Array(repeating: true, count: 6))
    }
}
