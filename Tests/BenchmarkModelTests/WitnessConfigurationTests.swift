import BenchmarkModel
import Testing

/// The expected bytes are written out by hand from the format at the head of Sources/witness/Command/Configuration.swift.
@Suite("The witness's configuration")
struct WitnessConfigurationTests {
    private func records(_ workload: Workload) -> [String] {
        let bytes = WitnessConfiguration.encode(workload)
        #expect(bytes.last == 0)
        return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func workload(_ readiness: Readiness, deadline: Double = 60) -> Workload {
        Workload(
            name: "w", image: .rootfs(path: "/image"), command: ["sleep", "", "1"], readiness: readiness,
            readinessDeadlineSeconds: deadline)
    }

    @Test("All records stand in their order, with the environment sorted")
    func everything() {
        let workload = Workload(
            name: "w", image: .rootfs(path: "/image"), command: ["/bin/sh", "-c", "echo é"],
            environment: ["B": "2=3", "A": "", "C": "x y"], workingDirectory: "/srv",
            readiness: .http(port: 80, path: "/a?b=c"), readinessDeadlineSeconds: 2.5)
        // A container's usual limits and capabilities, written out by hand from setrlimit(2) and capabilities(7).
        let expected = """
            arg=/bin/sh|arg=-c|arg=echo é|env=A=|env=B=2=3|env=C=x y|cwd=/srv|usual-limit=0:unlimited:unlimited|\
            usual-limit=1:unlimited:unlimited|usual-limit=2:unlimited:unlimited|usual-limit=3:8388608:unlimited|\
            usual-limit=4:0:unlimited|usual-limit=5:unlimited:unlimited|usual-limit=6:unlimited:unlimited|\
            usual-limit=7:1024:524288|usual-limit=8:8388608:8388608|usual-limit=9:unlimited:unlimited|\
            usual-limit=10:unlimited:unlimited|usual-limit=11:32768:32768|usual-limit=12:819200:819200|\
            usual-limit=13:0:0|usual-limit=14:0:0|usual-limit=15:unlimited:unlimited|capabilities=a80425fb|\
            guest-capabilities=1ffffffffff|ready=http:80/a?b=c|deadline-ms=2500|probe-us=1000|
            """
        #expect(
            WitnessConfiguration.encode(workload) == Array(expected.replacing("|", with: "\0").utf8))
    }

    @Test("What a suite says of the surroundings, within tare's own limits")
    func surroundings() {
        let surroundings = Surroundings(
            user: "postgres:999", standardInput: "/host/in",
            limits: [
                ResourceLimit(name: "nofile", soft: 64, hard: 4_096), ResourceLimit(name: "core", soft: nil, hard: nil),
            ], addedCapabilities: ["NET_ADMIN"], droppedCapabilities: ["ALL"], stopSignal: "SIGQUIT")
        let workload = Workload(
            name: "w", image: .rootfs(path: "/image"), command: ["x"], surroundings: surroundings)
        // Nobody may open more than 1000 files or lock more than 64 KiB here.
        let bytes = WitnessConfiguration.encode(workload) { [7: 1_000, 8: 65_536][$0] }
        let records = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        for expected in [
            "user=postgres:999", "limit=7:64:1000", "limit=4:unlimited:unlimited", "usual-limit=8:65536:65536",
            "capabilities=1000", "guest-capabilities=1000", "input=file", "stop-signal=3",
        ] {
            #expect(records.contains(expected), "\(expected)")
        }
    }

    @Test("An empty argument is kept")
    func emptyArgument() {
        #expect(records(workload(.started)).prefix(3) == ["arg=sleep", "arg=", "arg=1"])
    }

    @Test(
        "Each readiness condition is written as the format says",
        arguments: [
            (Readiness.started, "ready=started"),
            (.line("^ready: [0-9]+$"), "ready=output"),
            (.tcp(port: 65_535), "ready=tcp:65535"),
            (.http(port: 8080, path: "/"), "ready=http:8080/"),
            (.http(port: 8080, path: "health"), "ready=http:8080/health"),
            (.file(path: "/run/ready"), "ready=file:/run/ready"),
        ])
    func readiness(_ readiness: Readiness, _ expected: String) {
        #expect(records(workload(readiness)).contains(expected))
    }

    @Test(
        "A deadline is whole milliseconds within the witness's limits",
        arguments: [(0.0004, "1"), (0, "1"), (1.0001, "1001"), (60, "60000"), (1e9, "86400000")])
    func deadline(_ seconds: Double, _ expected: String) {
        #expect(records(workload(.started, deadline: seconds)).contains("deadline-ms=\(expected)"))
    }
}
