import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import VirtualMachines

/// Processes that end while nobody waits, under the name of QEMU or another.
@Suite(.serialized) struct OrphanReaperTests {
    let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    /// A copy of sleep(1) under a name.
    private func program(_ name: String) throws -> String {
        let path = "\(scratch.path)/\(name)"
        if !HostFiles.exists(path) { try copyProgram("/bin/sleep", to: path) }
        return path
    }

    /// A child in a session of its own that was killed and not waited for.
    private func zombie(named name: String) throws -> ChildProcess {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let child = try ChildProcess.spawn(
            SpawnRequest(
                path: try program(name), arguments: [name, "1000"], environment: [], descriptors: (null, null, null)))
        #expect(ProcessEntry(pid: child.pid)?.session == child.pid)
        child.signal(SIGKILL)
        #expect(eventually { ["Z", nil].contains(ProcessEntry(pid: child.pid)?.state) })
        return child
    }

    @Test func reapsAnEmulatorOfAnotherSession() throws {
        let child = try zombie(named: "qemu-system-x86_64")
        OrphanReaper.reapEnded()
        #expect(ProcessEntry(pid: child.pid) == nil)
        // Who waits learns that somebody else has reaped it.
        #expect(child.wait(deadlineMilliseconds: 10_000) == .exited(-1))
    }

    @Test func reapsAnEmulatorBehindAnother() throws {
        // The kernel shows one ended child at a time; this one is not ours to reap.
        let stranger = try zombie(named: "stranger")
        let child = try zombie(named: "qemu-system-x86_64")
        OrphanReaper.reapEnded()
        #expect(ProcessEntry(pid: child.pid) == nil)
        #expect(ProcessEntry(pid: stranger.pid)?.state == "Z")
        #expect(stranger.wait(deadlineMilliseconds: 10_000) == .signalled(SIGKILL))
        #expect(child.wait(deadlineMilliseconds: 10_000) == .exited(-1))
    }

    @Test func leavesAnEmulatorOfItsOwnSessionToItsWaiter() throws {
        // ChildProcess gives each child a session; libvirt does not for those for which it waits by itself.
        var pid: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("qemu"), strdup("1000"), nil]
        defer { for argument in arguments { free(argument) } }
        #expect(posix_spawn(&pid, try program("qemu-system-x86_64"), nil, nil, arguments, environ) == 0)
        #expect(ProcessEntry(pid: pid)?.session == getsid(0))
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { ProcessEntry(pid: pid)?.state == "Z" })
        OrphanReaper.reapEnded()
        #expect(ProcessEntry(pid: pid)?.state == "Z")
        var status: Int32 = 0
        #expect(waitpid(pid, &status, 0) == pid && status & 0x7f == SIGKILL)
    }

    @Test func leavesOtherProcessesToTheirWaiters() throws {
        let child = try zombie(named: "not-qemu-system")
        OrphanReaper.reapEnded()
        #expect(ProcessEntry(pid: child.pid)?.state == "Z")
        #expect(child.wait(deadlineMilliseconds: 10_000) == .signalled(SIGKILL))
    }

    @Test func reapsWhileABodyRuns() throws {
        let child = try zombie(named: "qemu-system-x86_64")
        let gone = OrphanReaper.shared.whileReaping { eventually { ProcessEntry(pid: child.pid) == nil } }
        #expect(gone)
        _ = child.wait(deadlineMilliseconds: 10_000)
    }
}
