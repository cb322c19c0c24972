import Foundation
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

/// A server in a network namespace of its own, asked from outside of it.
@Suite(.needsRoot, .needs(program: "busybox")) struct ServerProbeTests {
    let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory() }

    /// A shell command behind the raising of the loopback interface, as the first process of the namespace.
    private func serve(_ command: String) throws -> ChildProcess {
        var request = SpawnRequest(
            path: "/bin/sh", arguments: ["sh", "-c", "busybox ip link set lo up; exec \(command)"],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            descriptors: (Null.shared, Null.shared, Null.shared))
        request.namespaces = [.network, .pid]
        return try ChildProcess.spawn(request)
    }

    /// On a thread that ends, because it stays in the other namespace.
    private func problem(_ pid: Int32, _ request: String?, patience: Int = 5_000) -> String? {
        let found = Mutex<String?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread {
            let problem = ServerProbe.problem(inNetworkOf: pid, port: 8_080, request: request, patience: patience)
            found.withLock { $0 = problem }
            done.signal()
        }.start()
        done.wait()
        return found.withLock { $0 }
    }

    @Test func aServerIsAsked() throws {
        try HostFiles.makeDirectory(scratch.path + "/there")
        try HostFiles.create(scratch.path + "/index.html", bytes: Array("hello".utf8))
        let server = try serve("busybox httpd -f -p 127.0.0.1:8080 -h \(scratch.path)")
        defer { server.end(graceMilliseconds: 0) }
        #expect(eventually { problem(server.pid, nil) == nil })
        #expect(problem(server.pid, "/") == nil)
        #expect(problem(server.pid, "/index.html") == nil)
        // A redirection is an answer too: busybox sends a directory's name without '/' elsewhere.
        #expect(problem(server.pid, "/there") == nil)
        #expect(problem(server.pid, "/missing") == "port 8080 answered with the status 404")
    }

    @Test func nobodyListens() throws {
        let nobody = try serve("sleep 100")
        defer { nobody.end(graceMilliseconds: 0) }
        #expect(eventually { problem(nobody.pid, nil)?.contains("Connection refused") == true })
        #expect(problem(nobody.pid, "/")?.hasPrefix("connecting to 127.0.0.1:8080") == true)
    }

    /// A server that accepts and says nothing is not ready, and is not waited for without end.
    @Test func aSilentServerIsNoServer() throws {
        let server = try serve("busybox nc -ll -p 8080 -e sleep 100")
        defer { server.end(graceMilliseconds: 0) }
        #expect(eventually { problem(server.pid, nil) == nil })
        #expect(problem(server.pid, "/", patience: 200) == "port 8080 gave no HTTP answer")
    }

    @Test(
        arguments: [
            ("HTTP/1.1 204 No Content", nil), ("220 mail.example ESMTP", "port 8080 gave no HTTP answer"),
            ("HTTP/1.1", "port 8080 gave no HTTP answer"), ("HTTP/1.0 503 x", "port 8080 answered with the status 503"),
        ] as [(String, String?)])
    func theStatusIsWhatCounts(line: String, expected: String?) throws {
        // In pieces, as a slow server sends it: the first piece ends before the status.
        let script =
            "#!/bin/sh\nprintf '%s' '\(line.prefix(4))'; busybox usleep 30000; printf '%s\\r\\n\\r\\n' "
            + "'\(line.dropFirst(4))'\n"
        try HostFiles.create(scratch.path + "/answer", bytes: Array(script.utf8), mode: 0o755)
        let server = try serve("busybox nc -ll -p 8080 -e \(scratch.path)/answer")
        defer { server.end(graceMilliseconds: 0) }
        #expect(eventually { problem(server.pid, nil) == nil })
        #expect(problem(server.pid, "/") == expected)
    }

    @Test func aProcessThatIsGoneIsSaidToBe() throws {
        let process = try serve("true")
        _ = process.wait(deadlineMilliseconds: 10_000)
        #expect(problem(process.pid, nil) == "process \(process.pid) is not there any more")
    }
}
