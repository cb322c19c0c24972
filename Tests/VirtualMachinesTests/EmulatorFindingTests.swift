import BenchmarkModel
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import VirtualMachines

extension FakeLibvirtTests {
    /// How the emulator of a domain, and the daemon that started it, are found: with shells under their names.
    @Suite struct EmulatorFindingTests {
        let scratch: TemporaryDirectory

        init() throws { scratch = try TemporaryDirectory() }

        /// A process that waits for its input, under the name of a program.
        private final class Impostor {
            let child: ChildProcess
            private let input: Int32

            init(_ program: String, in directory: String, arguments: [String] = []) throws {
                let path = "\(directory)/\(program)"
                if !HostFiles.exists(path) { try copyProgram("/bin/sh", to: path) }
                var ends: [Int32] = [-1, -1]
                guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
                    throw SystemError("making a socket pair")
                }
                input = ends[0]
                defer { close(ends[1]) }
                child = try ChildProcess.spawn(
                    SpawnRequest(
                        path: path, arguments: [program, "-c", "read line"] + arguments, environment: [],
                        descriptors: (ends[1], ends[1], ends[1])))
                let pid = child.pid
                // The kernel lets the parent go on before the new arguments can be read.
                guard
                    eventually({
                        PinnedProcess.program(of: pid) == program
                            && (try? HostFiles.read("/proc/\(pid)/cmdline"))?.hasPrefix("\(program)\0-c\0") == true
                    })
                else {
                    throw SystemError("starting \(path)", number: ETIMEDOUT)
                }
            }

            deinit {
                child.end(graceMilliseconds: 0)
                close(input)
            }
        }

        private func emulator(of domain: String, program: String = "qemu-system-x86_64") throws -> Impostor {
            try Impostor(program, in: scratch.path, arguments: ["-name", "guest=\(domain),debug-threads=on"])
        }

        private func pidFile(_ name: String, _ text: String) throws -> String {
            let path = "\(scratch.path)/\(name).pid"
            try HostFiles.replace(path, bytes: Array(text.utf8))
            return path
        }

        @Test func isFoundByItsFileWithoutASearch() throws {
            let emulator = try emulator(of: "tare-a-i1")
            let file = try pidFile("a", "\(emulator.child.pid)\n")
            let found = EmulatorProcess.find(domain: "tare-a-i1", pidFiles: ["/nowhere/a.pid", file]) { _ in
                Issue.record("all processes were searched")
                return nil
            }
            #expect(found == PinnedProcess(pid: emulator.child.pid))
        }

        @Test func isSearchedForWhereNoFileNamesIt() throws {
            let emulator = try emulator(of: "tare-b-i1")
            let other = try self.emulator(of: "tare-b-i11")
            let shell = try self.emulator(of: "tare-b-i1", program: "not-qemu-system")
            // What is no number, no process, the emulator of another domain, or no emulator, is not believed.
            for text in ["", "x", "-1", "0", "99999999", "\(other.child.pid)", "\(shell.child.pid)"] {
                let file = try pidFile("b", text)
                #expect(
                    EmulatorProcess.find(domain: "tare-b-i1", pidFiles: [file])
                        == PinnedProcess(pid: emulator.child.pid),
                    "\(text)")
            }
            #expect(EmulatorProcess.find(domain: "tare-b-i2", pidFiles: []) == nil)
        }

        @Test func anInstanceLooksForItOnceAndNotAtItsStart() throws {
            let emulator = try emulator(of: "tare-c-i1")
            let pid = emulator.child.pid
            let looks = Atomic<Int>(0)
            let connection = try LibvirtConnection(uri: "test:///default")
            let instance = LibvirtInstance(
                name: "tare-c-i1", connection: connection,
                find: {
                    looks.add(1, ordering: .relaxed)
                    return PinnedProcess(pid: pid)
                }, gone: {})
            #expect(looks.load(ordering: .relaxed) == 0)
            #expect(try instance.processes() == [HostProcess(pid: pid, role: .vmm)])
            for _ in 0..<200 { #expect(instance.death()?.contains("libvirt does not know tare-c-i1") == true) }
            #expect(looks.load(ordering: .relaxed) == 1)
            emulator.child.signal(SIGKILL)
            #expect(eventually { instance.death() == "QEMU of tare-c-i1 ended" })
            #expect(try instance.processes().isEmpty)
            try instance.stop(deadline: .seconds(5))
            #expect(looks.load(ordering: .relaxed) == 1)
        }

        @Test func oneThatEndedBeforeItWasLookedForIsNotLookedForAgain() throws {
            let looks = Atomic<Int>(0)
            let instance = LibvirtInstance(
                name: "tare-c-i2", connection: try LibvirtConnection(uri: "test:///default"),
                find: {
                    looks.add(1, ordering: .relaxed)
                    return nil
                }, gone: {})
            for _ in 0..<20 { #expect(instance.death() == "QEMU of tare-c-i2 ended") }
            #expect(try instance.processes().isEmpty)
            try instance.stop(deadline: .seconds(5))
            #expect(looks.load(ordering: .relaxed) == 1)
        }

        @Test func aDaemonIsFoundByItsFile() throws {
            let daemon = LibvirtDaemon(directory: scratch.path, guestDirectory: "/run/libvirt/qemu")
            let server = try Impostor("virtqemud", in: scratch.path)
            let log = try Impostor("virtlogd", in: scratch.path)
            let stranger = try Impostor("tare-stranger", in: scratch.path)
            _ = try pidFile("virtqemud", "\(server.child.pid)\n")
            _ = try pidFile("virtlogd", "\(log.child.pid)")
            // A stale file, whose number is another's now.
            _ = try pidFile("libvirtd", "\(stranger.child.pid)")
            #expect(daemon.processes().map(\.pid) == [server.child.pid, log.child.pid])
            #expect(
                daemon.pidFiles(of: "tare-d-i1")
                    == ["", "/proc/\(server.child.pid)/root", "/proc/\(log.child.pid)/root"].map {
                        $0 + "/run/libvirt/qemu/tare-d-i1.pid"
                    })
            // Another that took its place is found.
            server.child.end(graceMilliseconds: 0)
            let next = try Impostor("virtqemud", in: scratch.path)
            _ = try pidFile("virtqemud", "\(next.child.pid)")
            #expect(daemon.processes().map(\.pid) == [next.child.pid, log.child.pid])
        }

        @Test func aDaemonIsSearchedForWhereNoFileNamesIt() throws {
            let daemon = LibvirtDaemon(directory: scratch.path, guestDirectory: "/x")
            let server = try Impostor("libvirtd", in: scratch.path)
            // Others may run on this host.
            #expect(daemon.processes().map(\.pid).contains(server.child.pid))
            server.child.end(graceMilliseconds: 0)
            #expect(!daemon.processes().map(\.pid).contains(server.child.pid))
        }
    }
}
