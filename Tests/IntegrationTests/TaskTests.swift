import Foundation
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Commands that run to their end and print figures of themselves, on all four platforms.
    @Suite("Tasks", .needsRoot, .needs(program: "runc"), .needs(program: "qemu-system-x86_64"))
    struct TaskTests {
        private static let containers = ["process", "namespaces", SuiteText.runc]

        private func suite(_ workloads: String, _ platforms: [String], defaults: String = "memory: 128MiB") -> String {
            """
            name: tasks
            defaults: {\(defaults)}
            workloads:
            \(workloads)
            platforms: [\(platforms.joined(separator: ", "))]
            experiments: {task: {samples: 1, warm-up: 0}}

            """
        }

        private func work(
            _ name: String, _ script: String,
            _ figures: String = #"{n: {match: "^n ([0-9.]+)$", unit: x, better: lower}}"#, deadline: String = "60s"
        ) -> String {
            """
              - name: \(name)
                image: {rootfs: root}
                command: [/bin/sh, -c, "PATH=/bin; \(script)"]
                ready: completed
                deadline: \(deadline)
                figures: \(figures)
            """
        }

        @Test("fio, sysbench and stress-ng: the figures are those of their output, read once more by other code")
        func tools() throws {
            let place = try Place()
            // One after the other in one command, so that there is one start of a guest: each figure is still found.
            let text = """
                  - name: tools
                    image: {packages: [busybox-static, fio, stress-ng, sysbench]}
                    command:
                      - /bin/busybox
                      - sh
                      - -c
                      - |
                        sysbench cpu --time=1 --cpu-max-prime=1000 run
                        fio --name=read --rw=randread --size=1m --time_based --runtime=1 --ioengine=psync --directory=/tmp \\
                          --output-format=json
                        exec stress-ng --switch 1 --switch-ops 500 --metrics-brief --temp-path /tmp
                    ready: completed
                    deadline: 180s
                    figures:
                      events: {match: "events per second: +([0-9.]+)$", unit: events/s, better: higher}
                      iops: {json: "jobs[0].read.iops", unit: 1/s, better: higher}
                      runtime: {json: "$['jobs'][-1].read.runtime", unit: ms, better: lower}
                      switches:
                        match: '^stress-ng: metrc: .[0-9]+. switch +[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +([0-9.]+) +[0-9.]+$'
                        unit: 1/s
                        better: higher
                """
            let file = try place.write(
                "tools.yaml", suite(text, TaskTests.containers + [SuiteText.q35], defaults: "memory: 256MiB"))
            let run = try place.tare(
                "run", file, "--keep-output", "--output", place.path + "/report", deadlineSeconds: 500)
            let samples = try #require(try place.export().taskSamples)
            #expect(samples.count == 4, "\(run.errors)")
            for sample in samples {
                // A busy host may make one invalid; what it printed is read all the same.
                #expect(sample.outcome != "failed", "\(sample.cell): \(sample.reasons)")
                let prefix = sample.instance.dropFirst("tare-".count) + "-"
                let kept = HostFiles.names(in: place.path + "/report/output").filter { $0.hasPrefix(prefix) }
                let name = try #require(kept.first)
                let other = try Script.run("task_figures", ["\(place.path)/report/output/\(name)"])
                let read = try JSONDecoder().decode([String: Double].self, from: Data(other.output.utf8))
                #expect(read.count == 4 && sample.figures == read, "\(sample.cell): \(other.errors)")
                #expect(sample.ending?.status == 0)
                // Two seconds and more of measuring, on both clocks.
                let own = try #require(sample.ownNanoseconds)
                let told = try #require(sample.instanceNanoseconds)
                #expect(own >= 2_000_000_000 && abs(Double(told - own)) < Double(own) * 0.05, "\(sample.cell)")
                #expect(try #require(sample.durationNanoseconds) > own)
            }
        }

        @Test("A task that fails, times out, prints no figure or prints two is a failed sample with the reason")
        func failures() throws {
            let place = try Place()
            let file = #"{n: {match: "(.*)", in: /n, unit: x, better: lower}}"#
            let workloads = [
                work("good", "echo n 1.5; echo n 2 2"), work("fails", "echo n 1; exit 3"),
                work("slow", "echo n 1; exec busybox sleep 1000", deadline: "1s"), work("none", "echo m 1; echo m 2"),
                work("two", "echo n 1; echo n 2"), work("word", "echo 1,234 > /n", file),
                work("long", "busybox yes | busybox head -c 4194305"),
                work("pipe", "busybox mkfifo /n", file), work("absent", ":", file),
                // What goes on in the background is not waited for.
                work("background", "(while :; do echo m; busybox sleep 0.01; done) & echo n 4"),
            ]
            let path = try place.write("failures.yaml", suite(workloads.joined(separator: "\n"), TaskTests.containers))
            let run = try place.tare("run", path, deadlineSeconds: 200)
            let export = try place.export()
            let samples = try #require(export.taskSamples)
            #expect(samples.count == 30, "\(run.errors)")
            for sample in samples {
                let name = sample.cell.split(separator: "/")[1]
                // Behind it may stand what a busy host adds.
                func fails(_ reason: String) { #expect(sample.reasons.first == reason, "\(sample.cell)") }
                switch name {
                case "good": #expect(sample.outcome != "failed" && sample.figures == ["n": 1.5], "\(sample.reasons)")
                case "background":
                    #expect(sample.outcome != "failed" && sample.figures == ["n": 4], "\(sample.reasons)")
                case "fails":
                    fails(
                        "the command ended with status 3, and only status 0 counts as completed; it printed: n 1")
                    #expect(sample.ending?.status == 3 && sample.figures == ["n": 1])
                case "slow":
                    fails("readiness deadline of 1 s passed: the command has not ended; it printed: n 1")
                    #expect(sample.ending == nil && sample.figures == [:])
                case "none": fails("figure 'n' in its output: no line of its 2 lines matches /^n ([0-9.]+)$/")
                case "two": fails("figure 'n' in its output: 2 lines match /^n ([0-9.]+)$/, and one must")
                case "word":
                    #expect(sample.reasons.first?.hasPrefix("figure 'n' in /n: '1,234' has thousands") == true)
                case "long":
                    fails("figure 'n' in its output: it is longer than the 4 MiB in which figures are looked for")
                case "pipe": fails("figure 'n' in /n: it is no regular file")
                default: fails("figure 'n' in /n: No such file or directory")
                }
                if !["good", "background"].contains(name) { #expect(sample.outcome == "failed") }
            }
            try Leftovers.expectNone(of: export.run.id, in: place)
        }

        @Test("In a guest: a figure from a file, much output, and a task that fails")
        func guests() throws {
            let place = try Place()
            let figures = """
                {n: {match: "^n ([0-9.]+)$", unit: x, better: lower}, \
                r: {json: "r[-1]", in: /r.json, unit: x, better: higher}}
                """
            let much = "busybox yes | busybox head -c 300000"
            let made = #"printf '{\"r\": [1,\\n2.5]}\\n' > /r.json"#
            let workloads = [
                work("good", "\(much); echo n 7; \(made); \(much)", figures),
                work("fails", "echo n 1; echo real reason; exit 3", figures),
            ]
            let path = try place.write("guests.yaml", suite(workloads.joined(separator: "\n"), [SuiteText.q35]))
            let run = try place.tare("run", path, deadlineSeconds: 300)
            let samples = try #require(try place.export().taskSamples)
            #expect(samples.count == 2, "\(run.errors)")
            for sample in samples {
                if sample.cell.contains("/good/") {
                    #expect(sample.outcome != "failed", "\(sample.reasons)")
                    #expect(sample.figures == ["n": 7, "r": 2.5])
                } else {
                    #expect(sample.outcome == "failed" && sample.ending?.status == 3 && sample.figures == ["n": 1])
                    #expect(
                        sample.reasons == [
                            "the command ended with status 3, and only status 0 counts as completed; it printed: n 1 | "
                                + "real reason"
                        ])
                }
            }
        }
    }
}
