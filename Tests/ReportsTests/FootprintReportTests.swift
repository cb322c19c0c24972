import BenchmarkModel
import Statistics
import Testing

@testable import Reports

private let mebibyte = SyntheticClimbs.mebibyte

@Suite struct FootprintReportTests {
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
        #expect(report.isSound && report.marks == [] && report.isLinear == true)
    }

    /// Rungs below 16 instances are half as dear here: with them the slope would be another.
    @Test func rungsBelowTheFirstStepAreNotFitted() throws {
        let run = SyntheticClimbs.run()
        let ladder = try #require(run.ladders.first { $0.cell == "footprint/nginx/runc/idle" })
        let points = FootprintReport.points(ladder) { $0.ledger.map { Double($0) } }
        #expect(points.map(\.x) == [16, 32, 64])
        // The costs are above the ladder's own baseline of 1,000 MiB.
        #expect(near(points[0].y, 20))
        #expect(ladder.rungs.count == 8)
        // A guest of 64 MiB is past the step by itself.
        let guests = try #require(run.ladders.first { $0.cell == "footprint/nginx/q35/idle" })
        #expect(FootprintReport.points(guests) { $0.ledger.map { Double($0) } }.first?.x == 1)
    }

    @Test func whatIsOffTheLineIsMarked() throws {
        // The line of the fitted rungs is 4 + N; at N = 32 it says 36 MiB.
        func marks(off: Double) throws -> FootprintReport {
            var run = SyntheticClimbs.run()
            SyntheticClimbs.change(&run) { ladder in
                ladder = SyntheticClimbs.ladder(ladder.number, ladder.cell, slope: 1, fixed: 4)
                guard ladder.number.isMultiple(of: 3) else { return }
                ladder.rungs[6].reading = SyntheticClimbs.reading(ledger: 36 * (1 + off), available: 32)
            }
            return try #require(SyntheticClimbs.footprint(run))
        }
        #expect(try marks(off: 0.049).isLinear == true)
        let bent = try marks(off: 0.051)
        #expect(bent.isLinear == false && bent.marks == ["not linear"])
        // It is told, and the figure stays.
        #expect(bent.isSound)
    }

    @Test(arguments: [(0.25, 0.0, true), (-0.25, 0, true), (0.25, 14.4, false), (0.05, 0, false), (0.25, 11.9, true)])
    func aResidualIsFlaggedAboveItsNoise(more: Double, noise: Double, isFlagged: Bool) throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder in
            ladder = SyntheticClimbs.ladder(ladder.number, ladder.cell, slope: 1, fixed: 4, fall: 1 + more)
            ladder.noise = MemoryReading([.available: Int64(noise * mebibyte)])
        }
        let report = try #require(SyntheticClimbs.footprint(run))
        let residual = try #require(report.residual)
        #expect(near(residual.bytes, more) && abs(residual.share - abs(more)) < 1e-6)
        // The noise is spread over the 48 instances between the first and the last fitted rung.
        #expect(near(residual.noiseBytes, noise / 48))
        #expect(residual.isFlagged == isFlagged)
        #expect(report.marks == (isFlagged ? ["residual"] : []))
    }

    /// MemAvailable falls by 0.7 MiB where the ledger grows by 1: instances take 0.5 MiB from the lists per CPU, and caches of
    /// which half does not count grow by 0.2 MiB. With 0.2 MiB that no counter names it is not explained.
    @Test(arguments: [(0.0, false), (0.2, true)]) func aResidualIsTakenApart(lost: Double, isFlagged: Bool) throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder in
            ladder = SyntheticClimbs.ladder(ladder.number, ladder.cell, slope: 1, fixed: 0, fall: 0.7 + lost)
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
        #expect(report.residual?.isFlagged == isFlagged && report.marks == (isFlagged ? ["residual"] : []))
        let text = Renderer.markdown(ReportModel(run: run, resamples: 50))
        #expect(text.contains("MemAvailable fell by \(isFlagged ? "10" : "30").0 % less than the ledger grew"))
        #expect(text.contains("205 KiB are in no counter of the kernel") == isFlagged)
    }

    /// Memory that drifts by 1 MiB in 5 idle seconds drifts by 10 MiB in the 50 of the climb.
    @Test func driftIsNoiseToo() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder in
            ladder.noise = MemoryReading([.available: 1])
            ladder.drift = MemoryReading([.available: -Int64(mebibyte)])
        }
        #expect(near(SyntheticClimbs.footprint(run)?.residual?.noiseBytes, 10.0 / 48))
        SyntheticClimbs.change(&run) { $0.idleNanoseconds = 0 }
        #expect(SyntheticClimbs.footprint(run)?.residual?.noiseBytes == 1.0 / 48)
    }

    @Test func missingAndFailedLaddersMakeNoClaim() throws {
        var run = SyntheticClimbs.run()
        let index = try #require(run.ladders.firstIndex { $0.cell == "footprint/nginx/runc/idle" })
        let ladder = run.ladders.remove(at: index)
        let incomplete = try #require(SyntheticClimbs.footprint(run))
        #expect(incomplete.missing == 1 && incomplete.marks == ["incomplete"] && !incomplete.isSound)
        var failed = ladder
        failed.outcome = .failed
        failed.reasons = ["of 4 instances: it died"]
        run.ladders.append(failed)
        let few = try #require(SyntheticClimbs.footprint(run))
        #expect((few.ok, few.failed, few.invalid, few.missing) == (2, 1, 0, 0))
        #expect(few.marks == ["too few"] && !few.isSound)
        // The failed ladder is in no figure: of the other two the lower is 63/64, the higher 65/64.
        #expect(near(few.ledger?.slope, 1))
        let model = ReportModel(run: run, resamples: 50)
        let text = model.footprintAnswers.map(\.text).joined(separator: "\n")
        #expect(text.contains("No claim is made for runc."), "\(text)")
        #expect(Renderer.markdown(model).contains("of nginx on runc is failed: of 4 instances: it died."))
    }

    @Test func warningsMarkOnlyWhatCounts() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { $0.warnings = ["the host was not quiet"] }
        let report = try #require(SyntheticClimbs.footprint(run))
        #expect(report.marks == ["noisy"] && report.warnings == ["the host was not quiet"])
    }

    @Test func withoutOneViewThereIsNoResidual() throws {
        var run = SyntheticClimbs.run()
        SyntheticClimbs.change(&run) { ladder in
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
        SyntheticClimbs.change(&run) { ladder in
            for rung in ladder.rungs.indices {
                let count = Int64(ladder.rungs[rung].instances)
                ladder.rungs[rung].reading[.pssVMM] = count * 90
                ladder.rungs[rung].reading[.guestTouched] = count * 64
            }
        }
        #expect(SyntheticClimbs.footprint(run)?.monitorOwn == 26)
    }

    @Test func theAnswerComesFirstAndSaysWhatIsEmulated() throws {
        let answers = ReportModel(run: SyntheticClimbs.run(), resamples: 50).footprintAnswers
        #expect(answers.map(\.workload) == ["noop", "nginx"] && answers.allSatisfy { $0.experiment == "footprint" })
        #expect(
            answers[1].text
                == "One more idle nginx costs this host 1.00 MiB [0.984 to 1.02 MiB] under runc and 64.0 MiB [63.0 to "
                + "65.0 MiB] (emulated) in the VM q35, 64.0 times as much (3 ladders each, up to 64 instances).")
        var run = SyntheticClimbs.run()
        run.ladders = []
        let none = ReportModel(run: run, resamples: 50).footprintAnswers
        #expect(none.map(\.text).first == "There is no footprint to state for noop on this host.")
    }
}
