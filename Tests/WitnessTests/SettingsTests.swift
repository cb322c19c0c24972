import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// What the witness sets right before the command. The expected figures are those of an engine's container, written out by
/// hand; what is seen is what the kernel says of the command's own process.
@Suite("Settings", .needsRoot, .needs(program: "busybox"))
struct SettingsTests {
    private static let passwd = """
        root:x:0:0:root:/root:/bin/sh
        broken
        postgres:x:999:998:PostgreSQL:/var/lib/postgresql:/bin/bash

        """
    private static let group = """
        root:x:0:
        backup:x:34:root
        postgres:x:998:
        ssl-cert:x:110:www,postgres
        staff:x:50:postgresql,other
        numbers:x:111:postgres,www

        """

    private func options(
        _ surroundings: Surroundings = Surroundings(), prelude: String? = nil, directory: String = "/"
    ) -> Instance.Options {
        Instance.Options(
            workingDirectory: directory, prelude: prelude, surroundings: surroundings,
            files: ["/etc/passwd": SettingsTests.passwd, "/etc/group": SettingsTests.group])
    }

    /// What a command prints that ends with 0.
    private func output(_ command: [String], _ options: Instance.Options) throws -> String {
        let instance = try Instance.start(command, options)
        let ending = instance.process.wait(deadlineMilliseconds: 20_000)
        let text = HostFiles.trimmed(try instance.file("/output"))
        #expect(ending == .exited(0), "\(text)")
        return text
    }

    private func status(_ options: Instance.Options) throws -> [String: String] {
        let lines = try output(["/bin/cat", "/proc/self/status"], options).split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: ":").map {
                    (String(line[..<$0]), HostFiles.trimmed(String(line[line.index(after: $0)...])))
                }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("Nothing comes from the shell that started it")
    func shell() throws {
        let prelude = "trap '' HUP USR1 PIPE; umask 077; ulimit -c unlimited; ulimit -n 100; exec /.tare/witness"
        let seen = try status(options(prelude: prelude))
        #expect(seen["Umask"] == "0022")
        #expect(seen["SigIgn"] == "0000000000000000")
        #expect(seen["SigBlk"] == "0000000000000000")
        #expect(seen["SigCgt"] == "0000000000000000")
        #expect(seen["CapBnd"] == "00000000a80425fb")
        #expect(seen["CapEff"] == "00000000a80425fb")
        #expect(seen["CapPrm"] == "00000000a80425fb")
        #expect(seen["CapInh"] == "0000000000000000")
        #expect(seen["CapAmb"] == "0000000000000000")
        #expect(seen["Groups"] == "0 34")
    }

    @Test("Limits are an engine's, or those that are asked for")
    func limits() throws {
        let asked = Surroundings(limits: [
            ResourceLimit(name: "nofile", soft: 77, hard: 88), ResourceLimit(name: "msgqueue", soft: 0, hard: 4_096),
        ])
        let text = try output(["/bin/cat", "/proc/self/limits"], options(asked))
        let lines = text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: "  ", omittingEmptySubsequences: true).map { HostFiles.trimmed(String($0)) }
        }
        func limit(_ name: String) -> [String] {
            Array(lines.first { $0.first == name }?.dropFirst().prefix(2) ?? [])
        }
        #expect(limit("Max open files") == ["77", "88"])
        #expect(limit("Max msgqueue size") == ["0", "4096"])
        #expect(limit("Max stack size").first == "8388608")
        #expect(limit("Max core file size").first == "0")
        #expect(limit("Max nice priority") == ["0", "0"])
        let plain = try output(["/bin/cat", "/proc/self/limits"], options())
        let hard = OwnLimits.hard(7).map { min($0, 524_288) } ?? 524_288
        #expect(plain.contains("\nMax open files            1024                 \(hard) "))
    }

    @Test(
        "A user is found as engines find it",
        arguments: [
            (nil, "0 0 [0 34] /root"),
            ("0", "0 0 [0 34] /root"),
            ("postgres", "999 998 [110 111 998] /var/lib/postgresql"),
            ("999", "999 998 [110 111 998] /var/lib/postgresql"),
            ("999:999", "999 999 [999] /var/lib/postgresql"),
            ("postgres:ssl-cert", "999 110 [110] /var/lib/postgresql"),
            ("12345", "12345 0 [0] /"),
            ("12345:77", "12345 77 [77] /"),
        ])
    func user(_ user: String?, _ expected: String) throws {
        let script = """
            while read key a b c d rest; do case $key in Uid:) u="$a$b$c$d";; Gid:) g="$a$b$c$d";; \
            Groups:) s="$a $b $c $d $rest";; esac; done < /proc/self/status
            echo $u $g [$(echo $s)] $HOME
            """
        let words = try output(["/bin/busybox", "sh", "-c", script], options(Surroundings(user: user)))
        // Real, effective, saved and file system ids: the same four times.
        let parts = expected.split(separator: " ", maxSplits: 2).map(String.init)
        let four = parts.prefix(2).map { String(repeating: $0, count: 4) }
        #expect(words == "\(four[0]) \(four[1]) \(parts[2])")
    }

    @Test("Another user has no capabilities, but an exec may bring those of the bounding set")
    func otherUser() throws {
        let seen = try status(options(Surroundings(user: "999", addedCapabilities: ["NET_ADMIN"])))
        #expect(seen["CapEff"] == "0000000000000000")
        #expect(seen["CapPrm"] == "0000000000000000")
        #expect(seen["CapBnd"] == "00000000a80435fb")
    }

    @Test("Capabilities that are added and dropped, all of them too")
    func capabilities() throws {
        let some = try status(options(Surroundings(droppedCapabilities: ["NET_RAW", "MKNOD"])))
        #expect(some["CapBnd"] == "00000000a00405fb")
        let one = try status(
            options(Surroundings(addedCapabilities: ["NET_BIND_SERVICE"], droppedCapabilities: ["ALL"])))
        #expect(one["CapEff"] == "0000000000000400")
        #expect(one["CapBnd"] == "0000000000000400")
    }

    @Test("The helper goes on where the command is nobody")
    func helper() throws {
        var options = options(Surroundings(user: "999:999", droppedCapabilities: ["ALL"]))
        options.readiness = .file(path: "/tmp/ready")
        let instance = try Instance.start(
            ["/bin/busybox", "sh", "-c", "busybox sleep 0.1; echo > /tmp/ready && exec busybox sleep 100"], options)
        chmod(instance.root.path + "/tmp", 0o1777)
        #expect(instance.channel.text() == "EXR")
    }

    @Test("The working directory is entered as the user, whose own streams can be opened again")
    func directory() throws {
        var options = options(Surroundings(user: "999", droppedCapabilities: []), directory: "/closed")
        options.files["/closed/file"] = ""
        options.prelude = "/bin/busybox chmod 700 /closed; exec /.tare/witness"
        let refused = try Instance.start(["true"], options)
        #expect(refused.channel.text() == "EFcannot enter the working directory /closed: Permission denied\n")
        options.prelude = "/bin/busybox chown 999 /closed; exec /.tare/witness"
        #expect(try output(["/bin/busybox", "sh", "-c", "pwd >> /proc/self/fd/1"], options) == "/closed")
    }

    @Test("The standard input is the file that was brought, read-only")
    func input() throws {
        var options = options(Surroundings(standardInput: "/any"))
        options.files["/.tare/input"] = "line one\nline two\n"
        let script = "busybox cat; { echo x >&0; } 2>/dev/null || echo closed for writing"
        let text = try output(["/bin/busybox", "sh", "-c", "PATH=/bin; \(script)"], options)
        #expect(text == "line one\nline two\nclosed for writing")
    }

    @Test(
        "Who is not in the image, or what cannot be set, is told",
        arguments: [
            (Surroundings(user: "mysql"), "user 'mysql' is not in the image's /etc/passwd"),
            (Surroundings(user: "broken"), "user 'broken' is not in the image's /etc/passwd"),
            (Surroundings(user: "postgres:nobody"), "group 'nobody' is not in the image's /etc/group"),
            (Surroundings(user: "0:nobody"), "group 'nobody' is not in the image's /etc/group"),
        ])
    func failures(_ surroundings: Surroundings, _ expected: String) throws {
        let instance = try Instance.start(["true"], options(surroundings))
        #expect(instance.channel.text() == "EF\(expected)\n")
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(127))
    }

    @Test(
        "Records that cannot be read",
        arguments: [
            ("limit=7:1", "a limit in /.tare/config is not NUMBER:SOFT:HARD: 7:1"),
            ("limit=16:1:1", "a limit in /.tare/config is not NUMBER:SOFT:HARD: 16:1:1"),
            ("limit=7:1:99999999999999999999", "a limit in /.tare/config is not NUMBER:SOFT:HARD: "),
            ("usual-limit=7:x:1", "a limit in /.tare/config is not NUMBER:SOFT:HARD: 7:x:1"),
            ("capabilities=xyz", "a set of capabilities in /.tare/config is not hexadecimal: xyz"),
            ("capabilities=", "a set of capabilities in /.tare/config is not hexadecimal: "),
            ("capabilities=11112222333344445", "a set of capabilities in /.tare/config is not hexadecimal: "),
            ("stop-signal=0", "stop-signal in /.tare/config is not a number from 1 to 64: 0"),
            ("input=pipe", "unknown record in /.tare/config: input=pipe"),
            ("input=file", "cannot open /.tare/input: No such file or directory"),
            // A hard limit of which the kernel itself has less.
            ("limit=7:2000000000:2000000000", "cannot set resource limit 7: Operation not permitted"),
        ])
    func records(_ record: String, _ expected: String) throws {
        let bytes = Array("arg=true\0\(record)\0".utf8)
        let instance = try Instance.start([], Instance.Options(configuration: bytes))
        #expect(instance.channel.text().hasPrefix("EF\(expected)"))
    }
}
