import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

/// Expected marks are those of the protocol at the head of Sources/witness/Channel/MarkProtocol.swift.
@Suite("Marks", .needsRoot, .needs(program: "busybox"))
struct MarkTests {
    /// All that comes through the channel, which must end by itself while the command still runs.
    private func marks(_ script: String, _ readiness: Readiness, deadline: Double = 30) throws -> String {
        let instance = try Instance.start(
            ["sh", "-c", script], Instance.Options(readiness: readiness, deadlineSeconds: deadline))
        return instance.channel.text()
    }

    @Test("started: executed and ready are one event")
    func started() throws {
        #expect(try marks("exec sleep 100", .started) == "EXR")
    }

    @Test("A witness that is not PID 1 does the same")
    func notFirst() throws {
        let instance = try Instance.start(["sleep", "100"], Instance.Options(ownPIDs: false))
        #expect(instance.channel.text() == "EXR")
    }

    @Test("On descriptor 3, where a runtime keeps the standard streams to itself")
    func preserved() throws {
        let witness = WitnessConfiguration.witnessPath
        let prelude = "exec 3<&0 0</dev/null; exec \(witness) --preserved"
        let instance = try Instance.start(["sleep", "100"], Instance.Options(prelude: prelude))
        #expect(instance.channel.text() == "EXR")
        let echo = try Instance.start([], Instance.Options(configuration: [0], prelude: prelude + " --echo"))
        echo.channel.send(Array("abc".utf8))
        #expect(echo.channel.text(until: "c") == "Eabc")
    }

    @Test("tcp, on a loopback interface that was down")
    func tcp() throws {
        #expect(try marks("sleep 0.1; nc -l -p 7000; sleep 100", .tcp(port: 7_000)) == "EXR")
    }

    @Test("file, which appears later")
    func file() throws {
        #expect(try marks("sleep 0.1; touch /tmp/ready; sleep 100", .file(path: "/tmp/ready")) == "EXR")
    }

    @Test("http, from a real server")
    func http() throws {
        let script = "exec httpd -f -p 8080 -h /bin"
        #expect(try marks(script, .http(port: 8_080, path: "/busybox")) == "EXR")
    }

    @Test("http: a redirection counts as ready", arguments: [200, 302, 399])
    func httpAnswers(_ status: Int) throws {
        let script = "printf 'HTTP/1.0 \(status) Any\\r\\n\\r\\n' | nc -l -p 80; sleep 100"
        #expect(try marks(script, .http(port: 80, path: "/")) == "EXR")
    }

    @Test("http: what is not ready yet is asked again")
    func httpAgain() throws {
        let answers = ["HTTP/1.1 503 Later", "SSH-2.0-none", "HTTP/1.1 400 No", "HTTP/1.1 204 Yes"]
        let script = answers.map { "printf '\($0)\\r\\n\\r\\n' | nc -l -p 80;" }.joined() + " sleep 100"
        #expect(try marks(script, .http(port: 80, path: "/")) == "EXR")
    }

    @Test("http: the request is one that every server understands")
    func httpRequest() throws {
        let reader = #"while read l; do l=$(echo "$l" | tr -d '\r'); [ -n "$l" ] || break; echo "$l"; done > /tmp/got"#
        let script =
            "printf '#!/bin/sh\\n%s\\nprintf \"HTTP/1.1 200 OK\\r\\n\\r\\n\"\\n' '\(reader.replacing("'", with: "'\\''"))'"
            + " > /tmp/answer; chmod 755 /tmp/answer; nc -l -p 80 -e /tmp/answer; sleep 100"
        let instance = try Instance.start(
            ["/bin/busybox", "sh", "-c", script.replacing("chmod", with: "busybox chmod")],
            Instance.Options(
                readiness: .http(port: 80, path: "/health?x=1"),
                environment: ["PATH": "/bin"]))
        #expect(instance.channel.text() == "EXR")
        let lines = try instance.file("/tmp/got").split(separator: "\n")
        #expect(lines.first == "GET /health?x=1 HTTP/1.1")
        #expect(lines.contains("Host: 127.0.0.1:80"))
        #expect(lines.contains("Connection: close"))
    }
}
