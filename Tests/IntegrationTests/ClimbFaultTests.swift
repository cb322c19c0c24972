import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What goes wrong in a climb is named by its cause, ends in bounded time, and leaves nothing.
    @Suite("Faults of climbs", .serialized, .needs(program: "gcc")) struct ClimbFaultTests {
        @Test func instancesThatDieOrNeverBecomeReady() throws {
            let place = try Place()
            try place.compileProbe()
            var never = ClimbSuite.Workload(name: "never", command: "[/bin/probe, small, '1']", ready: "{tcp: 9}")
            never.deadline = "1500ms"
            let (run, errors) = try place.climb(
                ClimbSuite(
                    workloads: [
                        // The workloads of a ramp are i2 to i5 of the run, or later: one in ten has a name that ends with 3.
                        .probe("ends", "ends", "2"), .probe("eats", "eats", "1"), .probe("greedy", "greedy", "0"),
                        never,
                    ], footprint: "ladders: 3, cap: 4, hold: 4s, workloads: [eats, greedy]",
                    density: "budget: 1GiB, ceiling: 10, hold: 4s"), exitCode: 1)
            run.expectAccounts()
            #expect(errors.contains("no measurement of footprint/"))

            for ladder in try #require(run.ladders) {
                #expect(ladder.outcome == "failed")
                let reason = try #require(ladder.reasons.first)
                #expect(reason.contains("was killed for want of memory"), "\(ladder.cell): \(reason)")
                #expect(ladder.cell.contains("greedy") == reason.contains("before it was ready"), "\(reason)")
            }
            let ends = try run.density("ends")
            #expect(ends.instances == 9, "one of ten ended")
            #expect(ends.cause?.hasPrefix("died: tare-") == true)
            #expect(ends.cause?.contains("3 ended: no process is left") == true, "\(ends)")
            for (name, begin) in [("eats", "died: out of memory"), ("greedy", "died: out of memory")] {
                let ramp = try #require(run.ramps?.first { $0.cell.contains("/\(name)/") })
                #expect(ramp.outcome == "failed" && ramp.instances == 0)
                #expect(ramp.reasons.first?.hasPrefix(begin) == true, "\(ramp.reasons)")
            }
            let silent = try #require(run.ramps?.first { $0.cell.contains("/never/") })
            #expect(silent.outcome == "failed")
            #expect(silent.reasons.first?.hasPrefix("launch failed: ") == true, "\(silent.reasons)")
            #expect(silent.reasons.first?.contains("port 9") == true, "\(silent.reasons)")
            #expect(silent.reasons.first?.contains("1.5 s") == true, "\(silent.reasons)")
        }

        @Test func guestsThatDieInTheHold() throws {
            let place = try Place()
            try place.compileProbe()
            let run = try place.climb(
                ClimbSuite(
                    workloads: [.probe("all", "all", "1", memory: "128MiB")], platforms: [SuiteText.q35],
                    density: "budget: 2GiB, ceiling: 1, hold: 20s"), exitCode: 1
            ).run
            run.expectAccounts()
            let ramp = try #require(run.ramps?.first)
            #expect(ramp.outcome == "failed" && ramp.instances == 0)
            #expect(ramp.reasons.first?.hasPrefix("died: ") == true, "\(ramp.reasons)")
        }

        /// A runtime that stops by SIGSTOP before it makes its fourth container; and one that stops when it is to delete.
        @Test(arguments: ["run", "delete"]) func aRuntimeThatHangs(command: String) throws {
            let place = try Place()
            let runtime = try place.write(
                "hanging-runtime",
                """
                #!/bin/sh
                case " $* " in *" \(command) "*)
                    echo >> "\(place.path)/calls"
                    if [ "$(wc -l < "\(place.path)/calls")" -gt 3 ]; then kill -STOP $$; fi;;
                esac
                exec runc "$@"

                """)
            chmod(runtime, 0o755)
            var workload = ClimbSuite.Workload.noop
            workload.deadline = "2s"
            let run = try place.climb(
                ClimbSuite(
                    workloads: [workload], platforms: ["{name: runc, oci: {runtime: \(runtime)}}"],
                    density: "budget: 1GiB, ceiling: 3, hold: 1s, parallel: 1"),
                deadlineSeconds: 90
            ).run
            run.expectAccounts()
            if command == "run" {
                let density = try run.density("noop")
                #expect(density.instances == 2)
                #expect(density.cause?.hasPrefix("launch failed: not ready within 2.0 s") == true, "\(density)")
                #expect(density.cause?.contains("last mark: spawned") == true, "\(density)")
            } else {
                // What cannot be removed ends nothing: N was held, and what is left of the container is named.
                let ramp = try #require(run.ramps?.first)
                #expect(ramp.instances == 3 && run.run.status == "complete")
                let told = ramp.warnings.filter { $0.hasPrefix("left behind: ") && $0.contains("did not end in time") }
                #expect(told.contains { $0.contains("hanging-runtime delete' of tare-") }, "\(ramp.warnings)")
            }
        }

        /// The disk under the database runs full in the midst of a ramp: one clear error, nothing left, nothing lost.
        @Test func aFullDiskUnderTheDatabase() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                ClimbSuite(workloads: [.noop], density: "budget: 1GiB, ceiling: 200, hold: 30s").text)
            // The file system is seen by this run only. It is filled once instances of the ramp are there, and what is on it is
            // copied away before it goes.
            for name in ["state", "copy"] { try HostFiles.makeDirectory("\(place.path)/\(name)") }
            let script = """
                place=$1; shift
                mount -t tmpfs -o size=8m none "$place/state" || exit 99
                "$@" & tare=$!
                until ls -d "$TARE_RUN_DIRECTORY"/tare-*/i20 > "$place/seen" 2>&1; do
                    kill -0 $tare || exit 98
                    sleep 0.02
                done
                dd if=/dev/zero of="$place/state/fill" bs=1k 2> "$place/seen"
                code=0; wait $tare || code=$?
                cp "$place"/state/tare.db* "$place/copy"
                exit $code
                """
            let finished = try place.start(
                ["run", "suite.yaml", "--output", "report", "--db", place.path + "/state/tare.db"],
                prefix: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", place.path]
            ).finish()
            #expect(finished.exitCode == 1, "\(finished.errors)")
            #expect(finished.errors.contains("there is no space left for the database"), "\(finished.errors)")
            #expect(rename(place.path + "/copy/tare.db", place.database) == 0)
            for suffix in ["-wal", "-shm"] { rename(place.path + "/copy/tare.db" + suffix, place.database + suffix) }
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            let run = try place.climbs()
            try Leftovers.expectNone(of: run.run.id, in: place)
            expectBrokenOff(run, atLeast: 8)
        }

        @Test func killedAtFifty() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                ClimbSuite(workloads: [.noop], density: "budget: 1GiB, ceiling: 200, hold: 30s").text)
            // i1 has measured the mark channel.
            let (strike, finished) = try Strike.run(place, signal: "KILL", at: "run:i51/pid")
            #expect(strike.struck, "\(finished.errors)")
            #expect(finished.exitCode == 128 + SIGKILL)
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            let left = try Leftovers.of(run: strike.run, in: place, killedBy: strike)
            #expect(left == [])
            let run = try place.climbs()
            #expect(run.run.status == "interrupted")
            expectBrokenOff(run, atLeast: 32)
        }

        /// What was committed is there; it is accounted for, and no answer.
        private func expectBrokenOff(
            _ run: ExportedClimbs, atLeast instances: Int, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            run.expectAccounts(sourceLocation: sourceLocation)
            let ramp = run.ramps?.first
            #expect(ramp?.outcome == "invalid", sourceLocation: sourceLocation)
            #expect(ramp?.reasons == ["it was broken off"], sourceLocation: sourceLocation)
            #expect((ramp?.points.last?.instances ?? 0) >= instances, sourceLocation: sourceLocation)
            #expect(run.densities?.first?.instances == nil, sourceLocation: sourceLocation)
        }
    }
}
