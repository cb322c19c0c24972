import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// What `strike.py` saw.
struct Strike: Decodable {
    var struck: Bool
    var namespaces: [String]
    var run: String
    var samples: Int
    /// `CLOCK_MONOTONIC`, nanoseconds.
    var signalled: UInt64

    /// Starts `tare run suite.yaml`, signals it at a moment, and waits for its end.
    static func run(
        _ place: Place, signal: String, at condition: String, suite: String = "suite.yaml"
    ) throws -> (strike: Strike, finished: Program.Finished) {
        let program = try place.start(["run", suite, "--output", "report"])
        let answer = try Script.run(
            "strike",
            ["\(program.process.pid)", place.database, place.runs, place.cache, signal, condition])
        let finished = try program.finish()
        guard answer.exitCode == 0 else { throw SystemError("striking: \(answer.errors)", number: EIO) }
        return (try JSONDecoder().decode(Strike.self, from: Data(answer.output.utf8)), finished)
    }
}

extension IntegrationTests {
    /// kill -9 at chosen moments; afterwards `tare clean`, or the next run, must leave nothing, and lose nothing.
    @Suite("Nothing leaks, nothing is lost", .serialized) struct StrikeTests {
        private static let containerMoments = [
            "rows:intent:1",
            "run:",
            "group:",
            "cache:partial/*/tree/bin/*",
            "rows:platform:1",
            "run:i1/output",
            "group:i1",
            "process:runc",
            "rows:channel_echo:3",
            "run:i5/root",
            "group:i6/cgroup.procs",
            "rows:observation:1",
            "process:busybox",
            "group:i8",
            "rows:observation:4",
            "rows:observation:8",
        ]

        @Test func containers() throws {
            let place = try Place(ownCache: true)
            let slowly = SuiteText.slowly(seconds: "0.2")
            let platforms = [
                "process", "namespaces", SuiteText.runc, "{name: attached, oci: {runtime: runc, detach: false}}",
            ]
            try place.write(
                "suite.yaml",
                SuiteText(command: slowly.command, ready: slowly.ready, platforms: platforms, samples: 2).text)
            try strikeAndClean(place, moments: StrikeTests.containerMoments)
        }

        private static let guestMoments = [
            "rows:intent:2",
            "run:v/etc",
            "run:v/lib",
            "run:d/*",
            "run:d/template*",
            "run:i1/disk.qcow2",
            "process:qemu-system",
            "run:v/lib/qemu/domain-1-*/monitor.sock",
            "group:*i1*",
            "rows:channel_echo:1",
            "run:i2/disk.qcow2",
            "group:*i2*",
            "rows:observation:1",
            "run:i3/c",
        ]

        @Test func guests() throws {
            let place = try Place()
            try place.write("suite.yaml", SuiteText(platforms: [SuiteText.q35], samples: 2).text)
            try strikeAndClean(place, moments: StrikeTests.guestMoments)
        }

        /// Kills a run at each moment. `tare clean` reaps after every other one, the next run after the rest.
        private func strikeAndClean(_ place: Place, moments: [String]) throws {
            var waiting: (moment: String, strike: Strike)?
            for (index, moment) in moments.enumerated() {
                // New content makes new image work, so that it can be met unfinished.
                if moment.hasPrefix("cache:") { try place.write("root/new", "\(index)") }
                let (strike, finished) = try Strike.run(place, signal: "KILL", at: moment)
                #expect(strike.struck, "\(moment) never came: \(finished.errors)")
                #expect(finished.exitCode == 128 + SIGKILL, "\(moment): \(finished.errors)")
                // Once the run exists it says what it reaped; killed before that, it may not have come to it.
                if let earlier = waiting {
                    try expectClean(place, earlier.strike, "the run after \(earlier.moment)", except: strike.run)
                    waiting = nil
                }
                if index.isMultiple(of: 2), index + 1 < moments.count {
                    waiting = (moment, strike)
                } else {
                    let cleaned = try place.tare("clean")
                    #expect(cleaned.exitCode == 0, "\(moment): \(cleaned.errors)")
                    try expectClean(place, strike, "tare clean after \(moment)")
                }
            }
            // The last word: a whole run, which finds a clean host and whose samples add up.
            let whole = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(whole.hasMeasured, "\(whole.errors)")
            let run = try place.export()
            #expect(run.accounting.holds && run.run.status == "complete")
            #expect(run.accounting.planned == run.accounting.ok + run.accounting.failed + run.accounting.invalid)
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// - Parameter except: a later run that was killed too, and is still to be reaped.
        private func expectClean(_ place: Place, _ strike: Strike, _ what: String, except: String? = nil) throws {
            let left = try Leftovers.of(run: strike.run, in: place, killedBy: strike).filter { line in
                except.map { !line.contains($0) } ?? true
            }
            // Image work of a run that was killed later is that run's.
            #expect(left.filter { except == nil || !$0.contains("/partial/") } == [], "\(what)")
            let kept = try place.query("SELECT COUNT(*) FROM observation WHERE run_id = '\(strike.run)'")
            #expect(kept == "\(strike.samples)", "\(what): committed samples are gone")
            let status = try place.query("SELECT status FROM run WHERE id = '\(strike.run)'")
            #expect(status == "interrupted", "\(what)")
        }

        @Test("Ctrl-C keeps what was measured, makes a report, leaves nothing, exits with 130")
        func interrupt() throws {
            let place = try Place()
            let slowly = SuiteText.slowly(seconds: "1")
            try place.write(
                "suite.yaml",
                SuiteText(
                    command: slowly.command, ready: slowly.ready,
                    platforms: ["namespaces", SuiteText.runc, SuiteText.q35],
                    samples: 3
                ).text)
            // While image work goes on, while the channel of the guest is measured, and in the midst of a sample.
            for (index, moment) in [
                "rows:platform:1", "group:*i3*", "rows:observation:2",
            ].enumerated() {
                let (strike, finished) = try Strike.run(place, signal: "INT", at: moment)
                #expect(strike.struck, "\(moment): \(finished.errors)")
                #expect(finished.exitCode == 130, "\(moment): \(finished.errors)")
                #expect(finished.errors.contains("kept"))
                let run = try place.export()
                #expect(run.run.status == "interrupted")
                #expect(run.samples.count >= strike.samples && run.samples.count < 9)
                #expect(index < 2 || run.samples.count >= 2)
                #expect(run.samples.allSatisfy { $0.isSound })
                #expect(try HostFiles.read(place.path + "/report/report.md").contains(run.run.id))
                try Leftovers.expectNone(of: run.run.id, in: place)
            }
        }
    }
}
