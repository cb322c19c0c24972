import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// That with which a workload's command runs, as suites say it.
@Suite struct SurroundingsTests {
    private static let command = "command: [/.tare/witness, pause]"

    private func workload(_ keys: String, in directory: String = "/nowhere") throws -> Workload {
        let text = SuiteText.good.replacing(
            SurroundingsTests.command, with: SurroundingsTests.command + "\n    " + keys)
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: directory)
        return try #require(document.suite.workloads.first)
    }

    @Test func allKeysAtOnce() throws {
        let place = try TemporaryDirectory()
        try HostFiles.create(place.path + "/in", bytes: Array("input".utf8))
        let read = try workload(
            """
            user: postgres:999
                stdin: in
                shm: 1MiB
                tmpfs: {/run/a/b: 4KiB, /run//a/./: 1GiB}
                ulimits: {nofile: 64, core: unlimited, stack: {soft: 1048576, hard: unlimited}}
                capabilities: {add: [cap_net_admin, SYS_TIME], drop: [all]}
                stop-signal: quit
            """, in: place.path)
        #expect(
            read.surroundings
                == Surroundings(
                    user: "postgres:999", standardInput: place.path + "/in", sharedMemoryBytes: 1 << 20,
                    temporary: [
                        TemporaryFileSystem(path: "/run/a", bytes: 1 << 30),
                        TemporaryFileSystem(path: "/run/a/b", bytes: 4_096),
                    ],
                    limits: [
                        ResourceLimit(name: "stack", soft: 1 << 20, hard: nil),
                        ResourceLimit(name: "core", soft: nil, hard: nil),
                        ResourceLimit(name: "nofile", soft: 64, hard: 64),
                    ], addedCapabilities: ["NET_ADMIN", "SYS_TIME"], droppedCapabilities: ["ALL"],
                    stopSignal: "SIGQUIT"))
    }

    @Test func whatIsLeftOutIsAnEngines() throws {
        let read = try workload("cpus: 1")
        #expect(read.surroundings == Surroundings())
        #expect(read.surroundings.sharedMemoryBytes == 64 << 20)
    }

    @Test(arguments: [
        ("SIGTERM", "SIGTERM"), ("term", "SIGTERM"), ("15", "SIGTERM"), ("SIGRTMIN+3", "SIGRTMIN+3"),
        ("37", "SIGRTMIN+3"), ("RTMAX-30", "SIGRTMIN"), ("sigkill", "SIGKILL"),
    ]) func signals(_ written: String, _ read: String) throws {
        #expect(try workload("stop-signal: \(written)").surroundings.stopSignal == read)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var keys: String
        var column: Int
        var message: String
        var remedy: String
        var testDescription: String { keys }
        init(_ keys: String, _ column: Int, _ message: String, _ remedy: String) {
            (self.keys, self.column, self.message, self.remedy) = (keys, column, message, remedy)
        }
    }

    /// The key stands in line 6, from column 5.
    static let bad: [Bad] = [
        Bad("user: a b", 11, "user: 'a b' is no user", "NAME, NAME:GROUP, UID or UID:GID"),
        Bad("user: 2147483648", 11, "user: '2147483648' is no user", "up to 2147483647"),
        Bad("user: a:b:c", 11, "user: 'a:b:c' is no user", "Write NAME"),
        Bad("user: ':1'", 11, "user: ':1' is no user", "Write NAME"),
        Bad("user: [a]", 11, "user: expected a text, found a list", "plain or quoted"),
        Bad("stdin: none", 12, "stdin: /nowhere/none is not there or not readable", "Name a file"),
        Bad("stdin: ../x", 12, "stdin: '../x' holds '..'", "Write an absolute path"),
        Bad("stdin: /usr", 12, "stdin: /usr is no regular file", "Name a file that holds"),
        Bad("stdin: /dev/zero", 12, "stdin: /dev/zero is no regular file", "Name a file that holds"),
        Bad("shm: 1KiB", 10, "shm of 1KiB is out of range", "Write 4KiB or more"),
        Bad("shm: big", 10, "shm: expected a number with a unit", "KiB, MiB, GiB"),
        Bad("tmpfs: [/a]", 12, "tmpfs: expected a mapping, found a list", "'PATH: SIZE'"),
        Bad("tmpfs: {}", 12, "tmpfs: there is none", "Give a path and a size"),
        Bad("tmpfs: {a: 1MiB}", 13, "tmpfs: 'a' is no absolute path without '..'", "from '/'."),
        Bad("tmpfs: {/a/../b: 1MiB}", 13, "tmpfs: '/a/../b' is no absolute path", "from '/'."),
        Bad("tmpfs: {/: 1MiB}", 13, "tmpfs: the root cannot be replaced", "Name a folder"),
        Bad("tmpfs: {/dev/./shm: 1MiB}", 13, "tmpfs: /dev/./shm is tare's own", "with 'shm:'"),
        Bad("tmpfs: {//proc: 1MiB}", 13, "tmpfs: //proc is tare's own", "shm"),
        Bad("tmpfs: {/sys/x: 1MiB}", 13, "tmpfs: /sys/x is tare's own", "shm"),
        Bad("tmpfs: {/.tare: 1MiB}", 13, "tmpfs: /.tare is tare's own", "shm"),
        Bad("tmpfs: {/a: 1MiB, /a/: 1MiB}", 23, "tmpfs: /a is given twice", "Remove one"),
        Bad("tmpfs: {/a: 1}", 17, "tmpfs: /a: expected a number with a unit", "KiB"),
        Bad("ulimits: {file: 1}", 15, "ulimits: unknown key 'file'", "Known keys: cpu, fsize"),
        Bad("ulimits: {nofile: many}", 23, "ulimits: nofile: expected a whole number", "from 0 to 1048576."),
        Bad("ulimits: {nofile: 1048577}", 23, "ulimits: nofile: 1048577 is out of range", "to 1048576."),
        Bad("ulimits: {nofile: unlimited}", 23, "ulimits: nofile: no kernel gives it", "from 0 to 1048576"),
        Bad("ulimits: {core: -1}", 21, "ulimits: core: -1 is out of range", "from 0"),
        Bad("ulimits: {core: {soft: 1}}", 21, "core: 'hard' is missing", "Up to which"),
        Bad("ulimits: {core: {soft: 2, hard: 1}}", 21, "ulimits: core: the soft limit is greater", "up to the hard"),
        Bad("ulimits: {core: {soft: unlimited, hard: 1}}", 21, "ulimits: core: the soft limit", "up to the hard"),
        Bad("capabilities: [NET_ADMIN]", 19, "capabilities: expected a mapping", "Known keys: add, drop."),
        Bad("capabilities: {add: [net]}", 26, "capabilities: 'net' is no capability", "such as NET_ADMIN"),
        Bad("capabilities: {add: [ALL]}", 26, "capabilities: ALL cannot be added", "Name those"),
        Bad("capabilities: {drop: [KILL, CAP_KILL]}", 33, "capabilities: KILL is given twice", "Remove one"),
        Bad(
            "capabilities: {add: [SYSLOG], drop: [syslog]}", 26, "capabilities: SYSLOG is both added", "one of the two"),
        Bad("stop-signal: SIGWHAT", 18, "stop-signal: 'SIGWHAT' is no signal", "such as SIGTERM"),
        Bad("stop-signal: 33", 18, "stop-signal: '33' is no signal", "kill -l"),
        Bad("stop-signal: RTMIN+31", 18, "stop-signal: 'RTMIN+31' is no signal", "kill -l"),
    ]

    @Test(arguments: bad) func isRefusedWithItsPlace(_ bad: Bad) throws {
        let text = SuiteText.good.replacing(
            SurroundingsTests.command, with: SurroundingsTests.command + "\n    " + bad.keys)
        let errors = SuiteText.errors(text)
        let error = try #require(errors.first { $0.message.hasPrefix(bad.message) }, "\(errors)")
        #expect(error.location.map { "\($0.line):\($0.column)" } == "6:\(bad.column)", "\(error)")
        #expect(error.remedy?.contains(bad.remedy) == true, "\(error)")
    }

    @Test func aStandardInputIsBounded() throws {
        let place = try TemporaryDirectory()
        try HostFiles.create(place.path + "/large", bytes: [UInt8](repeating: 65, count: (8 << 20) + 1))
        let error = try #require(#expect(throws: SuiteErrors.self) { try workload("stdin: large", in: place.path) })
        #expect(error.description.contains("s.yaml:6:12: stdin: ") && error.description.contains("at most 8 MiB"))
    }

    /// What no kernel takes is told at the very item.
    @Test func argumentsAndVariablesThatNoKernelTakes() throws {
        let long = String(repeating: "x", count: 131_072)
        func place(_ command: String, _ environment: String) -> String {
            let text = SuiteText.good.replacing(
                SurroundingsTests.command, with: "command:\n\(command)\n    environment:\n\(environment)")
            return SuiteText.errors(text).map { error in
                "\(error.location?.line ?? 0): \(error.message.prefix(70))"
            }.joined(separator: "; ")
        }
        #expect(
            place("      - /bin/true\n      - \(long)", "      A: b")
                == "7: command: 131072 bytes are more than the 131071 that the kernel takes i")
        #expect(
            place("      - /bin/true", "      A: b\n      C: \(long.dropLast(2))")
                == "9: environment: C: 131072 bytes are more than the 131071 that the kernel ")
        #expect(place("      - /bin/true", "      A: b\n      C: \(long.dropLast(3))") == "")
        #expect(
            place("      - /bin/true\n      - \"a\\0b\"", "      A: \"\\0\"")
                == "7: command: holds the control character U+0; 9: environment: A: holds the control character U+0")
        #expect(
            place("      - /bin/true", "      A: b\n      'C=D': e\n      '': f")
                == "9: environment: 'C=D' is no variable's name; 10: environment: '' is no variable's name")
        // Each is allowed, all together are too much under a small stack: told at the longest.
        let half = String(repeating: "y", count: 70_000)
        let text = SuiteText.good.replacing(
            SurroundingsTests.command,
            with: "ulimits: {stack: 65536}\n    command:\n      - /bin/true\n      - \(half)\n      - \(half)z")
        let error = try #require(SuiteText.errors(text).first)
        #expect(error.location?.line == 9, "\(error.message)")
        #expect(error.message.hasPrefix("command and environment take 140"))
        #expect(error.message.contains("and the kernel takes 131072 of them"))
    }

    @Test func aCommandMayBeTheImagesOwn() throws {
        let text = SuiteText.good.replacing("    \(SurroundingsTests.command)\n", with: "")
        #expect(SuiteText.errors(text).map(\.message) == ["workload: 'command' is missing"])
    }

    @Test func whatThisHostCannotGiveIsRefusedBeforeItIsMeasured() throws {
        let text = SuiteText.good.replacing(
            SurroundingsTests.command,
            with: SurroundingsTests.command
                + "\n    ulimits:\n      core: 5\n      nofile: 4096\n    capabilities: {add: [SYS_TIME]}")
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/")
        func error(_ limit: UInt64?, _ capabilities: UInt64) throws -> TareError {
            let rights = InstanceRights(limit: { $0 == 7 ? limit : nil }, capabilities: capabilities)
            return try #require(#expect(throws: TareError.self) { try rights.check(document) })
        }
        let files = try error(4_095, .max)
        #expect(
            files.description
                == "s.yaml:8:15: workload 'noop' asks for nofile up to 4096, and tare itself may have 4095 here. "
                + "Ask for 4095 at the most, or start tare with a greater hard limit (ulimit -H).")
        #expect(files.exitCode == 1)
        // Number 25 of capabilities(7).
        let time = try error(nil, ~(1 << 25))
        #expect(
            time.message == "workload 'noop' asks for the capability SYS_TIME, which tare itself does not have here")
        #expect(time.location?.line == 9)
        try InstanceRights(limit: { _ in 4_096 }, capabilities: 1 << 25).check(document)
    }

    @Test func aPolicyNamesCapabilitiesAndFolders() throws {
        let place = try TemporaryDirectory()
        try HostFiles.create(place.path + "/in", bytes: [65])
        let text = SuiteText.good.replacing(
            SurroundingsTests.command,
            with: SurroundingsTests.command
                + "\n    stdin: \(place.path)/in\n    capabilities: {add: [NET_ADMIN, SYSLOG]}"
        ).replacing("  - process\n", with: "")
        let document = try SuiteReader.parse(text: text, file: "s.yaml", baseDirectory: "/")
        var policy = Policy()
        let told = policy.refusals(document).map { "\($0.location?.line ?? 0): \($0.message)" }
        #expect(told.contains { $0.hasPrefix("6: the standard input \(place.path)/in is not allowed") }, "\(told)")
        #expect(told.contains { $0.hasPrefix("7: the capability NET_ADMIN is not allowed") })
        #expect(told.count == 3)
        policy.capabilities = ["CAP_NET_ADMIN", "SYSLOG"]
        policy.rootfs = [place.path]
        #expect(policy.refusals(document).isEmpty)
        let reach = SuiteReach.lines(document.suite, folder: "/srv")
        #expect(reach.contains("workload 'noop': reads the standard input \(place.path)/in"))
        #expect(reach.contains("workload 'noop': has the capabilities NET_ADMIN, SYSLOG besides an engine's"))
    }
}
