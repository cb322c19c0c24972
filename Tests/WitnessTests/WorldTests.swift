import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

/// What the witness tells in the place of a command. Expected records are those at the head of MarkProtocol.swift.
@Suite("The world of a command", .needsRoot, .needs(program: "busybox"))
struct WorldTests {
    private func records(_ prelude: String = "", _ options: Instance.Options = Instance.Options()) throws -> [String] {
        var options = options
        options.prelude = "\(prelude) exec \(WitnessConfiguration.witnessPath) --world"
        let instance = try Instance.start(["never-run"], options)
        let text = instance.channel.text(until: "\0\0")
        #expect(text.hasPrefix("EW") && text.hasSuffix("\0\0"))
        // After it the channel is an echo.
        instance.channel.send(Array("abc".utf8))
        #expect(instance.channel.text(until: "abc").hasSuffix("\0\0abc"))
        return text.dropFirst(2).split(separator: "\0").map(String.init)
    }

    @Test("It is that of this process, and changes with it")
    func planted() throws {
        let plain = try records()
        #expect(plain.contains("cwd=/") && plain.contains("first-process=yes") && plain.contains("stream=0 c 1:3"))
        #expect(plain.contains("env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
        #expect(plain.contains("node=null c 666 1:3"))
        #expect(plain.contains { $0.hasPrefix("mount=/proc proc ") })
        #expect(plain.contains { $0.hasPrefix("status=CapEff: ") } && plain.contains("nice=0"))
        #expect(!plain.contains { $0.contains("INHERITED") })
        let changed = try records(
            "busybox mkdir /dev/sub; busybox mkfifo -m 640 /dev/sub/pipe; busybox mount -t tmpfs -o size=1m none /tmp;",
            Instance.Options(environment: ["A": "b\tc\u{7}"], workingDirectory: "/srv", ownPIDs: false))
        #expect(changed.contains("cwd=/srv") && changed.contains("first-process=no"))
        #expect(changed.contains("env=A=b c?"))
        #expect(changed.contains("node=sub d 755") && changed.contains("node=sub/pipe p 640"))
        #expect(changed.contains { $0.hasPrefix("mount=/tmp tmpfs ") && $0.contains("size=1024k") })
    }

    @Test("It is that of the command's user, after all settings")
    func settings() throws {
        var options = Instance.Options()
        options.surroundings = Surroundings(
            user: "1000:1001", limits: [ResourceLimit(name: "nofile", soft: 77, hard: 78)])
        let found = try records("umask 0;", options)
        #expect(found.contains("status=Uid: 1000 1000 1000 1000") && found.contains("status=Gid: 1001 1001 1001 1001"))
        #expect(found.contains("limit=7 77 78") && found.contains("status=Umask: 0022"))
        #expect(found.contains("status=CapEff: 0000000000000000"))
        // What belongs to root alone in /proc is none of what is told.
        #expect(found.contains { $0.hasPrefix("mount=/proc proc ") } && found.contains("oom-score-adj=0"))
    }

    @Test("What does not fit is cut, and that is said")
    func bounded() throws {
        let long = String(repeating: "x", count: 5_000)
        let names = (0..<80).map { "N\($0)" }
        let found = try records(
            "", Instance.Options(environment: Dictionary(uniqueKeysWithValues: names.map { ($0, long) })))
        #expect(found.contains("cut="))
        #expect(found.allSatisfy { $0.utf8.count <= 1_000 })
        #expect(found.reduce(0) { $0 + $1.utf8.count + 1 } < 64 << 10)
    }

    @Test("What ends a start before its command ends this too")
    func failure() throws {
        let instance = try Instance.start(
            ["true"], Instance.Options(arguments: ["--world"], workingDirectory: "/nowhere"))
        #expect(instance.channel.text().hasPrefix("EFcannot enter the working directory /nowhere"))
    }
}
