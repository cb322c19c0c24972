package import BenchmarkModel

/// Runs that nobody measured: every figure in them is made up, so that a test knows what must come out.
package enum SyntheticRun {
    package static let millisecond: UInt64 = 1_000_000
    /// An arbitrary time of CLOCK_MONOTONIC.
    package static let base: UInt64 = 5_000_000_000_000

    package static func workload(_ name: String, readiness: Readiness = .http(port: 80, path: "/")) -> Workload {
        Workload(
            name: name, image: .packages(["nginx-light"], release: "bookworm"),
            command: ["/usr/sbin/nginx", "-g", "a;"],
            readiness: readiness)
    }

    package static let process = PlatformSpec(name: "process", kind: .process)
    package static let namespaces = PlatformSpec(name: "namespaces", kind: .namespaces)
    package static let runc = PlatformSpec(name: "runc", kind: .oci(OCISettings()))
    package static let vm = PlatformSpec(name: "q35", kind: .libvirt(LibvirtSettings()))
    package static let all = [process, namespaces, runc, vm]

    /// A start that became ready after some milliseconds, its phases at fixed shares of that time.
    package static func sample(
        _ number: Int, _ cell: Cell, block: Int, milliseconds: Double, counted: Bool = true,
        outcome: Observation.Outcome = .ok, reasons: [String] = [], warnings: [String] = [], guest: Bool = false,
        cpuMilliseconds: Double? = 2
    ) -> Observation {
        let start = base + UInt64(number) * 10_000 * millisecond
        let startup = milliseconds * 1_000_000
        func after(_ share: Double) -> UInt64 { start + UInt64((startup * share).rounded()) }
        var marks = [Mark(.requested, nanoseconds: start), Mark(.spawned, nanoseconds: after(0.125))]
        if guest { marks.append(Mark(.kernel, nanoseconds: after(0.25))) }
        marks += [
            Mark(.entered, nanoseconds: after(0.5)), Mark(.executed, nanoseconds: after(0.75)),
            Mark(.ready, nanoseconds: after(1)), Mark(.stopping, nanoseconds: after(1) + millisecond),
            Mark(.stopped, nanoseconds: after(1) + 5 * millisecond),
        ]
        return Observation(
            number: number, cell: cell.key, block: block, counted: counted, outcome: outcome, reasons: reasons,
            warnings: warnings,
            record: .startup(
                StartupRecord(
                    instance: "tare-synthetic-i\(number)", marks: marks,
                    cpuNanoseconds: cpuMilliseconds.map { UInt64($0 * 1_000_000) })))
    }

    /// A start that never became ready.
    package static func failure(_ number: Int, _ cell: Cell, block: Int, reason: String) -> Observation {
        let start = base + UInt64(number) * 10_000 * millisecond
        let marks = [Mark(.requested, nanoseconds: start), Mark(.spawned, nanoseconds: start + millisecond)]
        return Observation(
            number: number, cell: cell.key, block: block, outcome: .failed, reasons: [reason],
            record: .startup(StartupRecord(instance: "tare-synthetic-i\(number)", marks: marks)))
    }

    /// A run without observations.
    package static func empty(
        workloads: [Workload] = [workload("nginx")], platforms: [PlatformSpec] = all, samples: Int = 20,
        modes: [StartupMode] = [.warm], status: Run.Status = .complete
    ) -> Run {
        let suite = Suite(
            name: "synthetic", description: "Nobody measured this", workloads: workloads, platforms: platforms,
            startup: StartupExperiment(samples: samples, modes: modes))
        return Run(
            id: "20260131-093000-abcd", startedAt: 1_769_851_800, endedAt: 1_769_852_000, status: status,
            tareVersion: "0.1.0", command: "tare run synthetic.yaml --seed 7", suite: suite,
            suiteText: "name: synthetic\nworkloads: []\n", plan: Plan(suite: suite, seed: 7),
            facts: HostFacts(facts: [
                Fact("CPU model", "Synthetic 9000", mustAgree: true), Fact("memory", "24 GiB", mustAgree: true),
                Fact("kernel", "6.0-synthetic", mustAgree: true), Fact("swap", "none"),
            ]),
            platforms: platforms.map { spec in
                var details = [Fact("witness", "0.1.0")]
                if spec.traits.hasOwnKernel { details.append(Fact("accelerator", "tcg: the guest under kvm hung")) }
                return PlatformRecord(platform: spec.name, details: details, emulated: spec.traits.hasOwnKernel)
            },
            preparations: [
                Preparation(
                    workload: "nginx", platform: "runc", step: "root filesystem", seconds: 3.217, cached: false,
                    identity: String(repeating: "ab", count: 32)),
                Preparation(workload: "nginx", platform: "q35", step: "guest disk", seconds: 0.0123, cached: true),
            ],
            channelEchoes: platforms.map { spec in
                ChannelEcho(platform: spec.name, roundTripsNanoseconds: (1...200).map { UInt64($0) * 500 })
            })
    }

    /// The median a platform gets in ``full(modes:)``, in milliseconds: factors of a half and more, easy to check by
    /// hand.
    package static func median(of platform: String, workload: String) -> Double {
        let table = ["process": 1.0, "namespaces": 4, "runc": 32, "q35": 2560]
        return (table[platform] ?? 8) * (workload == "nginx" ? 2 : 1)
    }

    /// A complete run: in every cell, block b of 20 is the median times 1 + (b - 10.5) / 100, plus one slow warm-up
    /// sample.
    package static func full(
        workloads: [Workload] = [workload("noop", readiness: .started), workload("nginx")],
        platforms: [PlatformSpec] = all, modes: [StartupMode] = [.warm]
    ) -> Run {
        var run = empty(workloads: workloads, platforms: platforms, modes: modes)
        var number = 0
        for block in run.plan.blocks {
            for position in block.order {
                let cell = run.plan.cells[position]
                for request in 0..<cell.parameters.observationsPerPass {
                    number += 1
                    let middle = median(of: cell.platform, workload: cell.workload)
                    let drift = 1 + (Double(block.index) - 10.5) / 100 + Double(request) / 1_000
                    run.observations.append(
                        sample(
                            number, cell, block: block.index, milliseconds: middle * (block.counted ? drift : 3),
                            counted: block.counted, guest: cell.platform == "q35", cpuMilliseconds: middle / 2))
                }
            }
        }
        return run
    }

    /// The cell of a workload on a platform in the first mode that has it.
    package static func cell(_ run: Run, _ platform: String, _ workload: String = "nginx") -> Cell {
        run.plan.cells.first { $0.platform == platform && $0.workload == workload } ?? run.plan.cells[0]
    }
}

extension Observation {
    /// Changes what was recorded of a start; of another experiment nothing is changed.
    package mutating func changeStartup(_ change: (inout StartupRecord) -> Void) {
        guard case .startup(var startup) = record else { return }
        change(&startup)
        record = .startup(startup)
    }

    /// As ``changeStartup(_:)``, of a ladder.
    package mutating func changeLadder(_ change: (inout Ladder) -> Void) {
        guard case .footprint(var ladder) = record else { return }
        change(&ladder)
        record = .footprint(ladder)
    }

    /// As ``changeStartup(_:)``, of a ramp.
    package mutating func changeRamp(_ change: (inout Ramp) -> Void) {
        guard case .density(var ramp) = record else { return }
        change(&ramp)
        record = .density(ramp)
    }
}
