import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// The engines as tests start them: daemons of tare's own.
enum EnginePlatforms {
    static let docker = "{name: docker, docker: {start: true}}"
    static let podman = "{name: podman, podman: {start: true}}"
    static let containerd = "{name: containerd, containerd: {start: true}}"
    static let all = [
        docker, "{name: docker-cli, docker: {start: true, client: cli}}", podman,
        "{name: podman-cli, podman: {start: true, client: cli}}", containerd,
    ]
    static let names = ["docker", "docker-cli", "podman", "podman-cli", "containerd"]
}

extension IntegrationTests {
    /// Engines keep the same promises as a bare runtime does.
    @Suite(
        "Engines", .serialized, .needsRoot, .needs(program: "runc"), .needs(program: "dockerd"),
        .needs(program: "podman"), .needs(program: "containerd"))
    struct EngineTests {
        /// Every way to be ready, and to fail, under every engine as under runc.
        @Test("A workload is ready, fails and ends as under runc")
        func contract() throws {
            let place = try Place()
            try place.write("suite.yaml", EngineTests.contractSuite([SuiteText.runc] + EnginePlatforms.all))
            let before = EngineTests.outsidePlaces()
            let finished = try place.tare("run", "suite.yaml", "--output", "report", deadlineSeconds: 400)
            // What fails on purpose has no good measurement.
            #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.accounting.planned == 6 * 8)
            for name in ["runc"] + EnginePlatforms.names {
                for work in ["noop", "line", "tcp", "http", "file", "job"] {
                    let sample = try sample(work, name, in: run)
                    #expect(sample.isSound, "\(work) on \(name): \(sample.reasons)")
                    try expectOrder(sample, on: name)
                }
                let failed = try sample("fails", name, in: run)
                #expect(
                    failed.outcome == "failed"
                        && failed.reasons.contains {
                            $0.contains("ended with status 3") && $0.contains("the real reason")
                        }, "\(name): \(failed.reasons)")
                let eater = try sample("eater", name, in: run)
                #expect(
                    eater.outcome == "failed" && eater.reasons.contains { $0.contains("want of memory") },
                    "\(name): \(eater.reasons)")
                // The same number of bytes came and went over every channel.
                #expect(run.channelP95(name) != nil)
            }
            try expectParity(run)
            try Leftovers.expectNone(of: run.run.id, in: place)
            #expect(EngineTests.outsidePlaces() == before)
        }

        /// What lies where engines put things whatever they are told.
        private static func outsidePlaces() -> [String] {
            ["/run", "/run/runc", "/opt", "/etc/docker", "/var/lib/containers", "/var/cache", "/dev/shm"].flatMap {
                place in
                HostFiles.names(in: place).map { "\(place)/\($0)" }
            }.sorted()
        }

        /// The same of a sandbox, whose kernel is its own: what a workload sees there is another world, and told as such.
        @Test("gVisor's runtime keeps the same promises", .needs(program: "runsc")) func sandbox() throws {
            let place = try Place()
            let runsc = "{name: runsc, oci: {runtime: runsc, options: [--platform=ptrace, --network=none]}}"
            try place.write("suite.yaml", EngineTests.contractSuite([runsc]))
            let finished = try place.tare("run", "suite.yaml", "--output", "report", deadlineSeconds: 200)
            #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.accounting.planned == 8)
            for work in ["noop", "line", "tcp", "http", "file", "job"] {
                let sample = try sample(work, "runsc", in: run)
                #expect(sample.isSound, "\(work): \(sample.reasons)")
                try expectOrder(sample, on: "runc")
            }
            for work in ["fails", "eater"] { #expect(try sample(work, "runsc", in: run).outcome == "failed") }
            #expect(try sample("fails", "runsc", in: run).reasons.contains { $0.contains("the real reason") })
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        private static func contractSuite(_ platforms: [String]) -> String {
            func workload(_ name: String, _ script: String, _ ready: String) -> String {
                """
                  - name: \(name)
                    image: {rootfs: root}
                    command: [/bin/sh, -c, "PATH=/bin; \(script)"]
                    ready: \(ready)
                    memory: 32MiB
                    deadline: 20s
                """
            }
            let workloads = [
                workload("noop", "exec busybox sleep 1000", "started"),
                workload("line", "echo first; busybox sleep 0.1; echo up; exec busybox sleep 1000", "{line: ^up$}"),
                workload("tcp", "busybox sleep 0.1; exec busybox httpd -f -p 8080 -h /bin", "{tcp: 8080}"),
                workload("http", "exec busybox httpd -f -p 8080 -h /bin", "{http: 8080/busybox}"),
                workload("file", "busybox sleep 0.1; : > /ready; exec busybox sleep 1000", "{file: /ready}"),
                workload("job", "busybox sleep 0.1; exit 0", "completed"),
                workload("fails", "echo the real reason; exit 3", "completed"),
                workload("eater", "exec busybox tail /dev/zero", "completed"),
            ]
            return """
                name: contract
                workloads:
                \(workloads.joined(separator: "\n"))
                platforms:
                \(platforms.map { "  - \($0)" }.joined(separator: "\n"))
                experiments:
                  startup: {samples: 1, warm-up: 0, echoes: 5}

                """
        }

        private func sample(_ work: String, _ platform: String, in run: ExportedRun) throws -> ExportedRun.Sample {
            try #require(run.samples.first { $0.cell == "startup/\(work)/\(platform)/warm" })
        }

        /// The marks of the witness in their order, and those that the engine's client shows.
        private func expectOrder(_ sample: ExportedRun.Sample, on platform: String) throws {
            let shown =
                platform == "runc" || platform.hasSuffix("-cli") || platform == "containerd" ? "spawned" : "created"
            let times = try ["requested", shown, "entered", "executed", "ready"].map { try #require(sample.time($0)) }
            #expect(times == times.sorted(), "\(platform): \(sample.marks)")
            guard platform != "runc" else { return }
            #expect(try #require(sample.time("started")) > times[0])
        }

        /// What the workload sees is the same, but for what is listed with its reason.
        private func expectParity(_ run: ExportedRun) throws {
            #expect(run.worlds.count == 6 * 8 && run.worlds.allSatisfy { $0.failure == nil })
            let deviating = run.parity.filter { !$0.deviating.isEmpty }
            #expect(deviating.isEmpty, "\(deviating.map { ($0.fact, $0.values) })")
        }

        /// A container that touches 64 MiB costs 64 MiB, charged to it and to nobody else.
        @Test(
            "What a container touches is charged to it",
            arguments: EnginePlatforms.names.filter { !$0.hasSuffix("-cli") })
        func accounting(_ engine: String) throws {
            let place = try Place()
            try place.compileProbe()
            let suite = ClimbSuite(
                workloads: [.probe("touch", "small", "64", memory: "128MiB")],
                platforms: ["{name: \(engine), \(engine): {start: true}}"],
                density: "budget: 1GiB, ceiling: 2, ramps: 1, hold: 200ms")
            let run = try place.climb(suite).run
            run.expectAccounts()
            let ramp = try #require(run.ramps?.first)
            let last = try #require(ramp.points.last?.reading.figures)
            let first = try #require(ramp.points.first?.reading.figures)
            func each(_ figure: String) -> Double { Double((last[figure] ?? 0) - (first[figure] ?? 0)) / 2 }
            let wanted = Double(64 << 20)
            #expect(abs(each("chargedAnonymous") - wanted) < 0.05 * wanted, "\(each("chargedAnonymous"))")
            #expect(abs(each("pssWorkload") - wanted) < 0.05 * wanted, "\(each("pssWorkload"))")
            // A shim or a monitor has nothing of it, and is there.
            let keeper = Double(last["pssRuntime"] ?? 0) / 2
            #expect(keeper > 0.1 * Double(1 << 20) && keeper < 20 * Double(1 << 20), "\(keeper)")
            // Nor has the daemon, which is there once.
            let daemon = try #require(last["pssDaemons"])
            #expect(daemon > 8 << 20 && daemon < 300 << 20, "\(daemon)")
            #expect(ramp.enforcedBy != nil)
        }

        /// tare killed at moments of an engine's start: nothing of it outlives `tare clean`, shims and daemons least of all.
        @Test(
            "Nothing is left of a killed run",
            arguments: [
                ("docker", "process:dockerd"), ("docker", "rows:channel_echo:1"), ("podman", "rows:observation:1"),
                ("containerd", "rows:observation:1"), ("docker-cli", "process:containerd-shim"),
            ])
        func killed(_ engine: String, _ moment: String) throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "0.3")
            let platform = try #require(EnginePlatforms.all.first { $0.hasPrefix("{name: \(engine),") })
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: slowly.command, ready: slowly.ready, network: "bridge", platforms: [platform], samples: 3
                ).text)
            let (strike, _) = try Strike.run(place, signal: "KILL", at: moment)
            #expect(strike.struck)
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            try Leftovers.expectNone(of: strike.run, in: place, killedBy: strike)
        }

        /// A daemon that dies: its samples fail with its name, those of others are measured.
        @Test func aDaemonThatDiesIsNamedAndTheRunGoesOn() throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "0.1")
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: slowly.command, ready: slowly.ready, deadline: "3s",
                    platforms: [SuiteText.runc, EnginePlatforms.docker], samples: 3
                ).text)
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            #expect(
                eventually(seconds: 60) {
                    HostFiles.exists(place.database)
                        && (try? place.query("SELECT COUNT(*) FROM observation")).flatMap { Int($0) } ?? 0 > 0
                })
            let daemon = try #require(EngineTests.processes(of: place, executing: "dockerd").first)
            kill(daemon, SIGKILL)
            let finished = try program.finish(deadlineSeconds: 200)
            // Whether one of its samples was good before.
            #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.accounting.planned == 6)
            let runc = run.samples.filter { $0.cell.contains("/runc/") }
            #expect(runc.count == 3 && runc.allSatisfy { $0.isSound }, "\(runc.map(\.reasons))")
            let docker = run.samples.filter { $0.cell.contains("/docker/") && $0.outcome == "failed" }
            #expect(
                !docker.isEmpty && docker.allSatisfy { $0.reasons.contains { $0.contains("Docker") } },
                "\(docker.map(\.reasons))")
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// The same for a shim: the container goes with it, or is ended, and the next one is measured.
        @Test func aShimThatDiesTakesNothingWithIt() throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "1.5")
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: slowly.command, ready: slowly.ready, deadline: "5s", platforms: [EnginePlatforms.docker],
                    samples: 2, echoes: 1
                ).text)
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            // The world's and the echo's come first; this is the first sample's.
            #expect(
                eventually(seconds: 60) {
                    HostFiles.exists(place.database) && (try? place.query("SELECT COUNT(*) FROM channel_echo")) == "1"
                })
            #expect(
                eventually(seconds: 30) {
                    guard let shim = EngineTests.processes(of: place, executing: "containerd-shim-runc-v2").first else {
                        return false
                    }
                    return kill(shim, SIGKILL) == 0
                })
            _ = try program.finish(deadlineSeconds: 200)
            let run = try place.export()
            #expect(run.accounting.holds && run.accounting.planned == 2)
            #expect(run.samples.contains { $0.isSound }, "\(run.samples.map(\.reasons))")
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// An engine that is not there, and one that is something else: said once, counted as failed, and the rest is measured.
        @Test func anEngineThatDoesNotAnswerEndsNoRun() throws {
            let place = try Place()
            let file = try place.write("no-socket", "")
            try place.write(
                "suite.yaml",
                SuiteText(
                    platforms: [
                        SuiteText.runc, "{name: gone, docker: {socket: \(place.path)/nowhere}}",
                        "{name: file, podman: {socket: \(file)}}",
                    ], samples: 2
                ).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.exitCode == 1)
            let said = finished.errors.split(separator: "\n").filter { $0.contains("The run goes on without") }
            #expect(said.count == 2 && said.allSatisfy { $0.contains("cannot be reached at") }, "\(finished.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.accounting.planned == 6)
            for sample in run.samples {
                if sample.cell.contains("/runc/") {
                    #expect(sample.isSound, "\(sample.reasons)")
                } else {
                    let isTold = sample.reasons.contains { $0.contains("cannot be reached at") }
                    #expect(sample.outcome == "failed" && isTold, "\(sample.reasons)")
                }
            }
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// Processes of a run of the place that execute a program.
        static func processes(of place: Place, executing program: String) -> [Int32] {
            ProcessTable.pids().filter { pid in
                PinnedProcess.program(of: pid) == program
                    && ((try? HostFiles.read("/proc/\(pid)/cmdline"))?.contains(place.runs) ?? false)
            }
        }

        /// A daemon of somebody's: what is his is not touched, and what is the run's goes with it, also where tare was killed.
        @Test func nothingOfAnothersDaemonIsTouched() throws {
            let place = try Place()
            let daemon = try ForeignDaemon()
            defer { daemon.stop() }
            let own = try daemon.client([
                "run", "--detach", "--network", "none", "--name", "his", daemon.image, "/bin/busybox", "sleep", "1000",
            ])
            #expect(own.exitCode == 0, "\(own.errors)")
            try place.write(
                "suite.yaml",
                SuiteText(platforms: ["{name: docker, docker: {socket: \(daemon.socket)}}"], samples: 2).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.samples.count == 2 && run.samples.allSatisfy { $0.isSound }, "\(run.samples.map(\.reasons))")
            try Leftovers.expectNone(of: run.run.id, in: place)
            #expect(try daemon.containers() == ["his"])

            let (strike, _) = try Strike.run(place, signal: "KILL", at: "rows:channel_echo:1")
            #expect(strike.struck)
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(cleaned.output.contains("engine docker \(daemon.socket)"), "\(cleaned.output)")
            #expect(try daemon.containers() == ["his"])
            try Leftovers.expectNone(of: strike.run, in: place, killedBy: strike)
        }

        /// The daemon's own clock: it says when it made and started a container, and tare's marks lie around that.
        @Test func theDaemonsEventsAgreeWithTheMarks() throws {
            let place = try Place()
            let daemon = try ForeignDaemon()
            defer { daemon.stop() }
            let observer = try Script.start("observe_engine", [daemon.socket])
            #expect(eventually { observer.output.contains("ready") })
            try place.write(
                "suite.yaml",
                SuiteText(platforms: ["{name: docker, docker: {socket: \(daemon.socket)}}"], samples: 5).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            observer.endInput()
            let told = try observer.finish()
            struct Event: Decodable {
                var name, action: String
                var nanoseconds: Int64
            }
            let events = try told.output.split(separator: "\n").dropFirst().map {
                try JSONDecoder().decode(Event.self, from: Data($0.utf8))
            }
            let samples = try place.export().samples
            #expect(samples.count == 5)
            // The wall clock may be stepped or slewed between the daemon's look and the observer's.
            let bound: Int64 = 2_000_000
            for sample in samples {
                func event(_ action: String) throws -> Int64 {
                    let told = events.first { $0.name == sample.instance && $0.action == action }
                    guard let told else { throw SystemError("finding \(action) of \(sample.instance)", number: ENOENT) }
                    return told.nanoseconds
                }
                let create = try event("create")
                let start = try event("start")
                func mark(_ name: String) throws -> Int64 {
                    guard let time = sample.time(name) else {
                        throw SystemError("finding \(name) of \(sample.instance)", number: ENOENT)
                    }
                    return time
                }
                #expect(try mark("requested") <= create + bound && create <= mark("created") + bound)
                #expect(try mark("created") <= start + bound && start <= mark("started") + bound)
                // The daemon says that it started right before it answers.
                #expect(try mark("started") - start < 100_000_000, "\(sample.instance)")
            }
        }
    }
}

/// A Docker daemon that is not tare's, as users have one.
private final class ForeignDaemon {
    let directory: TemporaryDirectory
    let program: Program
    let image = "localhost/his:1"
    var socket: String { directory.path + "/s" }

    init() throws {
        directory = try TemporaryDirectory(prefix: "fd")
        let path = directory.path
        try HostFiles.create(path + "/daemon.json", bytes: Array("{}".utf8))
        program = try Program.start(
            [
                "unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mkdir -p \"$1/run\"; mount --bind \"$1/run\" /run; shift; exec \"$@\"", "sh", path, "dockerd",
                "--config-file", path + "/daemon.json", "--data-root", path + "/d", "--exec-root", path + "/x",
                "--pidfile", path + "/pid", "--host", "unix://\(path)/s", "--iptables=false", "--ip6tables=false",
                "--ip-forward=false", "--bridge=none", "--exec-opt", "native.cgroupdriver=cgroupfs",
            ], environment: ["PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": path], directory: "/")
        guard eventually(seconds: 30, { (try? self.client(["version"]))?.exitCode == 0 }) else {
            throw SystemError("starting dockerd: \(program.errors)", number: EIO)
        }
        let root = path + "/root"
        for name in ["", "/bin"] { try HostFiles.makeDirectory(root + name) }
        try copyProgram(
            access("/bin/busybox", X_OK) == 0 ? "/bin/busybox" : "/usr/bin/busybox", to: root + "/bin/busybox")
        let packed = try Program.start(
            ["tar", "--create", "--file", path + "/root.tar", "--directory", root, "."], environment: [:],
            directory: "/"
        ).finish()
        guard packed.exitCode == 0, try client(["import", path + "/root.tar", image]).exitCode == 0 else {
            throw SystemError("bringing an image in: \(packed.errors)", number: EIO)
        }
    }

    func client(_ arguments: [String]) throws -> Program.Finished {
        try Program.start(
            ["docker", "--host", "unix://\(socket)"] + arguments,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path], directory: "/"
        ).finish()
    }

    /// The names of all containers.
    func containers() throws -> [String] {
        try client(["ps", "--all", "--format", "{{.Names}}"]).output.split(separator: "\n").map(String.init).sorted()
    }

    func stop() {
        _ = try? client(["rm", "--force", "his"])
        program.process.end(graceMilliseconds: 15_000)
    }
}
