import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

private let mebibyte = SyntheticClimbs.mebibyte

@Suite struct FootprintCellTests {
    private func near(_ value: Double?, _ mebibytes: Double) -> Bool {
        value.map { abs($0 - mebibytes * mebibyte) < 1 } ?? false
    }

    @Test func theSlopeIsWhatOneMoreCosts() throws {
        let report = try #require(SyntheticClimbs.footprint(SyntheticClimbs.run()))
        let line = try #require(report.ledger)
        #expect(near(line.slope, 1) && near(line.intercept, 4))
        #expect(near(line.slopeInterval?.lower, 63.0 / 64) && near(line.slopeInterval?.upper, 65.0 / 64))
        // 75 % of the ledger is charged; the rest is kernel memory of nobody.
        #expect(near(report.charged?.slope, 0.75) && near(report.uncharged, 0.25))
        #expect(near(report.slopes[.anonymous], 1) && report.slopes[.perCPU] == 0)
        #expect(report.slopes[.residentSet] == nil)
        #expect(report.mostInstances == 64)
        #expect(abs((report.idleCPU ?? 0) - 0.001) < 1e-9)
        #expect(report.isSound && report.caveats == [] && report.isLinear == true)
    }

    /// Rungs below 16 instances are half as dear here: with them the slope would be another.
    @Test func rungsBelowTheFirstStepAreNotFitted() throws {
        let run = SyntheticClimbs.run()
        let ladder = try #require(run.observations.first { $0.cell == "footprint/nginx/runc/idle" }?.ladder)
        let points = FootprintCell.points(ladder) { $0.ledger.map { Double($0) } }
        #expect(points.map(\.x) == [16, 32, 64])
        // The costs are above the ladder's own baseline of 1,000 MiB.
        #expect(near(points[0].y, 20))
        #expect(ladder.rungs.count == 8)
        // A guest of 64 MiB is past the step by itself.
        let guests = try #require(run.observations.first { $0.cell == "footprint/nginx/q35/idle" }?.ladder)
        #expect(FootprintCell.points(guests) { $0.ledger.map { Double($0) } }.first?.x == 1)
    }

    @Test func whatIsOffTheLineIsMarked() throws {
        // The line of the fitted rungs is 4 + N; at N = 32 it says 36 MiB.
        func marks(off: Double) throws -> FootprintCell {
            var run = SyntheticClimbs.run()
            SyntheticClimbs.change(&run) { ladder, place in
                ladder = SyntheticClimbs.ladder(slope: 1, fixed: 4)
                guard place == 2 else { return }
                ladder.rungs[6].reading = SyntheticClimbs.reading(ledger: 36 * (1 + off), available: 32)
            }
            return try #require(SyntheticClimbs.footprint(run))
        }
        #expect(try marks(off: 0.049).isLinear == true)
        let bent = try marks(off: 0.051)
        #expect(bent.isLinear == false && bent.caveats == [.notLinear])
        // It is told, and the figure stays.
        #expect(bent.isSound)
    }

    @Test(arguments: [(0.25, 0.0, true), (-0.25, 0, true), (0.25, 14.4, false), (0.05, 0, false), (0.25, 11.9, true)])
    func aResidualIsFlaggedAboveItsNoise(more: Double, noise: Double, isFlagged: Bool) throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            ladder = SyntheticClimbs.ladder(slope: 1, fixed: 4, fall: 1 + more)
            ladder.noise = MemoryReading([.available: Int64(noise * mebibyte)])
        }
        let report = try #require(SyntheticClimbs.footprint(run))
        let residual = try #require(report.residual)
        #expect(near(residual.bytes, more) && abs(residual.share - abs(more)) < 1e-6)
        // The noise is spread over the 48 instances between the first and the last fitted rung.
        #expect(near(residual.noiseBytes, noise / 48))
        #expect(residual.isFlagged == isFlagged)
        #expect(report.caveats == (isFlagged ? [.residual] : []))
    }

    /// MemAvailable falls by 0.7 MiB where the ledger grows by 1: instances take 0.5 MiB from the lists per CPU, and caches of
    /// which half does not count grow by 0.2 MiB. With 0.2 MiB that no counter names it is not explained.
    @Test(arguments: [(0.0, false), (0.2, true)]) func aResidualIsTakenApart(lost: Double, isFlagged: Bool) throws {
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
        let report = try #require(SyntheticClimbs.footprint(run))
        let parts = try #require(report.residual?.parts)
        #expect(near(report.residual?.bytes, lost - 0.3))
        #expect(near(parts.freeLists, -0.5) && near(parts.uncountedCache, 0.2) && near(parts.unexplained, lost))
        #expect(report.residual?.isFlagged == isFlagged && report.caveats == (isFlagged ? [.residual] : []))
    }

    /// Memory that drifts by 1 MiB in 5 idle seconds drifts by 10 MiB in the 50 of the climb.
    @Test func driftIsNoiseToo() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            ladder.noise = MemoryReading([.available: 1])
            ladder.drift = MemoryReading([.available: -Int64(mebibyte)])
        }
        #expect(near(SyntheticClimbs.footprint(run)?.residual?.noiseBytes, 10.0 / 48))
        SyntheticClimbs.change(&run) { ladder, _ in ladder.idleNanoseconds = 0 }
        #expect(SyntheticClimbs.footprint(run)?.residual?.noiseBytes == 1.0 / 48)
    }

    @Test func missingAndFailedLaddersMakeNoClaim() throws {
        var run = SyntheticClimbs.run()
        let index = try #require(run.observations.firstIndex { $0.cell == "footprint/nginx/runc/idle" })
        let ladder = run.observations.remove(at: index)
        let incomplete = try #require(SyntheticClimbs.footprint(run))
        #expect(incomplete.accounting.missing == 1 && incomplete.caveats == [.incomplete] && !incomplete.isSound)
        var failed = ladder
        failed.outcome = .failed
        failed.reasons = ["of 4 instances: it died"]
        run.observations.append(failed)
        let few = try #require(SyntheticClimbs.footprint(run))
        #expect(few.accounting == Accounting(planned: 3, ok: 2, failed: 1))
        #expect(few.caveats == [.tooFew] && !few.isSound)
        // The failed ladder is in no figure: of the other two the lower is 63/64, the higher 65/64.
        #expect(near(few.ledger?.slope, 1))
    }

    @Test func warningsMarkOnlyWhatCounts() throws {
        var run = SyntheticClimbs.run()
        for index in run.observations.indices where run.observations[index].cell == "footprint/nginx/runc/idle" {
            run.observations[index].warnings = ["the host was not quiet"]
        }
        let report = try #require(SyntheticClimbs.footprint(run))
        #expect(report.caveats == [.noisy(["the host was not quiet"])])
    }

    @Test func withoutOneViewThereIsNoResidual() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            for rung in ladder.rungs.indices {
                ladder.rungs[rung].reading[.available] = nil
                ladder.rungs[rung].reading[.chargedKernel] = nil
            }
        }
        let report = try #require(SyntheticClimbs.footprint(run))
        #expect(report.residual == nil && report.availableFall == nil)
        #expect(report.charged == nil && report.uncharged == nil)
        #expect(report.ledger != nil)
    }

    @Test func theMonitorsOwnIsWithoutGuestRAM() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder, _ in
            for rung in ladder.rungs.indices {
                let count = Int64(ladder.rungs[rung].instances)
                ladder.rungs[rung].reading[.pssVMM] = count * 90
                ladder.rungs[rung].reading[.guestTouched] = count * 64
            }
        }
        #expect(SyntheticClimbs.footprint(run)?.monitorOwn == 26)
    }
}
