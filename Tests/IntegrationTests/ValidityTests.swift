import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Faults that are planted for real; what each detector makes of its figures is tested in HarnessTests.
    @Suite("Faults are seen", .serialized) struct ValidityTests {
        /// A sample of two seconds that is met in flight: its instance is the second, after the channel's.
        private func place() throws -> Place {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "2")
            try place.write(
                "suite.yaml",
                SuiteText(command: slowly.command, ready: slowly.ready, platforms: ["namespaces"]).text)
            return place
        }

        private func inFlight(_ place: Place) -> Bool {
            let tree = try? CgroupTree.current()
            return HostFiles.names(in: place.runs).contains { tree?.exists("/\($0).run/i2") == true }
        }

        @Test func aStoppedHarness() throws {
            let place = try place()
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            #expect(eventually { inFlight(place) }, "\(program.errors)")
            program.process.signal(SIGSTOP)
            // The fault itself: there is nothing to wait for but time.
            usleep(400_000)
            program.process.signal(SIGCONT)
            let finished = try program.finish()
            let sample = try #require(try place.export().samples.first)
            #expect(sample.outcome == "invalid")
            #expect(sample.reasons.contains { $0.hasPrefix("stopped harness: tare itself did not run for") })
            // There is no good sample, so the run says nothing, and says so.
            #expect(finished.exitCode == 1)
            #expect(finished.errors.contains("no measurement of startup/work/namespaces/warm is good"))
            let run = try place.export()
            #expect(run.accounting.invalid == 1 && run.accounting.holds)
        }

        @Test func foreignWork() throws {
            let place = try place()
            let burner = try Program.start(["yes"], environment: [:], directory: "/")
            defer { burner.process.end(graceMilliseconds: 0) }
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            let threat = try #require(run.threats.first { $0.detector == "foreign work" })
            #expect(threat.severity == "warning")
            #expect(threat.block == 0)
            // One CPU's worth was planted: what other work there is on this host would not reach half of it.
            let share = try #require(threat.text.split(separator: " ").first.flatMap { Double($0) })
            #expect(share > 50, "\(threat.text)")
            #expect(try HostFiles.read(place.path + "/report/report.md").contains("tare did not start"))
        }

        @Test func aQuotaOnTareItself() throws {
            let place = try place()
            let tree = try CgroupTree.current()
            let group = "/tare-test-quota-\(getpid())"
            let directory = try #require(tree.directory(of: group, controller: "cpu"))
            if tree.mode == .v2 { try? HostFiles.write("+cpu", to: "/sys/fs/cgroup/cgroup.subtree_control") }
            try HostFiles.makeDirectory(directory)
            defer {
                _ = tree.killAll(in: group)
                try? tree.remove(group)
            }
            let program = try place.start(
                ["run", "suite.yaml", "--output", "report"], groups: [directory + "/cgroup.procs"])
            #expect(eventually { inFlight(place) }, "\(program.errors)")
            // The group works all the time, so its quota is used up in every period, and tare is held with it.
            let burner = try Program.start(
                ["yes"], environment: [:], directory: "/", groups: [directory + "/cgroup.procs"])
            if tree.mode == .v2 {
                try HostFiles.write("50000 100000", to: directory + "/cpu.max")
            } else {
                try HostFiles.write("50000", to: directory + "/cpu.cfs_quota_us")
            }
            let throttled = { tree.throttledCount(of: group) ?? 0 }
            #expect(eventually { throttled() > 0 })
            burner.process.end(graceMilliseconds: 0)
            _ = try program.finish()
            let sample = try #require(try place.export().samples.first)
            #expect(sample.outcome == "invalid", "\(sample.reasons)")
            #expect(sample.reasons.contains { $0.hasPrefix("throttling: tare itself was throttled") })
        }
    }
}
