import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Tare started in a control group with limits: what it makes lies below that group.
    @Suite(
        "A limited group", .serialized,
        .enabled(if: (try? CgroupTree.current().mode) != .v2, "needs control groups of version 1"))
    struct LimitedGroupTests {
        /// A group of v1 in three of the host's hierarchies, gone with the test.
        private final class Limited {
            let name = "/limited-\(getpid())"
            let directories: [String: String]

            init() throws {
                let tree = try CgroupTree.current()
                var made: [String: String] = [:]
                for controller in ["memory", "pids", "cpuset"] {
                    let directory = try #require(tree.directory(of: name, controller: controller))
                    try HostFiles.makeDirectory(directory)
                    made[controller] = directory
                }
                directories = made
                try HostFiles.write("\(700 << 20)", to: directory("memory") + "/memory.limit_in_bytes")
                try HostFiles.write("400", to: directory("pids") + "/pids.max")
                try HostFiles.write("0", to: directory("cpuset") + "/cpuset.mems")
                try HostFiles.write("0", to: directory("cpuset") + "/cpuset.cpus")
            }

            deinit { for directory in directories.values { rmdir(directory) } }

            func directory(_ controller: String) -> String { directories[controller] ?? "" }

            /// The groups of a run that have processes, in them or right below, as a hierarchy shows them: `i1` of a container,
            /// `...-tare-RUN-i1.libvirt-qemu` of a guest.
            func instances(_ controller: String) -> Set<String> {
                var found: Set<String> = []
                for run in HostFiles.names(in: directory(controller)) where run.hasPrefix("tare-") {
                    let place = "\(directory(controller))/\(run)"
                    for name in HostFiles.names(in: place) where HostFiles.exists("\(place)/\(name)/cgroup.procs") {
                        let inner = HostFiles.names(in: "\(place)/\(name)").map {
                            "\(place)/\(name)/\($0)/cgroup.procs"
                        }
                        let files = ["\(place)/\(name)/cgroup.procs"] + inner
                        if files.contains(where: { HostFiles.value($0)?.isEmpty == false }) { found.insert(name) }
                    }
                }
                return found
            }
        }

        @Test func theInstancesAreBelowItAndTheRunSaysSo() throws {
            let place = try Place()
            let limited = try Limited()
            let slow = SuiteText.slowly(seconds: "0.4")
            let platforms = ["process", "namespaces", SuiteText.runc, SuiteText.q35]
            var suite = SuiteText(command: slow.command, ready: slow.ready, platforms: platforms)
            suite.echoes = 1
            let program = try place.start(
                ["run", try place.write("suite.yaml", suite.text), "--output", "report"],
                groups: limited.directories.values.map { $0 + "/cgroup.procs" })
            var seen: [String: Set<String>] = [:]
            while program.process.wait(deadlineMilliseconds: 20) == nil {
                for controller in limited.directories.keys {
                    seen[controller, default: []].formUnion(limited.instances(controller))
                }
            }
            let finished = try program.finish()
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.samples.count == 4 && run.samples.allSatisfy { $0.isSound })
            // Those of the channel's measurement come first.
            for sample in run.samples {
                let short = String(try #require(sample.instance.split(separator: "-").last))
                // libvirt makes no groups in the hierarchy of processes: there a guest is in the run's own.
                for controller in limited.directories.keys where controller != "pids" || !sample.cell.contains("q35") {
                    let groups = seen[controller] ?? []
                    #expect(
                        groups.contains { $0 == short || $0.contains(sample.instance + ".") },
                        "\(sample.cell) in \(controller): \(groups)")
                }
            }
            #expect(run.fact("CPUs allowed to tare")?.hasPrefix("0") == true)
            #expect(run.fact("memory allowed to tare")?.hasPrefix("716800 KiB") == true)
            let said = run.threats.filter { $0.detector == "limited group" }.map(\.text)
            for limit in ["700 MiB of memory", "400 processes and threads", "only the CPUs 0 "] {
                #expect(said.contains { $0.contains("\(limit)") && $0.contains("made below it") }, "\(said)")
                #expect(finished.errors.contains(limit))
            }
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// The journal names where the groups of a killed run are in the host's hierarchies.
        @Test func aKilledRunIsReapedFromOutside() throws {
            let place = try Place()
            let limited = try Limited()
            try place.write("suite.yaml", SuiteText(ready: "{file: /never}").text)
            let program = try place.start(
                ["run", "suite.yaml"], groups: limited.directories.values.map { $0 + "/cgroup.procs" })
            #expect(eventually { !limited.instances("pids").isEmpty })
            program.process.signal(SIGKILL)
            _ = try program.finish()
            let run = try place.query("SELECT id FROM run")
            #expect(HostFiles.exists("\(limited.directory("memory"))/tare-\(run).run"))
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(try Leftovers.of(run: run, in: place).filter { !$0.contains("process") } == [])
        }
    }
}
