import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// What the witness says of a command's end, and what it leaves to the host.
@Suite("A command's end", .needsRoot, .needs(program: "busybox"))
struct EndTests {
    private func start(_ script: String, _ readiness: Readiness = .completed, own: Bool = true) throws -> Instance {
        try Instance.start(["sh", "-c", script], Instance.Options(readiness: readiness, ownPIDs: own))
    }

    @Test("completed: status 0 is ready, and nothing else", arguments: [true, false])
    func completed(_ own: Bool) throws {
        let good = try start("echo done", own: own)
        #expect(good.channel.textAndTime().text == "EXR")
        #expect(good.process.wait(deadlineMilliseconds: 20_000) == .exited(0))
        #expect(try good.file("/output") == "done\n")
        let bad = try start("exit 3", own: own)
        #expect(bad.channel.textAndTime().text == "EXDe3\n")
        #expect(bad.process.wait(deadlineMilliseconds: 20_000) == .exited(3))
        let killed = try start("kill -SEGV $$", own: own)
        #expect(killed.channel.textAndTime().text == "EXDs11\n")
        #expect(killed.process.wait(deadlineMilliseconds: 20_000) == .exited(139))
    }

    @Test("completed: a command that is not there")
    func absent() throws {
        let instance = try Instance.start(["nginxx"], Instance.Options(readiness: .completed))
        #expect(instance.channel.text() == "EFcommand not found in the image: nginxx\n")
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(127))
    }

    /// However soon it ends: no order of the two processes loses it.
    @Test("completed: a job of no length, thirty times")
    func atOnce() throws {
        for _ in 0..<30 {
            let instance = try Instance.start(["true"], Instance.Options(readiness: .completed))
            #expect(instance.channel.textAndTime().text == "EXR")
        }
    }

    @Test("completed: signals reach the command, and orphans are reaped")
    func isAnInit() throws {
        let script = "trap 'exit 7' TERM; (sleep 0.01 &); touch /tmp/up; while :; do sleep 0.05; done"
        let instance = try start(script)
        #expect(eventually { HostFiles.exists(instance.root.path + "/tmp/up") })
        #expect(eventually { !instance.others().contains("Z") })
        instance.process.signal(SIGTERM)
        #expect(instance.channel.textAndTime().text == "EXDe7\n")
    }

    @Test("line: the stream lasts as long as the command", arguments: [true, false])
    func lasts(_ own: Bool) throws {
        let instance = try start("sleep 0.3; exit 4", .line("x"), own: own)
        #expect(instance.channel.text(until: "X") == "EX")
        #expect(!instance.channel.ended)
        #expect(instance.channel.text() == "EX")
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(4))
    }

    @Test("line: the helper leaves when the host has seen enough")
    func leaves() throws {
        let instance = try Instance.start(
            [WitnessConfiguration.witnessPath, "pause"], Instance.Options(readiness: .line("x")))
        #expect(instance.channel.text(until: "X") == "EX")
        instance.channel.endSending()
        #expect(instance.channel.text() == "EX")
        #expect(eventually { instance.others().isEmpty })
    }

    /// What answers on for a command that went into the background is no service on any platform: elsewhere it is gone with it.
    @Test("tcp: a server that goes into the background is not ready, PID 1 or not", arguments: [true, false])
    func background(_ own: Bool) throws {
        let instance = try start("(sleep 0.2; exec nc -l -p 7000) & exit 0", .tcp(port: 7_000), own: own)
        #expect(["E", "EX"].contains(instance.channel.text()))
    }

    @Test("file: what was made right before the end, where the helper outlives the command")
    func file() throws {
        let instance = try start("touch /tmp/x", .file(path: "/tmp/x"), own: false)
        #expect(instance.channel.text() == "EXR")
    }
}
