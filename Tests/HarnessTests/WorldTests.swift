import BenchmarkModel
import TestSupport
import Testing

@testable import Harness

/// What a witness tells of the world, and what is made of it.
@Suite struct WorldTests {
    private func facts(_ records: String...) throws -> [String: String] {
        let bytes = Array((records.joined(separator: "\0") + "\0").utf8)
        return Dictionary(try WorldReader.facts(bytes).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    @Test func recordsBecomeFacts() throws {
        let found = try facts(
            "cpus-online=0-2,8", "cpus-affinity=4", "memory-total=24684092 kB", "memory-limit=134217728",
            "cpu-limit=50000 100000", "limit=7 1024 4096", "limit=4 0 max", "limit=6 max max", "status=Umask: 0027",
            "status=Uid: 0 1 2 3", "status=Gid: 5 5 5 5", "status=Groups: ", "status=CapEff: 0000000000000021",
            "status=NoNewPrivs: 1", "status=Seccomp: 2", "status=SigIgn: 0000000000001001", "stream=0 c 1:3",
            "stream=1 f",
            "node=null c 666 1:3", "node=fd l 777 /proc/self/fd", "node=shm d 1777 mounted", "node=odd name d 755",
            "mount=/ overlay rw,relatime -", "mount=/dev/shm tmpfs rw,nosuid size=65536k,mode=1777,inode64",
            "mount=/dev/shm tmpfs rw,noexec ro", "env=A=b=c", "env=EMPTY=", "nice=-5", "cwd=/srv")
        #expect(found["CPUs online"] == "4" && found["CPUs by affinity"] == "4")
        #expect(found["memory total"] == "24105 MiB" && found["memory limit seen"] == "128 MiB")
        #expect(found["CPU limit seen"] == "0.50 CPUs")
        #expect(found["open files"] == "1024:4096" && found["core file size"] == "0:unlimited")
        #expect(found["processes"] == "unlimited" && found["umask"] == "0027")
        #expect(found["user"] == "0/1/2/3" && found["group"] == "5" && found["further groups"] == "none")
        #expect(found["effective capabilities"] == "chown kill")
        #expect(found["no_new_privs"] == "yes" && found["seccomp"] == "filter")
        #expect(found["signals ignored"] == "HUP PIPE")
        #expect(found["standard input"] == "the null device" && found["standard output"] == "a file")
        #expect(found["node null"] == "character device 1:3, mode 0666" && found["node fd"] == "link to /proc/self/fd")
        #expect(found["node shm"] == "directory, another file system, mode 1777")
        #expect(found["node odd name"] == "directory, mode 0755")
        #expect(found["root file system"] == "overlay rw relatime")
        // The later mount lies over the earlier one.
        #expect(found["mount /dev/shm"] == "tmpfs ro noexec")
        #expect(found["variable A"] == "b=c" && found["variable EMPTY"] == "")
        #expect(found["nice"] == "-5" && found["working directory"] == "/srv")
    }

    @Test func noControlGroupIsAFactToo() throws {
        let none = try facts("cpus-affinity=1")
        #expect(none["memory limit seen"] == "none seen" && none["CPU limit seen"] == "none seen")
        let unlimited = try facts("memory-limit=9223372036854771712", "cpu-limit=-1 100000")
        #expect(unlimited["memory limit seen"] == "no limit" && unlimited["CPU limit seen"] == "no limit")
        let second = try facts("memory-limit=max", "cpu-limit=max 100000")
        #expect(second["memory limit seen"] == "no limit" && second["CPU limit seen"] == "no limit")
        #expect(try facts("cpu-limit=200000 100000")["CPU limit seen"] == "2 CPUs")
        #expect(try facts("cpu-limit=100000 100000")["CPU limit seen"] == "1 CPU")
    }

    @Test(arguments: [
        "cpus-online=", "cpus-online=3-1", "cpus-online=0-99999999999", "cpus-affinity=x", "memory-total=1",
        "limit=99 1 1",
        "limit=7 1", "limit=7 -1 1", "status=Umask", "status=CapEff: xyz", "stream=9 c", "node=null", "node=null q 666",
        "node=x c 999", "mount=/dev tmpfs", "mount=dev tmpfs rw rw", "env==x", "env=x", "unheard=of", "novalue", "",
        "nice=\u{1B}[2J", "cwd=/a\nb",
    ]) func whatIsNoRecordIsRefused(_ record: String) {
        #expect(throws: TareError.self) { try WorldReader.facts(Array("\(record)\0".utf8)) }
    }

    @Test func whatDoesNotEndIsRefused() {
        #expect(throws: TareError.self) { try WorldReader.facts(Array("nice=1".utf8)) }
        #expect(throws: TareError.self) { try WorldReader.facts([]) }
        let many = (0...WorldReader.mostFacts).map { "env=N\($0)=\0" }.joined()
        #expect(throws: TareError.self) { try WorldReader.facts(Array(many.utf8)) }
    }

    private func suite(_ workloads: [Workload]) -> Suite {
        Suite(name: "s", workloads: workloads, platforms: [], startup: StartupExperiment(samples: 1, warmupBlocks: 0))
    }

    @Test func everyPairIsObservedAndEachChannelMeasuredOnce() throws {
        let directory = try TemporaryDirectory()
        let platform = ScriptedPlatform(world: "Wcpus-online=0-3\0nice=3\0\0")
        let other = ScriptedPlatform("other", world: "Wcpus-online=0\0\0")
        let run = ScriptedRun(
            suite([.scripted("a"), .scripted("b")]), on: platform, more: [other], directory: directory.path)
        #expect(try run.execute(echoes: 3) == .complete)
        let worlds = run.sink.worlds
        #expect(worlds.map { "\($0.workload) \($0.platform)" } == ["a scripted", "a other", "b scripted", "b other"])
        #expect(worlds.allSatisfy { $0.failure == nil })
        #expect(worlds.map { $0["CPUs online"] } == ["4", "1", "4", "1"] && worlds[0]["nice"] == "3")
        #expect(run.sink.echoes.map(\.platform) == ["scripted", "other"])
        #expect(run.sink.echoes.allSatisfy { $0.roundTripsNanoseconds.count == 3 && $0.failure == nil })
        #expect(!run.sink.threats.contains { $0.detector == "parity" })
    }

    @Test(arguments: ["F no such directory\n", "Wgarbage\0\0", "W" + String(repeating: "x", count: 70_000)])
    func aWorldThatIsNotToldEndsNothing(_ told: String) throws {
        let directory = try TemporaryDirectory()
        let platform = ScriptedPlatform(world: told)
        let run = ScriptedRun(suite([.scripted("a", deadlineSeconds: 1)]), on: platform, directory: directory.path)
        #expect(try run.execute(echoes: 2) == .complete)
        #expect(run.sink.worlds.count == 1 && run.sink.worlds[0].failure != nil && run.sink.worlds[0].facts.isEmpty)
        #expect(run.sink.threats.contains { $0.detector == "parity" && $0.severity == .note })
        // The channel is measured all the same, and the sample taken.
        #expect(run.sink.echoes.first?.roundTripsNanoseconds.count == 2)
        #expect(run.sink.observations.map(\.outcome) == [.ok])
    }

    /// Where nobody asked for it, it is no part of the protocol.
    @Test func anInstanceThatWasNotAskedTellsNothing() {
        let channel = InstanceChannel(
            instanceDescriptor: -1, outputDescriptor: -1, marksSocketPath: "", consoleSocketPath: "")
        _ = channel.take(Array("EWnice=1\0\0XR".utf8)[...], at: 1)
        #expect(channel.received.world == nil && channel.received.strangeBytes > 0)
    }
}
