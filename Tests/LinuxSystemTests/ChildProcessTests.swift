import Glibc
import LinuxSystem
import TestSupport
import Testing

@Suite struct ChildProcessTests {
    private func shell(_ script: String) -> SpawnRequest {
        SpawnRequest(
            path: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin"],
            descriptors: (Null.shared, Null.shared, Null.shared))
    }

    @Test func reportsHowAProcessEnded() throws {
        #expect(try ChildProcess.spawn(shell("exit 7")).wait(deadlineMilliseconds: 5_000) == .exited(7))
        #expect(try ChildProcess.spawn(shell("kill -9 $$")).wait(deadlineMilliseconds: 5_000) == .signalled(9))
    }

    @Test func anEarlyDeadlineReapsNothing() throws {
        let child = try ChildProcess.spawn(shell("sleep 100"))
        #expect(child.wait(deadlineMilliseconds: 20) == nil)
        #expect(child.end(graceMilliseconds: 5_000) == .signalled(SIGTERM))
        #expect(child.end() == .signalled(SIGTERM))
    }

    @Test func aProcessThatIgnoresTheFirstSignalIsKilled() throws {
        // The marker is written after the trap is set, so that the signal cannot come too early.
        let directory = try TemporaryDirectory()
        let child = try ChildProcess.spawn(shell("trap '' TERM; : > \(directory.path)/set; while :; do sleep 1; done"))
        while !HostFiles.exists(directory.path + "/set") { usleep(1_000) }
        #expect(child.end(graceMilliseconds: 100) == .signalled(SIGKILL))
    }

    @Test func whatCannotBeStartedLeavesNoProcess() throws {
        let request = SpawnRequest(
            path: "/no/such/program", arguments: ["x"], environment: [],
            descriptors: (Null.shared, Null.shared, Null.shared))
        let error = #expect(throws: SpawnError.self) { try ChildProcess.spawn(request) }
        #expect(error?.number == ENOENT)
        #expect(error?.description.contains("/no/such/program") == true)
    }

    @Test func aFurtherDescriptorBecomesTheFourth() throws {
        let directory = try TemporaryDirectory()
        let output = open(directory.path + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(output) }
        // Without a pipe: for a moment its ends would be descriptors of the shell.
        let list = directory.path + "/list"
        var request = shell("echo further >&3; ls /proc/$$/fd > \(list); grep -c '^[4-9]$' \(list) >&3; exit 0")
        request.further = output
        #expect(try ChildProcess.spawn(request).wait(deadlineMilliseconds: 5_000) == .exited(0))
        #expect(try HostFiles.read(directory.path + "/out") == "further\n0\n")
    }

    @Test func theChildHasThreeDescriptorsAndNoSignalSettings() throws {
        let directory = try TemporaryDirectory()
        let leak = open("/dev/zero", O_RDONLY)  // without O_CLOEXEC, as a careless library would
        defer { close(leak) }
        let output = open(directory.path + "/out", O_WRONLY | O_CREAT, 0o600)
        defer { close(output) }
        var request = SpawnRequest(
            path: "/bin/sh",
            arguments: ["sh", "-c", "ls /proc/$$/fd; exec grep -E '^Sig(Ign|Blk)' /proc/self/status"],
            environment: ["PATH=/usr/bin:/bin"], descriptors: (Null.shared, output, Null.shared))
        request.directory = "/"
        let child = try ChildProcess.spawn(request)
        #expect(child.wait(deadlineMilliseconds: 5_000) == .exited(0))
        let lines = try HostFiles.read(directory.path + "/out").split(separator: "\n").map(String.init)
        #expect(lines.filter { Int($0) != nil } == ["0", "1", "2"])
        #expect(lines.contains("SigBlk:\t0000000000000000"))
        #expect(lines.contains("SigIgn:\t0000000000000000"))
    }

    @Test(.needsRoot) func namespacesAreNewAndStepsAreTaken() throws {
        let directory = try TemporaryDirectory()
        let output = open(directory.path + "/out", O_WRONLY | O_CREAT, 0o600)
        defer { close(output) }
        var request = SpawnRequest(
            path: "/bin/sh",
            arguments: ["sh", "-c", "echo $$; hostname; readlink /proc/self/ns/net; mount | grep -c tare-proof"],
            environment: ["PATH=/usr/bin:/bin"], descriptors: (Null.shared, output, output))
        request.namespaces = [.mount, .pid, .network, .uts, .ipc]
        request.hostname = "tare-inside"
        request.steps = [
            .mount(
                source: "none", target: "/", type: "none", flags: Mounts.Flag.recursive | Mounts.Flag.isPrivate,
                data: nil),
            .mount(source: "tare-proof", target: "/mnt", type: "tmpfs", flags: 0, data: nil),
            .mount(source: "proc", target: "/proc", type: "proc", flags: 0, data: nil),
        ]
        let child = try ChildProcess.spawn(request)
        #expect(child.wait(deadlineMilliseconds: 5_000) == .exited(0))
        let lines = try HostFiles.read(directory.path + "/out").split(separator: "\n").map(String.init)
        #expect(lines.first == "1")
        #expect(lines.dropFirst().first == "tare-inside")
        var own = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/ns/net", &own, own.count)
        let ownName = String(decoding: own.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #expect(ownName.hasPrefix("net:["))
        #expect(lines.dropFirst(2).first != ownName)
        #expect(lines.last == "1")
        #expect(Mounts.lines(containing: "tare-proof").isEmpty)
    }

    @Test(.needsRoot) func aFailedStepIsNamed() throws {
        var request = shell("true")
        request.namespaces = [.mount]
        request.steps = [.mount(source: "none", target: "/no/such/place", type: "tmpfs", flags: 0, data: nil)]
        let error = #expect(throws: SpawnError.self) { try ChildProcess.spawn(request) }
        #expect(error?.description.contains("/no/such/place") == true)
    }
}
