import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

@Suite struct FootprintSectionTests {
    /// MemAvailable falls by 0.7 MiB where the ledger grows by 1; of the rest 0.2 MiB are in no counter, or nothing.
    @Test(arguments: [(0.0, false), (0.2, true)]) func aResidualIsTakenApart(lost: Double, isFlagged: Bool) {
        let mebibyte = SyntheticClimbs.mebibyte
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            ladder = SyntheticClimbs.ladder(slope: 1, fixed: 0, fall: 0.7 + lost)
            for rung in ladder.rungs.indices {
                let count = Double(ladder.rungs[rung].instances)
                func bytes(_ mebibytes: Double) -> Int64 { Int64((mebibytes * mebibyte).rounded()) }
                ladder.rungs[rung].reading[.freeLists] = bytes(100 - 0.5 * count)
                ladder.rungs[rung].reading[.fileCache] = bytes(50 + 0.4 * count)
                ladder.rungs[rung].reading[.reclaimableSlab] = bytes(0)
                ladder.rungs[rung].reading[.free] = bytes(15_000 - (0.9 + lost) * count)
            }
        }
        let text = Report(run: run).markdown()
        #expect(text.contains("MemAvailable fell by \(isFlagged ? "10" : "30").0 % less than the ledger grew"))
        #expect(text.contains("205 KiB are in no counter of the kernel") == isFlagged)
    }

    /// The rungs below 16 instances are half as dear here, and not fitted.
    @Test func everyRungIsShown() {
        let text = Report(run: SyntheticClimbs.run()).markdown()
        let rungs =
            "1: 512 (not fitted), 2: 512 (not fitted), 4: 512 (not fitted), 8: 512 (not fitted), 16: 1280, 32: 1152"
        #expect(text.contains(rungs))
    }

    @Test func withoutEnforcementItIsSaid() {
        var run = SyntheticClimbs.run()
        for index in run.observations.indices { run.observations[index].changeRamp { $0.enforcedBy = nil } }
        let text = Report(run: run).markdown()
        #expect(text.contains("No control group enforced the budget; only the reserve guarded the host."))
        #expect(text.contains("| nginx | runc *(not enforced)* |"))
    }

    /// Ladders of nginx on runc with two processes and a mount each, and no keys.
    private func limited() -> Run {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            ladder.limits = [
                .processIDs: KernelLimit(32_768, source: "kernel.pid_max"),
                .mounts: KernelLimit(100_000, source: "fs.mount-max"),
                .keys: KernelLimit(1_000_000, source: "kernel.keys.root_maxkeys"),
            ]
            for index in ladder.rungs.indices {
                let count = Int64(ladder.rungs[index].instances)
                ladder.rungs[index].limits = LimitsReading([
                    .processIDs: 100 + 2 * count, .mounts: 20 + count, .keys: 3, .loopDevices: 7 + count,
                ])
            }
        }
        return run
    }

    @Test func theLimitsLedgerIsATable() {
        let text = Report(run: limited()).markdown()
        // (32768 - 300 - 100) / 2 and 100000 - 20.
        let row = #"| nginx | processes and threads (pid\_max) | 2 \[16,184\] | 32,768 | 100 | kernel.pid\_max |"#
        #expect(text.contains(row), "\(text)")
        #expect(text.contains("| nginx | mounts (mount-max) | 1 \\[99,980\\] | 100,000 | 20 | fs.mount-max |"))
        // What nothing limits has no number of instances.
        #expect(text.contains("| nginx | loop devices | 1 | none | 7 | – |"))
        // The tightest stands first.
        let places = ["processes and threads (pid", "mounts (mount-max)", "| loop devices"].map {
            text.firstRange(of: $0)?.lowerBound
        }
        #expect(places[0] ?? text.endIndex < places[1] ?? text.startIndex)
        #expect(places[1] ?? text.endIndex < places[2] ?? text.startIndex)
        #expect(text.contains("No instance takes any keys."))
        #expect(!text.contains("| nginx | keys"))
        #expect(text.contains("Not read, because this host does not show it or sets no such limit: threads-max, "))
    }

    /// A 0 that others' coming and going may hide is no zero.
    @Test func whatWasNotDiscernedIsSaid() {
        var run = limited()
        SyntheticClimbs.change(&run) { ladder, _ in
            for index in ladder.rungs.indices {
                ladder.rungs[index].limits?[.openFiles] = 1_000 + (index % 2 == 0 ? 9 : 0)
            }
        }
        let text = Report(run: run).markdown()
        #expect(text.contains("No instance takes any keys."))
        #expect(
            text.contains(
                "Not discerned, because other processes took and gave back as much meanwhile: file-max. An instance may"
            ))
    }

    /// The report, a plan and a forecast of the measured host say the same number.
    @Test func aPlanSaysWhatTheReportSays() throws {
        let limits = HostLimits("this", limits: [.processIDs: KernelLimit(32_768, source: "x")])
        let plan = try CapacityPlan(
            CapacityPlan.Request(
                hostMemoryBytes: 1 << 40, hostCPUs: 64, reserveBytes: 1 << 30, limits: limits, instances: 1,
                mix: [.init("nginx", 1)]), from: [RunAnalysis(run: limited(), resamples: 50)])
        #expect(plan.rows.first { $0.platform == "runc" }?.perHost?.value == 16_184)
    }

    @Test func theFirstLimitIsASentence() {
        let sentence =
            "Apart from memory, idle nginx comes to these limits of this host first: pid_max at 16,184 under runc (2 each)."
        let text = Report(run: limited()).terminal(width: 200, color: false)
        #expect(text.contains(sentence), "\(text)")
        // Without ladders that recorded it there is no such section.
        #expect(!Report(run: SyntheticClimbs.run()).markdown().contains("comes to these limits"))
    }

    @Test func aRampThatCameToALimitSaysWhichAndWhatToDo() {
        var run = limited()
        let found = "400 of 400 processes and threads in use (pids.max of /x); the platform said: fork failed"
        for index in run.observations.indices {
            run.observations[index].changeRamp { $0.cause = .limit(.groupTasks, found) }
        }
        let report = Report(run: run)
        let answers = report.answers.map(\.text).joined(separator: "\n")
        #expect(answers.contains("stopped by: pids.max: 400 of 400 processes and threads in use (pids.max of /x)"))
        #expect(!answers.contains("fork failed"))
        let text = report.markdown()
        #expect(
            text.contains("came to a limit, and not to the end of the budget: this N is that of the control groups"))
        #expect(text.contains("the platform said: fork failed") && text.contains("| other cause |"))
    }
}
