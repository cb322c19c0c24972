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
        let expected =
            "arg=/bin/sh\0arg=-c\0arg=echo é\0env=A=\0env=B=2=3\0env=C=x y\0cwd=/srv\0ready=http:80/a?b=c\0"
            + "deadline-ms=2500\0probe-us=1000\0"
        #expect(WitnessConfiguration.encode(workload) == Array(expected.utf8))
    }

    @Test("An empty argument is kept")
    func emptyArgument() {
        #expect(records(workload(.started)).prefix(3) == ["arg=sleep", "arg=", "arg=1"])
    }

    @Test(
        "Each readiness condition is written as the format says",
        arguments: [
            (Readiness.started, "ready=started"),
            (.line("^ready: [0-9]+$"), "ready=line:^ready: [0-9]+$"),
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
