import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What a workload tries, or does without meaning to.
    @Suite("Workloads that misbehave", .serialized) struct HostileWorkloadTests {
        private static let bare = ["process", "namespaces"]

        /// One name that is not UTF-8, in an image and from an instance, stops neither this run nor the next.
        @Test func namesThatAreNoText() throws {
            let place = try Place(ownCache: true)
            let name: [CChar] = Array((place.path + "/root/odd-").utf8CString.dropLast()) + [-1, 0]
            let made = name.withUnsafeBufferPointer { bytes in bytes.baseAddress.map { creat($0, 0o644) } ?? -1 }
            #expect(made >= 0)
            close(made)
            let script = #"PATH=/bin; busybox mkdir -p /tmp/d; busybox touch /tmp/d/$(busybox printf '\\377'); exit 3"#
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "{file: /never}",
                    platforms: HostileWorkloadTests.bare + [SuiteText.runc], samples: 2
                ).text)
            for _ in 0..<2 {
                let finished = try place.tare("run", "suite.yaml", "--output", "report")
                let run = try place.export()
                #expect(run.accounting.planned == 6 && run.accounting.failed == 6, "\(finished.errors)")
                #expect(run.run.status == "complete")
                #expect(place.leftInRuns.isEmpty)
            }
            let cleaned = try place.tare("clean", "--cache")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(HostFiles.names(in: place.cache + "/objects").isEmpty)
        }

        /// A guest that floods the mark channel makes its sample invalid, in time, and nothing of it is kept.
        @Test func aFloodOfMarks() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "/bin/busybox mknod /m c 4 65; exec /bin/busybox yes EEEEEEEE > /m"]"#,
                    ready: "{file: /never}",
                    deadline: "20s", platforms: [SuiteText.q35], echoes: 1
                ).text)
            _ = try place.tare("run", "suite.yaml", "--output", "report")
            let sample = try #require(try place.export().samples.first)
            #expect(sample.outcome == "invalid", "\(sample.reasons)")
            #expect(sample.reasons.contains { $0.contains("are not of its protocol, and it was closed") })
            #expect(sample.marks.count < 12)
            var status = stat()
            #expect(stat(place.database, &status) == 0 && status.st_size < 2 << 20)
        }

        /// A process that leaves its control group is ended with its instance, and named.
        @Test func escapingTheControlGroup() throws {
            let place = try Place()
            // Root without isolation, with the rights for it, can go where the hierarchies may be written, and walk out of its group.
            let walk =
                "for file in /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs; do echo 0 > $file; done; "
                + "exec sleep 98765"
            let script =
                "PATH=/bin; (exec busybox nsenter -t \(getpid()) -m /bin/sh -c '\(walk)') & "
                + "while ! busybox grep -q sleep /proc/$!/comm; do :; done; : > /ready; exec busybox sleep 100"
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "{file: /ready}",
                    platforms: ["process"]
                ).text.replacing(
                    "memory: 128MiB", with: "memory: 128MiB\n    capabilities: {add: [SYS_ADMIN, SYS_PTRACE]}"))
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let threat = try place.export().threats.first { $0.detector == "left behind" }
            #expect(threat?.text.contains("had left the control group of its instance, and was ended") == true)
            let living = try Program.start(
                ["pgrep", "-f", "sleep 98765"], environment: ["PATH": "/usr/bin:/bin"], directory: "/"
            ).finish()
            #expect(living.output.isEmpty)
            #expect(place.leftInRuns.isEmpty)
        }

        /// No file of the host's /dev is seen, written or made.
        @Test func devices() throws {
            let place = try Place()
            let marker = "tare-test-\(getpid())"
            let script =
                "PATH=/bin; echo x > /dev/shm/\(marker); echo x > /dev/null && busybox ls /dev /dev/pts | busybox tr '\\\\n' ' '; "
                + "busybox mknod /b b 7 0 2>&1; busybox mknod /c c 1 1 2>&1; busybox mknod /n c 1 3 && echo null is made; "
                + "busybox df -k /dev/shm | busybox tail -n 1; exit 3"
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "\#(script)"]"#, ready: "{file: /never}",
                    platforms: HostileWorkloadTests.bare
                ).text)
            let (program, _) = try place.startAndAwait(["run", "suite.yaml", "--output", "report"], "i*/output")
            _ = try program.finish()
            #expect(!HostFiles.exists("/dev/shm/\(marker)"))
            for sample in try place.export().samples {
                let reason = sample.reasons.joined(separator: " ")
                #expect(reason.contains("null is made"), "\(sample.cell): \(reason)")
                #expect(reason.contains("65536"), "\(sample.cell): \(reason)")
                #expect(!reason.contains("sda") && !reason.contains("kvm") && !reason.contains("loop"))
            }
            #expect(Place.matching("/var/tmp/tt*/tare-*/i*/upper/[bc]").isEmpty)
        }

        /// The disk is not filled by what an instance prints.
        @Test func outputWithoutEnd() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: "[/bin/busybox, yes, tare]", ready: "{file: /never}", deadline: "4s",
                    platforms: ["namespaces"]
                ).text)
            let (program, output) = try place.startAndAwait(["run", "suite.yaml"], "i2/output")
            var most: Int64 = 0
            while program.process.wait(deadlineMilliseconds: 50) == nil {
                var status = stat()
                if stat(output, &status) == 0 { most = max(most, Int64(status.st_blocks) * 512) }
            }
            // It prints some hundred megabytes a second; a tenth of a second of that lies there at any time.
            #expect(most > 0 && most < 300 << 20, "\(most >> 20) MiB")
            #expect(try place.export().samples.first?.reasons.first?.contains("tare") == true)
        }

        /// What a workload prints reaches neither a terminal nor a spreadsheet as it is.
        @Test func escapeSequences() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: #"[/bin/busybox, printf, "\\033]0;PWNED\\007\\033[2J\\n"]"#, ready: "{file: /never}",
                    platforms: ["process"]
                ).text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.exitCode == 1)
            let csv = try place.tare("export", "--format", "csv").output
            for text in [finished.errors, finished.output, csv] {
                #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{07}"), "\(text)")
            }
            #expect(finished.errors.contains("PWNED") && csv.contains("PWNED"))
        }

        /// Why an instance died early is said: its own last words, the memory it wanted.
        @Test func earlyDeaths() throws {
            let place = try Place()
            try place.write(
                "words.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "echo the real reason; exit 1"]"#, ready: "{line: up}",
                    platforms: HostileWorkloadTests.bare + [SuiteText.runc, SuiteText.q35], echoes: 1
                ).text)
            _ = try place.tare("run", "words.yaml", "--output", "report")
            for sample in try place.export().samples {
                let reason = sample.reasons.first ?? ""
                #expect(
                    reason.contains("the command ended with status 1") && reason.contains("the real reason")
                        && !reason.contains("KASLR"), "\(sample.cell): \(reason)")
            }
            let hog = "PATH=/bin; busybox dd if=/dev/zero of=/dev/null bs=300M count=1; exit 1"
            try place.write(
                "hog.yaml",
                SuiteText(
                    command: #"[/bin/sh, -c, "\#(hog)"]"#, ready: "{file: /never}",
                    platforms: HostileWorkloadTests.bare + [SuiteText.runc, SuiteText.q35], echoes: 1
                ).text)
            _ = try place.tare("run", "hog.yaml", "--output", "report")
            for sample in try place.export().samples {
                #expect(sample.reasons.first?.contains("memory") == true, "\(sample.cell): \(sample.reasons)")
            }
        }
    }
}
