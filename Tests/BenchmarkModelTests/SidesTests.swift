import BenchmarkModel
import Testing

/// Two sides that alternate within each block.
@Suite struct SidesTests {
    private static func suite(modes: [StartupMode] = [.warm], samples: Int = 6, warmup: Int = 1) -> Suite {
        Suite(
            name: "sides",
            workloads: [
                Workload(name: "noop", image: .rootfs(path: "/r"), command: ["/a"]),
                Workload(name: "other", image: .rootfs(path: "/r"), command: ["/a"]),
            ],
            platforms: [
                PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "namespaces", kind: .namespaces),
                PlatformSpec(name: "runc", kind: .oci(OCISettings())),
            ],
            startup: StartupExperiment(samples: samples, warmupBlocks: warmup, modes: modes))
    }

    /// The cells of a block as `workload/platform/mode`.
    private func names(_ block: Plan.Block, _ plan: Plan) -> [String] {
        block.order.map { "\(plan.cells[$0].workload)/\(plan.cells[$0].platform)/\(plan.cells[$0].parameters.key)" }
    }

    @Test func onlyTheTwoSidesAreMeasured() {
        let plan = Plan(suite: SidesTests.suite(), seed: 4, sides: ["runc", "process"])
        #expect(plan.sides == ["runc", "process"] && plan.seed == 4)
        #expect(Set(plan.cells.map(\.platform)) == ["runc", "process"])
        #expect(plan.cells.count == 4 && plan.cells.allSatisfy { $0.planned == 6 })
        #expect(plan.blocks.count == 7 && plan.blocks.allSatisfy { $0.order.count == 4 })
    }

    @Test(arguments: [["runc", "process"], ["noop", "other"]])
    func bothStandNextToEachOther(_ sides: [String]) {
        let suite = SidesTests.suite(modes: [.warm, .cold, .concurrent(2)], samples: 8)
        let plan = Plan(suite: suite, seed: 9, sides: sides)
        for block in plan.blocks {
            for place in stride(from: 0, to: block.order.count, by: 2) {
                let pair = [plan.cells[block.order[place]], plan.cells[block.order[place + 1]]]
                #expect(Set(pair.map { sides[0] == "noop" ? $0.workload : $0.platform }) == Set(sides))
                #expect(Set(pair.map { sides[0] == "noop" ? $0.platform : $0.workload }).count == 1)
                #expect(Set(pair.map(\.parameters.key)).count == 1)
            }
        }
    }

    /// Of each two blocks the base is first in one, for every pair of cells by itself; warm-up blocks count by themselves.
    @Test(arguments: [1, 2, 3, 77] as [UInt64])
    func bothOrdersAreBalanced(_ seed: UInt64) {
        let plan = Plan(suite: SidesTests.suite(samples: 40, warmup: 2), seed: seed, sides: ["runc", "namespaces"])
        for workload in ["noop", "other"] {
            let isBaseFirst = plan.blocks.compactMap { block in
                block.order.map { plan.cells[$0] }.first { $0.workload == workload }.map { $0.platform == "runc" }
            }
            #expect(isBaseFirst.count == 42)
            for place in stride(from: 0, to: isBaseFirst.count, by: 2) {
                #expect(isBaseFirst[place] != isBaseFirst[place + 1])
            }
            let firsts = Set(stride(from: 0, to: isBaseFirst.count, by: 2).map { isBaseFirst[$0] })
            #expect(firsts == [true, false], "which comes first is drawn")
        }
    }

    @Test func theSameSeedGivesTheSameOrder() {
        let suite = SidesTests.suite(modes: [.warm, .cold], samples: 20)
        let plan = Plan(suite: suite, seed: 11, sides: ["runc", "process"])
        #expect(plan == Plan(suite: suite, seed: 11, sides: ["runc", "process"]))
        #expect(plan != Plan(suite: suite, seed: 12, sides: ["runc", "process"]))
        // Pairs are shuffled among themselves.
        let firsts = Set(plan.blocks.compactMap { block in block.order.first.map { plan.cells[$0].workload } })
        #expect(firsts == ["noop", "other"])
    }

    /// Drawn by a program in Python that also draws the golden order of PlanTests: a seed goes on meaning the same.
    @Test func aSeedGivesTheOrderThatItAlwaysGave() {
        let plan = Plan(suite: SidesTests.suite(), seed: 11, sides: ["runc", "process"])
        #expect(
            plan.blocks.map(\.order).description
                == "[[1, 0, 2, 3], [3, 2, 0, 1], [1, 0, 2, 3], [3, 2, 0, 1], [1, 0, 2, 3], [0, 1, 2, 3], [3, 2, 1, 0]]")
    }

    @Test func withoutSidesTheOrderIsWhatItWas() {
        let suite = SidesTests.suite(modes: [.warm, .cold])
        #expect(Plan(suite: suite, seed: 5, sides: []) == Plan(suite: suite, seed: 5))
        #expect(Plan(suite: suite, seed: 5).sides.isEmpty)
    }

    @Test func laddersAndRampsAlternateToo() {
        var suite = SidesTests.suite()
        suite.startup = nil
        suite.footprint = FootprintExperiment(ladders: 4)
        suite.density = DensityExperiment(budgetBytes: 1 << 30, ramps: 2)
        let plan = Plan(suite: suite, seed: 3, sides: ["namespaces", "runc"])
        #expect(plan.stages.map(\.experiment) == ["footprint", "density"])
        #expect(plan.blocks.map(\.order.count) == [4, 4, 4, 4, 4, 4])
        for block in plan.blocks {
            let workloads = block.order.map { plan.cells[$0].workload }
            #expect(workloads[0] == workloads[1] && workloads[2] == workloads[3])
        }
    }

    @Test func aPairOfWhichOneIsImpossibleIsLeftOutWithBothTold() throws {
        var suite = SidesTests.suite(modes: [.warm, .concurrent(2)])
        // All instances share one network on `process`, and only one can listen.
        suite.workloads[0].readiness = .tcp(port: 80)
        let plan = Plan(suite: suite, seed: 3, sides: ["runc", "process"])
        let left = plan.cells.filter { $0.impossible != nil }
        #expect(
            left.map(\.key) == ["startup/noop/process/concurrent-2", "startup/noop/runc/concurrent-2"])
        let reason = try #require(left.last?.impossible)
        #expect(
            reason.hasPrefix(
                "its other side, startup/noop/process/concurrent-2, cannot be measured: on this platform all instances")
        )
        #expect(left.allSatisfy { $0.planned == 0 })
        let measured = plan.blocks.flatMap { names($0, plan) }
        #expect(measured.contains("noop/runc/warm") && !measured.contains("noop/runc/concurrent-2"))
    }

    @Test func anExperimentOfOneSideMeasuresNothing() {
        var suite = SidesTests.suite()
        suite.footprint = FootprintExperiment(platforms: ["runc", "namespaces"])
        let plan = Plan(suite: suite, seed: 3, sides: ["process", "runc"])
        let ladders = plan.cells(of: "footprint")
        #expect(ladders.map(\.platform) == ["runc", "runc"])
        #expect(
            ladders.allSatisfy {
                $0.impossible == "it has no other side: 'footprint' measures only one of process and runc"
            })
        #expect(plan.stages.map(\.experiment) == ["startup"])
    }

    @Test func reducedToTheSidesTheSuiteGivesTheSamePlan() throws {
        var suite = SidesTests.suite(modes: [.warm, .cold])
        suite.footprint = FootprintExperiment(platforms: ["process", "runc"])
        suite.density = DensityExperiment(budgetBytes: 1 << 30, platforms: ["process"])
        let sides = try suite.checkedSides(["runc", "namespaces"])
        #expect(sides.kind == .platform)
        let reduced = suite.reduced(to: sides)
        #expect(reduced.platforms.map(\.name) == ["namespaces", "runc"] && reduced.workloads == suite.workloads)
        #expect(reduced.footprint?.platforms == ["runc"] && reduced.density == nil)
        #expect(reduced.startup == suite.startup)
        let names = sides.names
        #expect(Plan(suite: reduced, seed: 8, sides: names) == Plan(suite: suite, seed: 8, sides: names))
        let workloads = suite.reduced(to: try suite.checkedSides(["noop", "other"]))
        #expect(workloads == suite)
    }

    @Test(
        arguments: [
            (["runc"], "'runc' are not two names"), (["runc", "process", "noop"], "are not two names"),
            (["runc", "runc"], "'runc' cannot be compared with itself"),
            (["runc", "crun"], "the suite has no platform and no workload 'crun'"),
            (["", "runc"], "the suite has no platform and no workload ''"),
            (["runc", "noop"], "'runc' and 'noop' are not both platforms, and not both workloads"),
        ] as [([String], String)])
    func whatIsNoPairIsRefused(_ names: [String], _ message: String) throws {
        let error = try #require(
            #expect(throws: TareError.self) { try SidesTests.suite().checkedSides(names) })
        #expect(error.code == .usage && error.message.hasPrefix("--ab: ") && error.message.contains(message))
        #expect(error.remedy?.contains("(process, namespaces, runc)") == true)
        #expect(error.remedy?.contains("(noop, other)") == true)
        #expect(SidesTests.suite().sides(named: names) == nil)
    }

    @Test func namesOfBothKindsAreAmbiguous() throws {
        var suite = SidesTests.suite()
        suite.workloads[0].name = "runc"
        suite.workloads[1].name = "process"
        let error = try #require(#expect(throws: TareError.self) { try suite.checkedSides(["runc", "process"]) })
        #expect(error.message == "--ab: 'runc' and 'process' are platforms and workloads as well")
        // One name alone is told by the other.
        suite.workloads[1].name = "other"
        #expect(try suite.checkedSides(["runc", "process"]).kind == .platform)
        #expect(try suite.checkedSides(["runc", "other"]).kind == .workload)
    }

    @Test func workloadsOfUnequalAllowancesAreRefused() throws {
        var suite = SidesTests.suite()
        #expect(try suite.checkedSides(["other", "noop"]).names == ["other", "noop"])
        suite.workloads[1].cpus = 2
        let error = try #require(#expect(throws: TareError.self) { try suite.checkedSides(["noop", "other"]) })
        #expect(error.code == .usage)
        #expect(
            error.message
                == "a comparison of unequal allowances is refused: 'noop' has 131072 KiB and 1 CPU, 'other' has "
                + "131072 KiB and 2 CPUs")
        suite.workloads[1].cpus = 1
        suite.workloads[1].memoryBytes += 4_096
        #expect(throws: TareError.self) { try suite.checkedSides(["noop", "other"]) }
    }
}
