import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// Sentences that a person can read, and that claim no more than was measured.
@Suite struct AnswerTests {
    @Test func ofStartup() {
        let answers = Report(run: SyntheticRun.full(), resamples: 200).answers
        #expect(answers.map(\.workload) == ["noop", "nginx"] && answers.map(\.mode) == ["warm", "warm"])
        #expect(
            answers.last?.text
                == "On this host nginx, started warm, is ready in 64.0 ms under runc and in 5120 ms (emulated) in the "
                + "VM q35, 80.0 times as long [95 % interval 80.0 to 80.0]; the same takes 8.00 ms in bare namespaces "
                + "and 2.00 ms with no isolation (n = 20 each).")
    }

    @Test func ofAPartOfTheIsolation() throws {
        let parts: [(String, [IsolationPart])] = [("part-none", []), ("part-net", [.network])]
        var run = SyntheticClimbs.run(platforms: parts.map { PlatformSpec(name: $0.0, kind: .isolation($0.1)) })
        // The port of nginx is shared where the network is; noop has none.
        let impossible = run.plan.cells(of: "footprint").filter { $0.impossible != nil }
        #expect(impossible.map(\.key) == ["footprint/nginx/part-none/idle"])
        for index in run.observations.indices {
            let isWithNet = run.observations[index].cell.contains("part-net")
            run.observations[index].changeLadder { ladder in
                ladder = SyntheticClimbs.ladder(slope: isWithNet ? 0.75 : 0.5, fixed: 0)
            }
            // All are ready after 8 ms; those with a network of their own shall be 3 ms later.
            guard isWithNet else { continue }
            run.observations[index].changeStartup { start in
                for mark in start.marks.indices where start.marks[mark].name == .ready {
                    start.marks[mark].nanoseconds += 3_000_000
                }
            }
        }
        let report = Report(run: run)
        let markdown = report.markdown()
        let row = try #require(markdown.split(separator: "\n").first { $0.hasPrefix("| noop | net |") })
        #expect(row.contains("| 768 KiB | 256 KiB | 11.0 ms | +3.00 ms |"), "\(row)")
        #expect(markdown.contains("cannot be measured: on this platform all instances share one network"))
        let answer = try #require(report.answers(of: "warm").first { $0.workload == "noop" })
        #expect(
            answer.text
                == "On this host noop, started warm, is ready without any isolation in 8.00 ms; each part of the kernel's "
                + "isolation adds by itself: net +3.00 ms (n = 20 each).")
    }

    @Test func ofFootprint() {
        let answers = Report(run: SyntheticClimbs.run()).answers(of: "footprint")
        #expect(answers.map(\.workload) == ["noop", "nginx"])
        #expect(
            answers.last?.text
                == "One more idle nginx costs this host 1.00 MiB [0.984 to 1.02 MiB] under runc and 64.0 MiB [63.0 to "
                + "65.0 MiB] (emulated) in the VM q35, 64.0 times as much (3 ladders each, up to 64 instances).")
        var run = SyntheticClimbs.run()
        run.observations.removeAll { $0.ladder != nil }
        let none = Report(run: run).answers(of: "footprint")
        #expect(none.first?.text.hasPrefix("There is no footprint to state for noop on this host.") == true)
    }

    @Test func ofDensity() {
        func texts(_ change: (inout Ramp) -> Void) -> [String] {
            var run = SyntheticClimbs.run()
            for index in run.observations.indices { run.observations[index].changeRamp(change) }
            return Report(run: run).answers(of: "density").map(\.text)
        }
        #expect(
            texts { _ in } == [
                "In 1 GiB of memory: 1,010 nginx under runc, stopped by: memory budget; 15 nginx (emulated) in the VM q35, "
                    + "stopped by: memory budget."
            ])
        let ceiling = texts { $0.cause = .ceiling }
        #expect(
            ceiling.first?.contains("at least 1,010 nginx under runc, where the suite's own ceiling stopped it") == true
        )
    }

    /// What is not sound is claimed nowhere.
    @Test func nothingIsClaimedOfWhatIsMissing() throws {
        var run = SyntheticClimbs.run()
        for index in run.observations.indices where run.observations[index].cell.contains("/nginx/runc/") {
            guard run.observations[index].startup == nil else { continue }
            run.observations[index].outcome = .failed
            run.observations[index].reasons = ["of 4 instances: it died"]
        }
        let report = Report(run: run)
        let text = (report.answers(of: "footprint") + report.answers(of: "density")).map(\.text).joined(separator: "\n")
        #expect(text.components(separatedBy: "No claim is made for runc.").count == 3, "\(text)")
        #expect(!text.contains("nginx costs this host 1.00 MiB") && !text.contains("nginx under runc"))
        let markdown = report.markdown()
        #expect(markdown.contains("of nginx on runc is failed: of 4 instances: it died."))
        #expect(
            markdown.contains("nginx on runc, ramp 1 is failed") || markdown.contains("nginx on runc, ramp 2 is failed")
        )
    }
}
