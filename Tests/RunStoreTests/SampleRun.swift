import BenchmarkModel

/// A run with something in every field.
enum SampleRun {
    static let surroundings = Surroundings(
        user: "postgres:999", standardInput: "/srv/input", sharedMemoryBytes: 1 << 20,
        temporary: [TemporaryFileSystem(path: "/run", bytes: 5 << 20)],
        limits: [ResourceLimit(name: "nofile", soft: 5, hard: nil)], addedCapabilities: ["NET_ADMIN"],
        droppedCapabilities: ["CHOWN"], stopSignal: "SIGQUIT")

    static let suite = Suite(
        name: "quick", description: "what it is for", seed: 42,
        workloads: [
            Workload(
                name: "noop", image: .packages(["busybox-static"], release: "bookworm", files: ["/etc/x": "a\nb"]),
                command: ["/.tare/witness", "pause"], environment: ["A": "b"], readiness: .http(port: 80, path: "/x"),
                readinessDeadlineSeconds: 1.5),
            Workload(name: "own", image: .rootfs(path: "/srv/tree"), command: ["/bin/true"], readiness: .line("^up$")),
            Workload(
                name: "image", image: .oci(path: "/srv/image.tar"), command: [], workingDirectory: "/srv",
                readiness: .completed, surroundings: surroundings,
                figures: [
                    FigureSpec(
                        name: "iops", place: .json("jobs[0].read.iops"), unit: "op/s", polarity: .higherIsBetter),
                    FigureSpec(
                        name: "delay", source: .file("/tmp/x"), place: .match("took (.*)"), unit: "nanoseconds",
                        polarity: .lowerIsBetter),
                ], volumes: [VolumeSpec(path: "/data", directory: "/var/tmp", bytes: 1 << 30)]),
            Workload(name: "remote", image: .registry(reference: "r/n@sha256:0"), command: [], network: .bridge),
        ],
        platforms: [
            PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "namespaces", kind: .namespaces),
            PlatformSpec(name: "runc", kind: .oci(OCISettings(options: ["--debug"]))),
            PlatformSpec(name: "q35", kind: .libvirt(LibvirtSettings(kernel: "/boot/vmlinuz")), cpuView: .allowance),
        ],
        startup: StartupExperiment(samples: 3, modes: [.warm, .cold, .concurrent(4), .occupied(8)]),
        footprint: FootprintExperiment(cap: 8), density: DensityExperiment(budgetBytes: 1 << 30),
        task: TaskExperiment(samples: 4, warmupBlocks: 2, workloads: ["image"], platforms: ["runc", "q35"]))

    static func make(id: String, startedAt: Double = 1_764_000_000.25, status: Run.Status = .running) -> Run {
        let plan = Plan(suite: suite, seed: 42)
        return Run(
            id: id, startedAt: startedAt, status: status, tareVersion: "0.1.0", command: "tare run --seed 42",
            suite: suite, suiteText: "name: quick # '\"\n", plan: plan,
            facts: HostFacts(facts: [
                Fact("kernel", "6.1", mustAgree: true), Fact("swap", "none"), Definition.startup.fact,
                Definition.ledger.fact,
            ]))
    }

    static func cell(_ run: Run, _ index: Int = 0) -> String { run.plan.cells[index].key }

    /// The key of the cell of an experiment on runc.
    static func cell(_ run: Run, of experiment: String) -> String {
        run.plan.cells(of: experiment).first { $0.platform == "runc" }?.key ?? ""
    }

    static func sample(
        _ number: Int, cell: String, outcome: Observation.Outcome = .ok, counted: Bool = true, reasons: [String] = []
    ) -> Observation {
        let marks = [
            Mark(.requested, nanoseconds: 10), Mark(.spawned, nanoseconds: 20), Mark(.kernel, nanoseconds: 20),
            Mark(.entered, nanoseconds: 30), Mark(.executed, nanoseconds: 40), Mark(.ready, nanoseconds: 50),
            Mark(.stopping, nanoseconds: 60), Mark(.stopped, nanoseconds: 70),
        ]
        return Observation(
            number: number, cell: cell, block: 1, counted: counted, outcome: outcome, reasons: reasons,
            warnings: ["slow; it's said"],
            record: .startup(
                StartupRecord(
                    instance: "tare-x-i\(number)", marks: marks, cpuNanoseconds: 12_345, restNanoseconds: 150_000_123,
                    peakMemoryBytes: 7_000_001, cpus: [0, 3], outputBytes: 11)))
    }
}
