import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// What the command gets of the witness: nothing but a place to run.
@Suite("Nothing is left behind", .needsRoot, .needs(program: "busybox"))
struct TraceTests {
    @Test("After ready, pause is alone")
    func alone() throws {
        let instance = try Instance.start([WitnessConfiguration.witnessPath, "pause"])
        #expect(instance.channel.text() == "EXR")
        #expect(eventually { instance.others().isEmpty })
        #expect(HostFiles.value("/proc/\(instance.process.pid)/comm") == "witness")
    }

    @Test("Beside a command that never waits there is at most the defunct helper")
    func defunct() throws {
        let instance = try Instance.start(["sleep", "100"])
        #expect(instance.channel.text() == "EXR")
        #expect(eventually { instance.others().allSatisfy { $0 == "Z" } && instance.others().count <= 1 })
    }

    @Test("The command has three descriptors", arguments: [true, false])
    func descriptors(_ hasNullDevice: Bool) throws {
        // A careless runtime leaves a descriptor open.
        let options = Instance.Options(
            prelude: "exec 7</bin/busybox; exec /.tare/witness", hasNullDevice: hasNullDevice)
        let instance = try Instance.start(["sleep", "100"], options)
        #expect(instance.channel.text() == "EXR")
        let directory = "/proc/\(instance.process.pid)/fd"
        #expect(HostFiles.names(in: directory).sorted() == ["0", "1", "2"])
        let input = instance.link(directory + "/0")
        #expect(hasNullDevice ? input.hasSuffix("/dev/null") : input.hasPrefix("pipe:"))
        #expect(instance.link(directory + "/1").hasSuffix("/output"))
    }

    @Test("The command's environment, directory and identity are those of the configuration")
    func environment() throws {
        let options = Instance.Options(environment: ["B": "x=y", "A": ""], workingDirectory: "/srv")
        let instance = try Instance.start(["/bin/busybox", "sh", "-c", "env; pwd; echo $$"], options)
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(0))
        let lines = try instance.file("/output").split(separator: "\n").map(String.init)
        // The default that Sources/witness/Command/Configuration.swift specifies.
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        // SHLVL and PWD are the shell's own.
        let own = lines.filter { !$0.hasPrefix("SHLVL=") && !$0.hasPrefix("PWD=") }
        #expect(own.sorted() == ["/srv", "1", "A=", "B=x=y", "HOME=/", path])
    }

    @Test("pause ends with 0 when it is told to, as PID 1 too", arguments: [SIGTERM, SIGINT])
    func pauseEnds(_ signal: Int32) throws {
        let instance = try Instance.start([WitnessConfiguration.witnessPath, "pause"])
        #expect(instance.channel.text() == "EXR")
        // Until it has blocked the signals, as PID 1 it would not see one: so it is told until it listens.
        var ending: ChildProcess.Ending?
        #expect(
            eventually {
                instance.process.signal(signal)
                ending = instance.process.wait(deadlineMilliseconds: 50)
                return ending != nil
            })
        #expect(ending == .exited(0))
    }

    @Test("An echo sends everything back until the end byte")
    func echo() throws {
        let instance = try Instance.start([], Instance.Options(arguments: ["--echo"], configuration: [0]))
        #expect(instance.channel.text(until: "E") == "E")
        let bytes = (0..<3_000).map { UInt8(truncatingIfNeeded: $0) }.filter { $0 != 0x04 }
        instance.channel.send(bytes + [0x04, 0x41])
        _ = instance.channel.text()
        #expect(instance.channel.received == [0x45] + bytes)
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(0))
    }

    @Test("An echo ends with its stream")
    func echoEnds() throws {
        let instance = try Instance.start([], Instance.Options(arguments: ["--echo"], configuration: [0]))
        instance.channel.send([1, 2])
        instance.channel.endSending()
        _ = instance.channel.text()
        #expect(instance.channel.received == [0x45, 1, 2])
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(0))
    }
}
