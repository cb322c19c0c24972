import BenchmarkModel
import Statistics
import Testing

@testable import Reports

@Suite struct DensityReportTests {
    private func run(_ instances: [Int], cause: Ramp.StopCause = .memoryBudget) -> Run {
        var run = SyntheticClimbs.run(ramps: instances.count)
        let key = "density/nginx/runc/1024MiB"
        run.ramps.removeAll { $0.cell == key }
        for (index, count) in instances.enumerated() {
            run.ramps.append(SyntheticClimbs.ramp(100 + index, key, instances: count, cause: cause))
        }
        return run
    }

    @Test(arguments: [([20, 10, 30], 20), ([40, 10], 10), ([7], 7), ([4, 1, 3, 2], 2)])
    func theMedianRampIsTheAnswer(counts: [Int], answer: Int) throws {
        let report = try #require(SyntheticClimbs.density(run(counts)))
        #expect(report.answer?.instances == answer)
        #expect(report.range == (counts.min() ?? 0)...(counts.max() ?? 0))
        #expect(report.ok == counts.count && report.missing == 0 && report.isSound)
        #expect(report.marks == [])
    }

    /// (1024 - 4) / 1 = 1020 instances; the interval is 1020 / (65/64) to 1020 / (63/64).
    @Test func thePredictionIsBudgetWithoutFixedCostBySlope() throws {
        let prediction = try #require(SyntheticClimbs.density(run([1_010]))?.prediction)
        #expect(abs(prediction.instances - 1_020) < 1e-6)
        let interval = try #require(prediction.interval)
        #expect(abs(interval.lower - 1_020 * 64 / 65) < 1e-3 && abs(interval.upper - 1_020 * 64 / 63) < 1e-3)
        #expect(abs(prediction.difference + 10.0 / 1_020) < 1e-9)
        #expect(!prediction.isOtherQuestion)
        // (1024 - 8) / 64 = 15.875: what was measured is compared with the 15 that are whole.
        let guests = try #require(SyntheticClimbs.density(run([1_010]), "q35")?.prediction)
        #expect(guests.instances == 15.875 && guests.difference == 0)
    }

    @Test(arguments: [Ramp.StopCause.ceiling, .reserve, .startupLimit, .died("of cold"), .launchFailed("x")])
    func whatAnotherCauseStoppedIsNotCompared(cause: Ramp.StopCause) throws {
        let model = ReportModel(run: run([400], cause: cause), resamples: 50)
        let report = try #require(model.densities.first { $0.cell.platform == "runc" })
        #expect(report.prediction?.isOtherQuestion == true)
        #expect(report.isAtLeast == (cause == .ceiling))
        let row = try #require(Renderer.markdown(model).split(separator: "\n").first { $0.contains(cause.text) })
        #expect(!row.isEmpty)
        #expect(Renderer.markdown(model).contains("other cause"))
    }

    @Test func withoutASoundFootprintNothingIsPredicted() throws {
        var run = run([400])
        run.ladders.removeAll { $0.cell == "footprint/nginx/runc/idle" && $0.number.isMultiple(of: 3) }
        let report = try #require(SyntheticClimbs.density(run))
        #expect(report.prediction == nil && report.answer?.instances == 400)
        #expect(Renderer.markdown(ReportModel(run: run, resamples: 50)).contains("not measured"))
    }

    @Test func whatIsMissingOrFailedIsNotAnAnswer() throws {
        var run = run([400, 500])
        run.ramps.removeLast()
        let report = try #require(SyntheticClimbs.density(run))
        #expect(report.missing == 1 && report.marks == ["incomplete"] && !report.isSound)
        run.ramps[run.ramps.count - 1].outcome = .invalid
        run.ramps[run.ramps.count - 1].reasons = ["swap: pages swapped: 7"]
        let model = ReportModel(run: run, resamples: 50)
        let invalid = try #require(model.densities.first { $0.cell.platform == "runc" })
        #expect(invalid.answer == nil && invalid.range == nil && invalid.invalid == 1)
        let text = try #require(model.densityAnswers.first).text
        #expect(text.hasSuffix(" No claim is made for runc."), "\(text)")
        #expect(!text.contains("under runc"))
        #expect(Renderer.markdown(model).contains("is invalid: swap: pages swapped: 7."))
    }

    @Test func whatIsNotEnforcedIsMarked() throws {
        var run = run([400])
        for index in run.ramps.indices { run.ramps[index].enforcedBy = nil }
        #expect(SyntheticClimbs.density(run)?.marks == ["not enforced"])
        #expect(SyntheticClimbs.density(run, "q35")?.marks == ["emulated", "not enforced"])
        let markdown = Renderer.markdown(ReportModel(run: run, resamples: 50))
        #expect(markdown.contains("No control group enforced the budget; only the reserve guarded the host."))
    }

    @Test func theAnswerNamesNAndWhatStoppedIt() throws {
        let measured = ReportModel(run: run([1_010]), resamples: 50).densityAnswers
        #expect(
            measured.map(\.text) == [
                "In 1 GiB of memory: 1,010 nginx under runc, stopped by: memory budget; 15 nginx (emulated) in the VM q35, "
                    + "stopped by: memory budget."
            ])
        let ceiling = ReportModel(run: run([400], cause: .ceiling), resamples: 50).densityAnswers
        #expect(
            ceiling.first?.text.contains("at least 400 nginx under runc, where the suite's own ceiling stopped it")
                == true)
    }

    @Test func aDozenPointsAreShownWithBothEnds() {
        let points = (0..<100).map {
            Ramp.Point(
                instances: $0, elapsedNanoseconds: 0, startupsNanoseconds: [], reading: MemoryReading())
        }
        let shown = DensityReport.shown(points).map(\.instances)
        #expect(shown.count == 12 && shown.first == 0 && shown.last == 99 && shown == Array(Set(shown)).sorted())
        #expect(DensityReport.shown(Array(points.prefix(12))).count == 12)
        #expect(DensityReport.shown([]).isEmpty)
    }
}
