import Foundation
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Commands that end, on all four platforms: the same verdict on each, and the same words.
    @Suite("Jobs", .needsRoot, .needs(program: "runc"), .needs(program: "qemu-system-x86_64"))
    struct JobTests {
        static let platforms = ["process", "namespaces", SuiteText.runc, SuiteText.q35]

        private func suite(_ workloads: String, samples: Int, _ platforms: [String] = platforms) -> String {
            """
            name: jobs
            defaults: {memory: 128MiB, deadline: 30s}
            workloads:
            \(workloads)
            platforms: [\(platforms.joined(separator: ", "))]
            experiments: {startup: {samples: \(samples), warm-up: 0, echoes: 1}}

            """
        }

        @Test("A job is ready when it has ended, and what it did right before counts")
        func jobs() throws {
            let place = try Place()
            func work(_ name: String, _ script: String, _ ready: String) -> String {
                "  - {name: \(name), image: {rootfs: root}, command: [/bin/sh, -c, \"\(script)\"], ready: \(ready)}"
            }
            let file = try place.write(
                "jobs.yaml",
                suite(
                    [
                        work("job", ":", "completed"), work("bad", "echo real reason; exit 3", "completed"),
                        work("hello", "echo hello", "{line: ^hello$}"),
                        work("mute", "echo real reason; exit 1", "{line: up}"),
                        work("gone", "(busybox sleep 1; busybox nc -l -p 99) & exit 0", "{tcp: 99}"),
                    ].joined(separator: "\n"), samples: 1))
            _ = try place.tare("run", file, deadlineSeconds: 200)
            let samples = try place.export().samples
            #expect(samples.count == 20)
            for sample in samples {
                let reasons = sample.reasons.joined()
                switch sample.cell.split(separator: "/")[1] {
                case "job", "hello": #expect(sample.isSound, "\(sample.cell): \(reasons)")
                case "bad":
                    #expect(
                        reasons
                            == "the command ended with status 3, and only status 0 counts as completed; it printed: real reason"
                    )
                case "mute":
                    #expect(
                        reasons
                            == "the command ended with status 1 before it was ready: a line of output matches /up/; none of "
                            + "its 1 line does; it printed: real reason", "\(sample.cell)")
                default:
                    #expect(
                        reasons
                            == "the command ended with status 0 before it was ready. If it went into the background, let it "
                            + "run in the foreground: an instance lasts as long as its command", "\(sample.cell)")
                }
            }
        }

        @Test("A job within a millisecond is ready every time")
        func atOnce() throws {
            let place = try Place()
            let file = try place.write(
                "jobs.yaml",
                suite(
                    "  - {name: job, image: {rootfs: root}, command: [/bin/busybox, 'true'], ready: completed}",
                    samples: 30,
                    ["process", "namespaces", SuiteText.runc]))
            _ = try place.tare("run", file, deadlineSeconds: 200)
            let samples = try place.export().samples
            #expect(samples.count == 90)
            #expect(samples.filter { $0.outcome == "failed" }.isEmpty)
        }
    }
}
