import BenchmarkModel
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// Words of the system in the expected texts are those of strerror(3) and regerror(3) of the GNU C library.
@Suite("Failure marks", .needsRoot, .needs(program: "busybox"))
struct FailureTests {
    private func text(_ command: [String], _ options: Instance.Options = Instance.Options()) throws -> String {
        let instance = try Instance.start(command, options)
        return instance.channel.text()
    }

    @Test(
        "A command that cannot be executed",
        arguments: [
            ("nginxx", "command not found in the image: nginxx"),
            ("/opt/nothing", "command not found in the image: /opt/nothing"),
            ("/.tare/config", "cannot execute /.tare/config: Permission denied"),
            ("/tmp", "cannot execute /tmp: Permission denied"),
            ("/bin/script", "cannot execute /bin/script: its interpreter or loader is not in the image"),
        ])
    func notExecutable(_ command: String, _ expected: String) throws {
        // Made by the prelude, since the root is made by start().
        let prelude = "printf '#!/no/such\\n' > /bin/script; busybox chmod 755 /bin/script; exec /.tare/witness"
        let instance = try Instance.start([command], Instance.Options(prelude: "PATH=/bin; " + prelude))
        #expect(instance.channel.text() == "EF\(expected)\n")
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(127))
        #expect(try instance.file("/output") == "tare witness: \(expected)\n")
    }

    @Test("PATH is the command's own")
    func path() throws {
        let options = Instance.Options(environment: ["PATH": "/srv"])
        #expect(try text(["sleep", "1"], options) == "EFcommand not found in the image: sleep\n")
    }

    @Test("A working directory that is not there")
    func workingDirectory() throws {
        let expected = "EFcannot enter the working directory /no: No such file or directory\n"
        #expect(try text(["true"], Instance.Options(workingDirectory: "/no")) == expected)
    }

    @Test(
        "A deadline names the condition and what was seen last",
        arguments: [
            ("sleep 100", Readiness.tcp(port: 7), "TCP port 7 accepts a connection; last seen: Connection refused"),
            ("sleep 100", .file(path: "/x"), "the file /x exists; last seen: No such file or directory"),
            (
                "while :; do printf 'HTTP/1.1 500 No\\r\\n\\r\\n' | nc -l -p 80; done", .http(port: 80, path: "/a"),
                "HTTP GET 127.0.0.1:80/a answers 200 to 399; last seen: "
            ),
            ("sleep 100", .completed, "the command has not ended"),
        ])
    func deadline(_ script: String, _ readiness: Readiness, _ expected: String) throws {
        let text = try text(["sh", "-c", script], Instance.Options(readiness: readiness, deadlineSeconds: 3.5))
        #expect(text.hasPrefix("EXFreadiness deadline of 3.5 s passed: \(expected)"))
        #expect(text.hasSuffix("\n"))
    }

    @Test("A deadline over a server that answers wrongly tells its status")
    func status() throws {
        let options = Instance.Options(readiness: .http(port: 80, path: "/no"), deadlineSeconds: 3.5)
        let text = try text(["httpd", "-f", "-p", "80", "-h", "/srv"], options)
        #expect(text.hasSuffix("last seen: HTTP status 404\n"))
    }

    @Test("A server that accepts and never answers does not outlast the deadline")
    func silentServer() throws {
        let options = Instance.Options(readiness: .http(port: 80, path: "/"), deadlineSeconds: 3.5)
        let text = try text(["sh", "-c", "sleep 100 | nc -l -p 80"], options)
        #expect(text.hasSuffix("last seen: Connection timed out\n"))
    }

    @Test("A command that ends early ends the stream without ready, where the witness is not PID 1")
    func endsEarly() throws {
        let options = Instance.Options(readiness: .tcp(port: 7), ownPIDs: false)
        let instance = try Instance.start(["sh", "-c", "exit 3"], options)
        #expect(instance.channel.text() == "EX")
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(3))
    }

    @Test("As PID 1 its end ends the stream without ready")
    func endsEarlyAsFirst() throws {
        let instance = try Instance.start(["sh", "-c", "exit 3"], Instance.Options(readiness: .tcp(port: 7)))
        #expect(["EX", "E"].contains(instance.channel.text()))
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(3))
    }

    @Test(
        "A configuration that is not understood",
        arguments: [
            ("", "/.tare/config does not end with a NUL"),
            ("arg=tr", "/.tare/config does not end with a NUL"),
            ("cwd=/\0", "/.tare/config has no command"),
            ("arg=true\0colour=red\0", "unknown record in /.tare/config: colour=red"),
            ("arg=true\0a\nb\0", "unknown record in /.tare/config: a?b"),
            ("arg=true\0ready=line:x\0", "unknown readiness condition in /.tare/config: line:x"),
            ("arg=true\0ready=tcp:0\0", "unknown readiness condition in /.tare/config: tcp:0"),
            ("arg=true\0ready=tcp:65536\0", "unknown readiness condition in /.tare/config: tcp:65536"),
            ("arg=true\0ready=http:80\0", "unknown readiness condition in /.tare/config: http:80"),
            ("arg=true\0ready=http:80/a b\0", "unknown readiness condition in /.tare/config: http:80/a b"),
            (
                "arg=true\0deadline-ms=99999999999999999999\0",
                "deadline-ms in /.tare/config is not a number up to 86400000: 99999999999999999999"
            ),
            ("arg=true\0probe-us=0\0", "probe-us in /.tare/config is not a number from 1 to 1000000: 0"),
        ])
    func configuration(_ bytes: String, _ expected: String) throws {
        let options = Instance.Options(configuration: Array(bytes.utf8))
        #expect(try text([], options) == "EF\(expected)\n")
    }

    @Test("A failure's text is bounded")
    func bounded() throws {
        let text = try text([String(repeating: "x", count: 5_000)])
        #expect(text.hasPrefix("EFcannot execute xxx"))
        #expect(text.utf8.count == 1_003)
    }

    @Test("An unknown argument is refused without a mark")
    func usage() throws {
        let instance = try Instance.start([], Instance.Options(arguments: ["--what"], configuration: [0]))
        #expect(instance.process.wait(deadlineMilliseconds: 20_000) == .exited(64))
        #expect(instance.channel.text() == "")
    }
}
