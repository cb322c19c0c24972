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
            #expect(passes * cell.parameters.observationsPerPass == cell.planned)
            #expect(plan.blocks.count { !$0.counted && $0.order.contains(index) } == 2)
        }
    }

    @Test func aSuiteOfColdCellsAloneHasOneStage() {
        let plan = Plan(suite: PlanTests.suite(modes: [.cold]), seed: 1)
        #expect(plan.blocks.map(\.counted) == [false] + Array(repeating: true, count: 6))
    }

    /// What a platform cannot give is refused cell by cell, with the reason.
    @Test func aNetworkThatAPlatformCannotGiveIsImpossible() throws {
        func engine(_ name: EngineSettings.Engine, starts: Bool) -> PlatformKind {
            .engine(EngineSettings(name, starts: starts))
        }
        let kinds: [(PlatformKind, bridge: String?, host: String?)] = [
            (.process, "without a network of its own", nil), (.namespaces, nil, nil), (.oci(OCISettings()), nil, nil),
            (.isolation([.mount, .network]), nil, "is a network of its own"),
            (.oci(OCISettings(runtime: "/usr/bin/runsc", options: ["--network=none"])), "--network=none", "a sandbox"),
            (.isolation([.mount]), "without the part 'net'", nil),
            (engine(.docker, starts: true), nil, nil), (engine(.containerd, starts: true), nil, nil),
            (engine(.podman, starts: false), "are the host's", "are the host's"),
            (
                .engine(EngineSettings(.containerd, starts: true, runtime: "io.containerd.runsc.v1")), nil,
                "a sandbox has"
            ),
            (.engine(EngineSettings(.docker, starts: true, runtime: "kata-runtime")), nil, "a sandbox has"),
            (.libvirt(LibvirtSettings()), nil, "a guest has a kernel"),
            (.libvirt(LibvirtSettings(uri: "qemu:///system")), "are the host's", "a guest has a kernel"),
        ]
        for (kind, bridge, host) in kinds {
            let spec = PlatformSpec(name: "p", kind: kind)
            for (network, wanted) in [(WorkloadNetwork.none, nil), (.bridge, bridge), (.host, host)] {
                let suite = Suite(
                    name: "s",
                    workloads: [Workload(name: "w", image: .rootfs(path: "/r"), command: ["/a"], network: network)],
                    platforms: [spec], startup: StartupExperiment(samples: 2),
                    footprint: FootprintExperiment(), density: DensityExperiment(budgetBytes: 1 << 30))
                for cell in Plan(suite: suite, seed: 1).cells {
                    #expect((cell.impossible == nil) == (wanted == nil), "\(kind) \(network): \(cell.key)")
                    if let wanted { #expect(cell.impossible?.contains(wanted) == true, "\(cell.impossible ?? "")") }
                    #expect((cell.planned > 0) == (wanted == nil))
                }
            }
        }
    }

    /// On a network that all share one port serves one instance.
    @Test func onASharedNetworkOnePortServesOne() throws {
        func suite(_ network: WorkloadNetwork) -> Suite {
            Suite(
                name: "s",
                workloads: [
                    Workload(
                        name: "w", image: .rootfs(path: "/r"), command: ["/a"], readiness: .tcp(port: 80),
                        network: network)
                ], platforms: [PlatformSpec(name: "runc", kind: .oci(OCISettings()))],
                startup: StartupExperiment(samples: 2, modes: [.warm, .concurrent(2)]))
        }
        #expect(Plan(suite: suite(.bridge), seed: 1).cells.allSatisfy { $0.impossible == nil })
        #expect(Plan(suite: suite(.host), seed: 1).cells.map { $0.impossible != nil } == [false, true])
    }

    private static var whole: Suite {
        var suite = PlanTests.suite(modes: [.warm, .cold])
        suite.footprint = FootprintExperiment(ladders: 4, workloads: ["noop"])
        suite.density = DensityExperiment(budgetBytes: 1 << 30, ramps: 2, platforms: ["namespaces"])
        return suite
    }

    @Test func stagesFollowOneAnotherAndNumberTheirBlocksOnce() {
        let plan = Plan(suite: PlanTests.whole, seed: 5)
        #expect(plan.stages.map(\.experiment) == ["startup", "startup", "footprint", "density"])
        #expect(plan.blocks.map(\.index) == Array(0..<(7 + 7 + 4 + 2)))
        for stage in plan.stages {
            #expect(stage.blocks.flatMap(\.order).allSatisfy { plan.cells[$0].experiment == stage.experiment })
        }
        #expect(plan.cells.map(\.key).count == Set(plan.cells.map(\.key)).count)
        #expect(
            plan.cells(of: "density").map(\.key) == [
                "density/noop/namespaces/1024MiB", "density/other/namespaces/1024MiB",
            ])
        #expect(plan.cells(of: "footprint").map(\.planned) == [4, 4])
        #expect(plan.totalObservations == 4 * 7 + 4 * 7 + 2 * 4 + 2 * 2)
    }

    @Test func onlyWhatIsMeasuredIsPrepared() {
        var suite = PlanTests.whole
        suite.startup = nil
        let pairs = Plan(suite: suite, seed: 5).pairs.map { "\($0.workload) on \($0.platform)" }
        #expect(pairs == ["noop on process", "noop on namespaces", "other on namespaces"])
        // What cannot be measured needs no preparation either.
        suite.workloads[0].readiness = .tcp(port: 80)
        #expect(!Plan(suite: suite, seed: 5).pairs.contains { $0.platform == "process" })
    }

    /// The order that `Plan` drew for this suite and seed before stages were one list: a seed goes on meaning the same.
    @Test func aSeedGivesTheOrderThatItAlwaysGave() {
        let plan = Plan(suite: PlanTests.whole, seed: 11)
        #expect(plan.stages.map { $0.blocks.map(\.order) }.description == PlanTests.golden)
    }

    private static let golden =
        "[[[2, 0, 6, 4], [4, 2, 6, 0], [0, 6, 4, 2], [6, 2, 4, 0], [6, 0, 2, 4], [0, 4, 6, 2], [4, 6, 0, "
        + "2]], [[7, 1, 5, 3], [5, 7, 3, 1], [5, 1, 7, 3], [5, 3, 7, 1], [5, 1, 7, 3], [1, 3, 7, 5], [1, 5,"
        + " 3, 7]], [[9, 8], [9, 8], [9, 8], [8, 9]], [[11, 10], [11, 10]]]"

    @Test func traitsOfTheFloors() {
        func traits(_ parts: [IsolationPart]) -> PlatformTraits {
            PlatformSpec(name: "p", kind: .isolation(parts)).traits
        }
        #expect(PlatformSpec(name: "p", kind: .process).traits.isFloor)
        #expect(PlatformSpec(name: "n", kind: .namespaces).traits.isFloor)
        #expect(!traits([.network]).isFloor && !traits([]).isFloor)
        // With all its parts it is the kernel's whole isolation, in whatever order they are written.
        #expect(traits(IsolationPart.allCases.reversed()).isFloor && traits(IsolationPart.allCases).parts == nil)
        #expect(!traits([.mount]).hasOwnNetwork && traits([.network]).hasOwnNetwork)
        #expect(!PlatformSpec(name: "r", kind: .oci(OCISettings())).traits.isFloor)
        let system = PlatformSpec(name: "v", kind: .libvirt(LibvirtSettings(uri: "qemu:///system"))).traits
        #expect(system.whereabouts == .daemonGroups(daemon: "the daemon at qemu:///system"))
    }
}
