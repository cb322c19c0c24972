import BenchmarkModel
import Foundation
import Testing

@testable import Reports

/// What a report must say when a run did not go as planned.
@Suite struct HonestyTests {
    private func everyRendering(_ run: Run) throws -> [String] {
        let model = ReportModel(run: run, resamples: 50)
        return try ReportFormat.allCases.map { try Renderer.render(model, as: $0) }
    }

    @Test func anEmptyRunClaimsNothing() throws {
        let run = SyntheticRun.empty()
        let model = ReportModel(run: run, resamples: 50)
        #expect(model.accounting.holds == false)
        #expect(model.banners.contains { $0.kind == .accounting && $0.text.contains("No verdict is given") })
        let text = try #require(model.answers.first?.text)
        #expect(text.hasPrefix("There is no figure to state for nginx, started warm, on this host."))
        #expect(text.contains("20 missing of 20 planned samples"))
        #expect(!text.contains(" ms"))
        for rendering in try everyRendering(run) { #expect(!rendering.isEmpty) }
        for rendering in try everyRendering(SyntheticRun.empty(workloads: [], platforms: [])) {
            #expect(!rendering.isEmpty)
        }
    }

    @Test func whereAllFailedTheReasonsAreGrouped() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 6)
        let cell = SyntheticRun.cell(run, "runc")
        run.samples = (1...6).map {
            SyntheticRun.failure($0, cell, block: $0, reason: $0 == 4 ? "the image is gone" : "connection refused")
        }
        let model = ReportModel(run: run, resamples: 50)
        #expect(model.accounting.holds)
        #expect(model.cells[0].standing == .tooFew)
        #expect(model.answers[0].text.contains("0 of 6 planned samples ok, 6 failed, 0 invalid"))
        #expect(model.troubles.map(\.reason) == ["connection refused", "the image is gone"])
        #expect(model.troubles.map(\.samples) == [[1, 2, 3, 5, 6], [4]])
        let markdown = Renderer.markdown(model)
        #expect(markdown.contains("| connection refused | 5 | 1-3, 5, 6 |"))
    }

    @Test func anInterruptedRunSaysSo() throws {
        var run = SyntheticRun.full()
        run.status = .interrupted
        let runc = SyntheticRun.cell(run, "runc").key
        run.samples.removeAll { $0.cell == runc && $0.block > 15 }
        let model = ReportModel(run: run, resamples: 50)
        #expect(model.banners.contains { $0.kind == .unfinished && $0.text.contains("155 were taken") })
        let report = try #require(model.cell(runc))
        #expect(report.missing == 5)
        #expect(report.marks == ["incomplete"])
        #expect(report.floors.allSatisfy { $0.ratio == nil })
        let answer = try #require(model.answers.last?.text)
        #expect(answer.contains("No verdict is given under runc (5 missing of 20 planned samples)."))
        #expect(!answer.contains("64.0 ms"))
        #expect(model.answers.first?.text.contains("32.0 ms under runc") == true)
    }

    @Test func moreSamplesThanPlannedAreNoVerdictEither() throws {
        var run = SyntheticRun.full()
        let cell = SyntheticRun.cell(run, "runc")
        run.samples.append(SyntheticRun.sample(900, cell, block: 20, milliseconds: 64))
        #expect(ReportModel(run: run, resamples: 50).cell(cell.key)?.standing == .incomplete)
        run = SyntheticRun.full()
        run.samples[3].cell = "startup/unknown/unknown/warm"
        let stray = ReportModel(run: run, resamples: 50)
        #expect(stray.accounting.stray == 1)
        #expect(stray.accounting.holds == false)
    }

    @Test func anOkSampleWithoutAStartupIsCountedAsInvalid() throws {
        var run = SyntheticRun.empty(platforms: [SyntheticRun.runc], samples: 6)
        let cell = SyntheticRun.cell(run, "runc")
        run.samples = (1...6).map { SyntheticRun.sample($0, cell, block: $0, milliseconds: 10) }
        run.samples[2].marks.removeAll { $0.name == .ready }
        let model = ReportModel(run: run, resamples: 50)
        #expect(model.cells[0].ok == 5)
        #expect(model.cells[0].invalid == 1)
        #expect(model.troubles.map(\.samples) == [[3]])
    }

    @Test func anImpossibleCellIsShownWithItsReason() throws {
        let run = SyntheticRun.full(modes: [.concurrent(4)])
        for rendering in try everyRendering(run) where !rendering.hasPrefix("run,") {
            #expect(rendering.contains("only one of them can listen on port 80"))
        }
        #expect(ReportModel(run: run, resamples: 50).accounting.holds)
    }

    /// Wherever a figure of the guests stands, the word stands in the same row or sentence.
    @Test func everyFigureOfAnEmulatedGuestIsMarked() throws {
        let model = ReportModel(run: SyntheticRun.full(), resamples: 50)
        #expect(model.banners.first?.kind == .emulation)
        for format in [ReportFormat.markdown, .text] {
            let text = try Renderer.render(model, as: format)
            for line in text.split(separator: "\n") where line.contains("5120 ms") || line.contains("2560 ms") {
                #expect(line.contains("emulated"), "\(line)")
            }
            #expect(text.contains("5120 ms"))
        }
        let html = try Renderer.html(model)
        for row in html.components(separatedBy: "<tr>").dropFirst() where row.contains("5120\u{A0}ms") {
            #expect(row.contains("mark-emulated"))
        }
        #expect(html.contains("5120\u{A0}ms"))
        let answer = try #require(html.components(separatedBy: "<p class=\"answer\">").last)
        #expect(answer.contains("<strong>5120 ms</strong> <span class=\"mark mark-emulated\">emulated</span>"))
        for drawing in html.components(separatedBy: "<svg").dropFirst() where drawing.contains("q35") {
            #expect(drawing.contains("q35 (emulated)"))
        }
        var kvm = SyntheticRun.full()
        for index in kvm.platforms.indices { kvm.platforms[index].emulated = false }
        #expect(try !Renderer.html(ReportModel(run: kvm, resamples: 50)).contains("mark-emulated\""))
    }
}
