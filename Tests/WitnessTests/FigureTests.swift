import BenchmarkModel
import Foundation
import LinuxSystem
import TestSupport
import Testing

/// What the witness sends behind the end of a command: how long it took, and the files that figures are read from.
@Suite("What comes behind a command's end", .needsRoot, .needs(program: "busybox"))
struct FigureTests {
    private func start(
        _ script: String, _ files: [String] = [], ready: Readiness = .completed, deadline: Double = 30, own: Bool = true
    ) throws -> Instance {
        try Instance.start(
            ["sh", "-c", script],
            Instance.Options(readiness: ready, deadlineSeconds: deadline, ownPIDs: own, figureFiles: files))
    }

    /// A sleep lasts at least as long as it says, by any clock that is none's invention.
    @Test("The time of its own clock is that of the command", arguments: [true, false])
    func time(_ own: Bool) throws {
        let before = MonotonicClock.now()
        let instance = try start("sleep 0.3; exit 5", own: own)
        let (text, nanoseconds) = instance.channel.textAndTime()
        let passed = MonotonicClock.now() - before
        #expect(text == "EXDe5\n")
        #expect(try #require(nanoseconds) >= 300_000_000)
        #expect(try #require(nanoseconds) <= passed)
    }

    @Test("Other conditions end as they did", arguments: [Readiness.started, .file(path: "/bin/sh")])
    func others(_ readiness: Readiness) throws {
        let instance = try start("sleep 0.1", ["/bin/sh"], ready: readiness)
        #expect(withExtendedLifetime(instance) { instance.channel.text() } == "EXR")
    }

    @Test("Files are sent whole, in their order, whatever they are", arguments: [true, false])
    func files(_ own: Bool) throws {
        let script = """
            printf 'a\\0\\nT5\\nP0\\n' > /tmp/a; busybox head -c 300000 /bin/busybox > /tmp/b; : > /tmp/c
            busybox ln -s /tmp/a /tmp/l; busybox mkfifo /tmp/f; exit 3
            """
        let paths = ["/tmp/b", "/tmp/a", "/tmp/c", "/tmp/l", "/tmp/f", "/tmp", "/tmp/none", "/dev/null", "/tmp/a/b"]
        let instance = try start(script, paths, own: own)
        let program = try Data(contentsOf: URL(fileURLWithPath: Instance.busybox))
        let text = Array("a\0\nT5\nP0\n".utf8)
        #expect(
            instance.channel.files() == [
                .text(Array(program.prefix(300_000))), .text(text), .text([]), .text(text),
                .absent("it is no regular file"), .absent("it is no regular file"),
                .absent("No such file or directory"), .absent("it is no regular file"), .absent("Not a directory"),
            ])
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(3))
    }

    /// An absolute link leads to a file of the instance's root, and never to one of the host's.
    @Test("No link leads out of the instance's root")
    func outside() throws {
        let host = try TemporaryDirectory()
        try HostFiles.create(host.path + "/secret", bytes: Array("host".utf8))
        let script = "busybox ln -s \(host.path)/secret /tmp/l; busybox ln -s ../../../..\(host.path)/secret /tmp/m"
        let instance = try start(script, ["/tmp/l", "/tmp/m"])
        let files = withExtendedLifetime(instance) { instance.channel.files() }
        #expect(files == Array(repeating: .absent("No such file or directory"), count: 2))
    }

    @Test("What is too long is not sent, and what grows is not waited for")
    func long() throws {
        let limit = FigureSpec.mostTextBytes
        let script = """
            busybox truncate -s \(limit) /tmp/most; busybox truncate -s \(limit + 1) /tmp/more
            (while :; do echo x >> /tmp/grows; done) & sleep 0.1
            """
        let instance = try start(script, ["/tmp/most", "/tmp/more", "/tmp/grows"])
        let files = withExtendedLifetime(instance) { instance.channel.files() }
        #expect(files.first == .text([UInt8](repeating: 0, count: limit)))
        #expect(
            files.dropFirst().first == .absent("it is longer than the 4 MiB in which figures are looked for"))
        #expect(files.count == 3)
    }

    @Test("After its deadline nothing more is said")
    func deadline() throws {
        let instance = try start("sleep 0.5", ["/bin/sh"], deadline: 0.2)
        #expect(instance.channel.text() == "EXFreadiness deadline of 0.2 s passed: the command has not ended\n")
    }
}
