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
}
