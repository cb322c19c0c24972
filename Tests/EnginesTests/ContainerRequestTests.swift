import BenchmarkModel
import Images
import Testing

@testable import Engines

@Suite struct ContainerRequestTests {
    private let docker = EngineSettings(.docker)
    private let podman = EngineSettings(.podman)
    private let containerd = EngineSettings(.containerd)

    private func launch(_ change: (inout Launch) -> Void = { _ in }) -> Launch {
        var launch = Launch()
        change(&launch)
        return launch
    }

    /// A workload that asks for all that there is.
    private let demanding = Workload(
        name: "w", image: .rootfs(path: "/image"), command: ["/bin/true"], memoryBytes: 16 << 40, cpus: 3,
        surroundings: Surroundings(
            sharedMemoryBytes: 8 << 20,
            temporary: [
                TemporaryFileSystem(path: "/run/x", bytes: 1 << 20), TemporaryFileSystem(path: "/tmp", bytes: 999),
            ],
            addedCapabilities: ["SYS_PTRACE", "NET_ADMIN"], droppedCapabilities: ["MKNOD", "NET_RAW"]),
        volumes: [
            VolumeSpec(path: "/data", directory: "/mnt/disk", bytes: 1 << 30),
            VolumeSpec(path: "/a b", directory: "/mnt/other disk/", bytes: 1 << 30),
        ])

    private func body(_ launch: Launch, _ settings: EngineSettings) throws -> CreateBody {
        try CreateBody(launch.container, settings)
    }

    private func line(_ launch: Launch, _ settings: EngineSettings) throws -> CommandLine {
        try CommandLine(launch.container.commandLine(settings))
    }

    private func containerdLine(_ launch: Launch, _ settings: EngineSettings) throws -> CommandLine {
        let group = try #require(launch.parentGroup) + "/i7"
        return try CommandLine(launch.container.containerdLine(settings, group: group))
    }

    // MARK: What all forms share

    @Test(arguments: [LaunchRequest.Purpose.workload, .echo, .world], [nil, [0, 1, 3]] as [[Int]?])
    func allFormsAskForTheSame(purpose: LaunchRequest.Purpose, cpus: [Int]?) throws {
        let launch = launch { launch in
            launch.workload = demanding
            launch.purpose = purpose
            launch.cpus = cpus
        }
        let asked = try body(launch, docker).asked
        #expect(try line(launch, docker).askedOfEngine() == asked)
        #expect(try line(launch, podman).askedOfEngine() == asked)
        let line = try containerdLine(launch, containerd)
        #expect(try line.askedOfContainerd() == asked)
        let shared = line.mounts.first { $0["dst"] == "/dev/shm" }
        #expect(shared?["options"]?.hasSuffix("size=\(demanding.surroundings.sharedMemoryBytes)") == true)
    }

    @Test func thatIsWhatTheRequestSays() throws {
        let asked = try body(launch { $0.workload = demanding }, docker).asked
        #expect(asked.name == "tare-x-i7" && asked.labels == ["tare.run=tare-x"])
        #expect(asked.image == "localhost/tare:abc" && asked.program == "/.tare/witness")
        #expect(asked.memoryBytes == 16 << 40)
        #expect(asked.cpuQuota == asked.cpuPeriod.map { 3 * $0 } && asked.cpuPeriod.map { $0 > 0 } == true)
        #expect(asked.parentGroup == "/tare-x.run")
        #expect(asked.directory == "/" && asked.environment.count == 1)
        #expect(asked.environment.first?.hasPrefix("PATH=/usr/local/sbin:") == true)
        // The mark channel and the output lie within the witness's directory, and are mounted after that.
        #expect(
            asked.binds == [
                Asked.Bind(source: "/cache/witness/layer/.tare", target: "/.tare", isReadOnly: true),
                Asked.Bind(source: "/run/tare/i7/m", target: "/.tare/marks", isReadOnly: false),
                Asked.Bind(source: "/run/tare/i7/output", target: "/.tare/output", isReadOnly: false),
                Asked.Bind(source: "/mnt/disk/tare-x/i7-0", target: "/data", isReadOnly: false),
                Asked.Bind(source: "/mnt/other disk/tare-x/i7-1", target: "/a b", isReadOnly: false),
            ])
        let safe: Set<String> = ["nosuid", "noexec", "nodev", "mode=1777"]
        #expect(
            asked.temporary == ["/run/x": safe.union(["size=1024k"]), "/tmp": safe.union(["size=999"])])
    }

    @Test func theWitnessFindsTheOutputWhereTheHarnessDoes() throws {
        let targets = launch().container.binds.map(\.target)
        for name in WitnessConfiguration.mountedFiles { #expect(targets.contains("/.tare/\(name)"), "\(name)") }
    }

    // MARK: Arguments

    @Test(
        arguments: [
            (.workload, []), (.echo, ["--echo"]), (.world, ["--world"]),
        ] as [(LaunchRequest.Purpose, [String])])
    func theWitnessIsToldItsPurpose(purpose: LaunchRequest.Purpose, arguments: [String]) throws {
        let plain = try body(launch { $0.purpose = purpose }, docker)
        #expect(plain.Cmd == ["--connect"] + arguments && plain.Entrypoint == ["/.tare/witness"])
        // Where the engine is to keep what the workload prints, the witness must leave the streams to it.
        let settings = EngineSettings(.docker, logDriver: "json-file")
        let logged = try body(
            launch { launch in
                launch.purpose = purpose
                launch.settings = settings
            }, settings)
        #expect(logged.Cmd == ["--connect", "--engine-log"] + arguments)
    }

    // MARK: CPUs

    @Test func onlyWhoGetsCPUsOfItsOwnSeesThem() throws {
        let all = try body(launch(), docker)
        #expect(all.HostConfig.CpusetCpus == nil)
        #expect(try line(launch(), docker)["--cpuset-cpus"] == nil)
        #expect(!all.asked.binds.contains { $0.target == Furniture.onlineCPUs })
        let confined = launch { $0.cpus = [0, 1, 3] }
        #expect(try body(confined, docker).HostConfig.CpusetCpus == "0-1,3")
        #expect(try line(confined, docker)["--cpuset-cpus"] == "0-1,3")
        #expect(try line(confined, podman)["--cpuset-cpus"] == "0-1,3")
        #expect(
            try body(confined, docker).asked.binds.contains(
                Asked.Bind(source: "/run/tare/i7/online", target: "/sys/devices/system/cpu/online", isReadOnly: true)))
    }

    // MARK: Capabilities

    /// An ordinary container is asked for as an ordinary container.
    @Test func theUsualCapabilitiesAreNotMentioned() throws {
        let body = try body(launch(), docker)
        #expect(body.HostConfig.CapAdd == nil && body.HostConfig.CapDrop == nil)
        for line in [try line(launch(), docker), try line(launch(), podman), try containerdLine(launch(), containerd)] {
            #expect(line.all("--cap-add").isEmpty && line.all("--cap-drop").isEmpty)
        }
    }

    @Test(
        arguments: [
            (["NET_ADMIN", "SYS_PTRACE"], [], ["NET_ADMIN", "SYS_PTRACE"], []),
            (["CHOWN"], ["MKNOD", "SYS_ADMIN"], [], ["MKNOD"]),
            // The witness needs five of them before it becomes the command.
            (
                [], ["ALL"], [],
                [
                    "AUDIT_WRITE", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
                    "SETFCAP", "SYS_CHROOT",
                ]
            ), ([], ["CHOWN", "KILL"], [], []),
        ] as [([String], [String], [String], [String])])
    func whatDiffersFromTheUsualIsAskedFor(
        added: [String], dropped: [String], asksToAdd: [String], asksToDrop: [String]
    ) throws {
        let launch = launch { launch in
            launch.workload.surroundings.addedCapabilities = added
            launch.workload.surroundings.droppedCapabilities = dropped
        }
        let forms = [
            try body(launch, docker).asked, try line(launch, podman).askedOfEngine(),
            try containerdLine(launch, containerd).askedOfContainerd(),
        ]
        for asked in forms {
            #expect(asked.addedCapabilities == asksToAdd && asked.droppedCapabilities == asksToDrop)
        }
    }

    /// A file that a figure is read from may be the command's alone.
    @Test func whoReadsFilesMayReadThemAll() throws {
        let launch = launch { launch in
            launch.workload.figures = [
                FigureSpec(
                    name: "f", source: .file("/root/result"), place: .match("([0-9]+)"), unit: "s",
                    polarity: .lowerIsBetter)
            ]
        }
        #expect(try body(launch, docker).HostConfig.CapAdd == ["DAC_READ_SEARCH"])
    }

    // MARK: Groups

    /// Where an engine takes no group of the run's, none is named: an empty one would be another group.
    @Test func withoutAParentNoneIsNamed() throws {
        let launch = launch { $0.parentGroup = nil }
        #expect(try body(launch, docker).HostConfig.CgroupParent == nil)
        #expect(try line(launch, docker)["--cgroup-parent"] == nil)
    }

    @Test func containerdIsToldTheContainersOwnGroup() throws {
        #expect(try containerdLine(launch(), containerd)["--cgroup"] == "/tare-x.run/i7")
    }

    // MARK: What only some forms have

    @Test func theBodyIsAnOrdinaryContainers() throws {
        let body = try body(launch { $0.workload = demanding }, docker)
        #expect(body.User == "0:0" && body.StopTimeout == 0)
        #expect(body.HostConfig.NetworkMode == "none" && body.HostConfig.ShmSize == 8 << 20)
        #expect(body.HostConfig.LogConfig.Type == "none")
        // What was not asked for is left to the engine.
        #expect(body.HostConfig.Runtime == nil && body.HostConfig.Init == nil)
        #expect(try self.body(launch(), docker).HostConfig.Tmpfs == nil)
    }

    @Test func theCommandLineSaysTheSame() throws {
        for settings in [docker, podman] {
            let line = try line(launch { $0.workload = demanding }, settings)
            #expect(line["--user"] == "0:0" && line["--stop-timeout"] == "0" && line["--hostname"] == "tare-x-i7")
            #expect(line["--network"] == "none" && line["--shm-size"] == "\(8 << 20)b")
            #expect(line["--log-driver"] == "none")
            #expect(line["--runtime"] == nil && line["--init"] == nil)
            // The client prints the id and ends, and fetches nothing from anywhere.
            #expect(line["--detach"] != nil && line["--pull"] == "never")
        }
    }

    /// Each in the words of its engine, the same.
    @Test func theNetworkIsAskedForByName() throws {
        var container = launch().container
        container.network = .named("tare-x-b0", address: "198.18.0.2")
        let body = try CreateBody(container, docker)
        #expect(body.HostConfig.NetworkMode == "tare-x-b0")
        #expect(
            body.NetworkingConfig?.EndpointsConfig.mapValues(\.IPAMConfig.IPv4Address) == ["tare-x-b0": "198.18.0.2"])
        let line = try CommandLine(container.commandLine(podman))
        #expect(line["--network"] == "tare-x-b0" && line["--ip"] == "198.18.0.2")
        container.network = .host
        #expect(try CreateBody(container, docker).HostConfig.NetworkMode == "host")
        #expect(try CreateBody(container, docker).NetworkingConfig == nil)
        #expect(try CommandLine(container.commandLine(docker))["--network"] == "host")
        container.network = .namespace(path: "/proc/7/fd/9")
        let words = container.containerdLine(containerd, group: "/g")
        #expect(try CommandLine(words)["--with-ns"] == "network:/proc/7/fd/9")
        container.network = .none
        #expect(try CommandLine(container.containerdLine(containerd, group: "/g"))["--with-ns"] == nil)
    }

    @Test func whatTheSettingsSayIsAskedFor() throws {
        let settings = EngineSettings(.docker, runtime: "crun", addsInit: true, logDriver: "local")
        let launch = launch { $0.settings = settings }
        let host = try body(launch, settings).HostConfig
        #expect(host.Runtime == "crun" && host.Init == true && host.LogConfig.Type == "local")
        let line = try line(launch, settings)
        #expect(line["--runtime"] == "crun" && line["--init"] != nil && line["--log-driver"] == "local")
    }

    /// Podman has it as a global option, before the subcommand: here it would be an unknown one.
    @Test func podmansSubcommandKnowsNoRuntime() throws {
        let settings = EngineSettings(.podman, client: .cli, runtime: "crun", addsInit: true)
        let line = try line(launch { $0.settings = settings }, settings)
        #expect(line["--runtime"] == nil && line["--init"] != nil)
        #expect(try body(launch { $0.settings = settings }, settings).HostConfig.Runtime == "crun")
    }

    @Test func containerdRunsAShimOrAProgram() throws {
        let plain = try containerdLine(launch(), containerd)
        #expect(plain["--runtime"] == nil && plain["--runc-binary"] == nil)
        let shim = EngineSettings(.containerd, runtime: "io.containerd.kata.v2")
        let ofShim = try containerdLine(launch { $0.settings = shim }, shim)
        #expect(ofShim["--runtime"] == "io.containerd.kata.v2" && ofShim["--runc-binary"] == nil)
        let program = EngineSettings(.containerd, runtime: "/usr/bin/crun")
        let ofProgram = try containerdLine(launch { $0.settings = program }, program)
        #expect(ofProgram["--runtime"] == nil && ofProgram["--runc-binary"] == "/usr/bin/crun")
    }

    @Test func containerdsContainersAreAsOrdinaryAsOthers() throws {
        let line = try containerdLine(launch(), containerd)
        // sudo and its like work in them, and they find their limits.
        #expect(line["--allow-new-privs"] != nil && line["--null-io"] != nil && line["--detach"] != nil)
        let group = try #require(line.mounts.first { $0["dst"] == "/sys/fs/cgroup" })
        #expect(group["type"] == "cgroup" && group["options"]?.split(separator: ":").contains("ro") == true)
    }

    // MARK: Odd paths

    /// A suite may name any directory for a volume, and the cache and the run's directory may lie anywhere.
    @Test(arguments: ["/a b", "/ä漢", "/a:b", "/a=b", "/a\\b", "/'a'", "/$a", "/-a"])
    func oddPathsArriveWhole(odd: String) throws {
        let launch = launch { launch in
            launch.directory = "/run\(odd)"
            launch.witnessLayer = "/cache\(odd)"
            launch.workload.volumes = [VolumeSpec(path: "/data", directory: "/mnt\(odd)", bytes: 1 << 30)]
        }
        let asked = try body(launch, docker).asked
        #expect(
            asked.binds.map(\.source) == [
                "/cache\(odd)/.tare", "/run/tare/i7/m", "/run\(odd)/output", "/mnt\(odd)/tare-x/i7-0",
            ])
        #expect(try line(launch, docker).askedOfEngine() == asked)
        #expect(try containerdLine(launch, containerd).askedOfContainerd() == asked)
    }
}
