import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// From measuring to a verdict, on real containers: what is slower is found, what is the same is not, and a pipeline hears it.
    @Suite("Real runs are judged", .serialized) struct GateRunTests {
        private struct Gate: Decodable {
            struct Check: Decodable { var metric, verdict, fate: String }
            var outcome: String
            var exitCode: Int32
            var checks: [Check]
        }

        /// Two runtimes that differ in their launch path: the other sleeps before it begins.
        private func place(delay: String) throws -> Place {
            let place = try Place()
            for (name, pause) in [("plain", "0"), ("other", delay)] {
                let runtime = try place.write(
                    name,
                    """
                    #!/bin/sh
                    case " $* " in *" run "*) sleep \(pause) ;; esac
                    exec runc "$@"

                    """)
                chmod(runtime, 0o755)
            }
            return place
        }

        private func suite(_ place: Place, samples: Int, head: String) throws {
            var suite = SuiteText(platforms: [
                "{name: before, oci: {runtime: \(place.path)/plain}}",
                "{name: after, oci: {runtime: \(place.path)/\(head)}}",
            ])
            suite.samples = samples
            try place.write("suite.yaml", suite.text)
        }

        /// Runs a program that measures, up to five times, until the hypervisor left the host its time: of every cell of every run
        /// that it makes at least `atLeast` samples are good, for nothing is judged where more than a tenth is invalid. A host that is never left alone can show no judgement, which is told.
        ///
        /// - Returns: whether that came about; the runs are the latest.
        private func undisturbed(_ place: Place, _ arguments: [String], atLeast: Int) throws -> Bool {
            for _ in 1...5 {
                let isFirst = !HostFiles.exists(place.database)
                let before = isFirst ? "0" : try place.query("SELECT COALESCE(MAX(rowid), 0) FROM observation")
                let finished = try place.start(arguments).finish(deadlineSeconds: 240)
                #expect(finished.hasMeasured, "\(finished.errors)")
                let run = try place.export()
                #expect(run.samples.allSatisfy { $0.isSound }, "\(run.samples)")
                let fewest = try place.query(
                    """
                    SELECT MIN(good) FROM (SELECT SUM(outcome = 'ok' AND counted = 1) AS good FROM observation
                    WHERE rowid > \(before) GROUP BY run_id, cell)
                    """)
                if finished.exitCode == 0, (Int(fewest) ?? 0) >= atLeast { return true }
            }
            Issue.record("the hypervisor took too much of this host's time: nothing was judged", severity: .warning)
            return false
        }

        private func gate(_ place: Place, _ arguments: String...) throws -> (Gate, Program.Finished) {
            let finished = try place.start(["gate", "--format", "json"] + arguments).finish(deadlineSeconds: 60)
            return (try JSONDecoder().decode(Gate.self, from: Data(finished.output.utf8)), finished)
        }

        @Test func aSlowerLaunchPathIsFoundWithinOneRun() throws {
            let place = try place(delay: "0.08")
            try suite(place, samples: 12, head: "other")
            guard
                try undisturbed(
                    place, ["run", "suite.yaml", "--ab", "before,after", "--output", "report"], atLeast: 11)
            else { return }
            // Both in each block, one right after the other.
            let run = try place.export()
            let inOrder = run.samples.map(\.cell)
            #expect(inOrder.count == 24)
            for pair in stride(from: 0, to: inOrder.count - 1, by: 2) { #expect(inOrder[pair] != inOrder[pair + 1]) }
            let (result, ended) = try gate(place, "--run", "latest", "--junit", "junit.xml", "--markdown", "summary.md")
            #expect(ended.exitCode == 3, "\(ended.errors)")
            #expect(result.outcome == "regression")
            #expect(result.exitCode == 3)
            let median = try #require(result.checks.first { $0.metric == "startup.median" })
            #expect(median.verdict == "regressed")
            #expect(median.fate == "fails")
            #expect(try HostFiles.read(place.path + "/junit.xml").contains("<failure"))
            #expect(try HostFiles.read(place.path + "/summary.md").contains("regression"))
            // The same by compare, which judges nobody.
            let compared = try place.tare("compare", "latest", "--platform", "before", "--platform", "after")
            #expect(compared.exitCode == 0, "\(compared.errors)")
            #expect(compared.output.contains("regressed"))
        }

        @Test func identicalCodePassesAndABaselineCarriesTheNoise() throws {
            let place = try place(delay: "0.08")
            try suite(place, samples: 10, head: "plain")
            // From three runs Student's t is so wide (2 degrees of freedom) that hardly anything could be told.
            let calibration = ["calibrate", "suite.yaml", "--runs", "5", "--baseline", "base.yaml"]
            guard try undisturbed(place, calibration, atLeast: 9) else { return }
            #expect(try HostFiles.read(place.path + "/base.yaml").contains("noise:"))
            let measuring = ["run", "suite.yaml", "--output", "report"]
            guard try undisturbed(place, measuring, atLeast: 9) else { return }
            let (same, ended) = try gate(place, "--baseline", "base.yaml")
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            #expect(same.outcome == "pass")
            // One of the two became four times as slow; the suite and all names are the same.
            try place.write(
                "plain", "#!/bin/sh\ncase \" $* \" in *\" run \"*) sleep 0.3 ;; esac\nexec runc \"$@\"\n")
            chmod(place.path + "/plain", 0o755)
            guard try undisturbed(place, measuring, atLeast: 9) else { return }
            let (slower, judged) = try gate(place, "--baseline", "base.yaml")
            #expect(judged.exitCode == 3, "\(judged.output)\(judged.errors)")
            #expect(slower.checks.contains { $0.metric == "startup.median" && $0.fate == "fails" })
            // What was measured shows it too.
            let history = try place.tare("history", "startup.median", "--format", "csv")
            #expect(history.exitCode == 0, "\(history.errors)")
            // Those of which more than a tenth of the samples is invalid have no place in it.
            let cells = try place.query(
                """
                SELECT COUNT(*) FROM (SELECT 1 FROM observation GROUP BY run_id, cell
                HAVING SUM(outcome <> 'ok' AND counted = 1) * 10 <= SUM(counted = 1))
                """)
            #expect(history.output.split(whereSeparator: \.isNewline).count == 1 + (Int(cells) ?? 0))
            // An exported file is as good as the run.
            let exported = try place.tare("export", "latest", "--output", "head.json")
            #expect(exported.exitCode == 0, "\(exported.errors)")
            let (again, fromFile) = try gate(place, "--baseline", "base.yaml", "--run", "head.json")
            #expect(fromFile.exitCode == 3)
            #expect(again.checks.map(\.verdict) == slower.checks.map(\.verdict))
        }
    }
}
