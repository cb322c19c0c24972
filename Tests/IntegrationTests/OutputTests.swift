import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What workloads print: judged, bounded, kept and shown in the same way on all platforms.
    @Suite("Output", .needsRoot, .needs(program: "runc"), .needs(program: "qemu-system-x86_64"))
    struct OutputTests {
        /// Much before the ready line, and without end after it.
        @Test("A workload that prints much fills no disk and is ready everywhere")
        func much() throws {
            let place = try Place()
            func suite(_ bytes: Int, _ platforms: [String]) -> SuiteText {
                let script = "busybox yes 0123456789abcdef | busybox head -c \(bytes); echo; echo up; exec busybox yes"
                return SuiteText(
                    command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "{line: ^up$}", platforms: platforms, echoes: 1)
            }
            for (name, text) in [
                ("containers", suite(100_000_000, ["process", "namespaces", SuiteText.runc])),
                ("guests", suite(10_000_000, [SuiteText.q35])),
            ] {
                let file = try place.write("\(name).yaml", text.text)
                let run = try place.start(["run", file])
                var most: UInt64 = 0
                while run.process.wait(deadlineMilliseconds: 0) == nil {
                    most = max(most, blocks(below: place.runs))
                    usleep(20_000)
                }
                #expect(try run.finish(deadlineSeconds: 200).hasMeasured)
                // Bounded by what may wait to be judged and by what is written between two looks.
                #expect(most < 400 << 20, "\(name): \(most >> 20) MiB lay on the disk")
                let samples = try place.export().samples
                #expect(samples.allSatisfy { $0.isSound })
            }
        }

        /// The disk that files of output take.
        private func blocks(below runs: String) -> UInt64 {
            HostFiles.names(in: runs).flatMap { run in
                HostFiles.names(in: "\(runs)/\(run)").map { "\(runs)/\(run)/\($0)/output" }
            }.reduce(0) { sum, path in
                var status = stat()
                return lstat(path, &status) == 0 ? sum + UInt64(status.st_blocks) * 512 : sum
            }
        }

        @Test("--keep-output keeps all of it")
        func keep() throws {
            let place = try Place()
            let script = "busybox yes | busybox head -c 4000000; echo last; exit 0"
            let text = SuiteText(
                command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "completed", platforms: ["process", SuiteText.q35],
                echoes: 1)
            let file = try place.write("keep.yaml", text.text)
            let run = try place.tare(
                "run", file, "--keep-output", "--output", place.path + "/report", deadlineSeconds: 120)
            #expect(run.hasMeasured, "\(run.errors)")
            let kept = HostFiles.names(in: place.path + "/report/output")
            #expect(
                kept.count == 2
                    && kept.allSatisfy { $0.hasSuffix("-work-process.log") || $0.hasSuffix("-work-q35.log") })
            for name in kept {
                let text = try HostFiles.read("\(place.path)/report/output/\(name)")
                #expect(text.utf8.count == 4_000_005 && text.hasSuffix("y\nlast\n"), "\(name): \(text.utf8.count)")
            }
        }
    }
}
