import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// `qemu:///system`, with a libvirtd that the test starts by path.
    @Suite("Under a libvirt daemon", .serialized, .needs(program: "libvirtd"), .needs(program: "virsh"))
    struct DaemonTests {
        /// A daemon whose directories are its own: it has mount and network namespaces in which /etc/libvirt, /run/libvirt and
        /// /var/lib/libvirt are empty, so that it starts no network of the host's and meets no other daemon.
        private final class Daemon {
            let directory: TemporaryDirectory
            let program: Program
            /// As tests' own tools reach it; tare takes no such query.
            var uri: String { "qemu:///system?socket=\(directory.path)/libvirt-sock" }
            /// Puts the daemon's directory where a daemon's usually is, for whatever is started so.
            var wrapper: [String] {
                let script = "mkdir -p /run/libvirt; mount --bind \"$0\" /run/libvirt; exec \"$@\""
                return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, directory.path]
            }

            init() throws {
                directory = try TemporaryDirectory()
                let path = directory.path
                let configuration = """
                    unix_sock_dir = "\(path)"
                    unix_sock_rw_perms = "0700"
                    auth_unix_rw = "none"
                    auth_unix_ro = "none"

                    """
                try HostFiles.create(path + "/libvirtd.conf", bytes: Array(configuration.utf8))
                // virtlogd would be one more daemon.
                try HostFiles.create(path + "/qemu.conf", bytes: Array("stdio_handler = \"file\"\n".utf8))
                let script = """
                    set -e
                    for place in /etc/libvirt /run/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
                      mkdir -p $place; mount -t tmpfs -o mode=755 none $place
                    done
                    cp "$1/qemu.conf" /etc/libvirt/
                    exec libvirtd --config "$1/libvirtd.conf" --pid-file "$1/pid"
                    """
                program = try Script.start(
                    "daemon",
                    ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", script, "sh", path])
                guard eventually({ HostFiles.exists(path + "/pid") && self.domains() != nil }) else {
                    throw SystemError("starting libvirtd: \(program.errors)", number: EIO)
                }
            }

            /// The names of its domains; nil while it does not answer.
            func domains() -> [String]? {
                let answer = try? Program.start(
                    ["virsh", "-c", uri, "list", "--all", "--name"], environment: ["HOME": directory.path],
                    directory: "/"
                ).finish()
                guard let answer, answer.exitCode == 0 else { return nil }
                return answer.output.split(separator: "\n").map(String.init)
            }

            func stop() {
                program.process.end(graceMilliseconds: 10_000)
            }
        }

        @Test func measuresAndReapsItsDomains() throws {
            // Made by libvirt for all domains of a host, and left by it.
            let before = machineGroups()
            defer { for group in machineGroups().subtracting(before) { rmdir(group) } }
            let daemon = try Daemon()
            defer { daemon.stop() }
            let place = try Place()
            place.wrapper = daemon.wrapper
            try place.write(
                "suite.yaml",
                SuiteText(platforms: ["{name: system, libvirt: {uri: \"qemu:///system\", accelerator: tcg}}"]).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.samples.count == 1 && run.samples.allSatisfy { $0.isSound }, "\(run.samples)")
            // An emulated guest needs more than a second of CPU to boot, whoever started its QEMU.
            #expect((run.samples.first?.cpuNanoseconds ?? 0) > 1_000_000_000)
            #expect(daemon.domains() == [])
            try Leftovers.expectNone(of: run.run.id, in: place)

            // The daemon's domains outlive a killed tare: they must be found by the journal.
            let (strike, _) = try Strike.run(
                place, signal: "KILL", at: "rows:channel_echo:1")
            #expect(strike.struck)
            // Its CPU is made once its ports are connected; a QEMU that finds nobody at their other end would end by itself.
            let (second, _) = try Strike.run(place, signal: "KILL", at: "thread:CPU 0/")
            #expect(second.struck)
            #expect(eventually { daemon.domains()?.contains { $0.hasPrefix("tare-\(second.run)") } == true })
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(cleaned.output.contains("removed: domain qemu:///system tare-\(second.run)"))
            #expect(daemon.domains() == [])
            try Leftovers.expectNone(of: strike.run, in: place, killedBy: strike)
            try Leftovers.expectNone(of: second.run, in: place, killedBy: second)
        }

        /// Guests that live outside of the run's control group: what is charged to them is read in their own, nobody claims that
        /// a limit binds them, and a ramp stops on what can be seen.
        @Test func countsTheMemoryOfItsDomains() throws {
            let before = machineGroups()
            defer { for group in machineGroups().subtracting(before) { rmdir(group) } }
            let daemon = try Daemon()
            defer { daemon.stop() }
            let place = try Place()
            place.wrapper = daemon.wrapper
            let suite = ClimbSuite(
                workloads: [.init(name: "noop", command: "[/.tare/witness, pause]", memory: "128MiB")],
                platforms: ["{name: system, libvirt: {uri: \"qemu:///system\", accelerator: tcg}}"],
                density: "budget: 4GiB, ceiling: 2, hold: 500ms")
            let run = try place.climb(suite).run
            run.expectAccounts()
            let ramp = try #require(run.ramps?.first)
            #expect(ramp.outcome == "ok" && ramp.instances == 2 && ramp.enforcedBy == nil, "\(ramp.reasons)")
            // QEMU alone needs tens of MiB, and a booted guest has touched most of its 128.
            let charged = ramp.points.last?.reading.figures["chargedAnonymous"] ?? 0
            #expect(charged > 2 * 60 << 20, "\(charged)")
            #expect(try run.density("noop", "system").marks.contains("not enforced"))
            let note = try #require(run.threats.first { $0.detector == "control groups" })
            #expect(note.severity == "note" && note.text.contains("the daemon at qemu:///system"))
            #expect(daemon.domains() == [])
        }

        private func machineGroups() -> Set<String> {
            let roots = (try? CgroupTree.current().roots) ?? []
            return Set(roots.map { $0 + "/machine" }.filter { HostFiles.exists($0) })
        }
    }
}
