import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// Systemd, pure cgroup v2 and Debian's own kernel: what most hosts are, whatever the one is that runs the tests.
    @Suite("A usual host", .serialized, .needs(program: "mmdebstrap")) struct UsualHostTests {
        /// `Benchmarks/usual-host` boots one and judges what tare did there: doctor, a run with all experiments under `runc`
        /// and `crun`, a run that is killed, `clean`.
        @Test func theWholeOfTareWorksThere() throws {
            let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let program = try Program.start(
                [
                    "python3", "-B", repository + "/Benchmarks/usual-host", "--short",
                    "--tare", try BuiltProgram.path("tare"), "--cache", TestCache.home + "/usual-host",
                ],
                environment: [
                    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                ], directory: "/")
            program.endInput()
            let finished = try program.finish(deadlineSeconds: 1_200)
            #expect(finished.exitCode == 0, "\(finished.output)\n\(finished.errors)")
            #expect(finished.output.contains("All went well."))
        }
    }
}
