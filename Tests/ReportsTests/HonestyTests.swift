import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What a report must say when a run did not go as planned.
@Suite struct HonestyTests {
    private func everyRendering(_ run: Run) throws -> [String] {
        let report = Report(run: run)
        return [report.markdown(), try report.html(), report.terminal(width: 100, color: false)]
    }

    @Test func anEmptyRunClaimsNothing() throws {
        let run = SyntheticRun.empty()
        let report = Report(run: run)
        #expect(report.analysis.accounting.holds == false)
        #expect(report.banners.contains { $0.kind == .accounting && $0.text.contains("No verdict is given") })
        let text = try #require(report.answers.first?.text)
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
        run.observations = (1...6).map {
            SyntheticRun.failure($0, cell, block: $0, reason: $0 == 4 ? "the image is gone" : "connection refused")
        }
        let report = Report(run: run)
        #expect(report.analysis.accounting.holds)
        #expect(report.analysis.startups[0].standing == .tooFew)
        #expect(report.answers[0].text.contains("0 of 6 planned samples ok, 6 failed, 0 invalid"))
        #expect(report.analysis.troubles.map(\.reason) == ["connection refused", "the image is gone"])
        #expect(report.analysis.troubles.map(\.numbers) == [[1, 2, 3, 5, 6], [4]])
        let markdown = report.markdown()
        #expect(markdown.contains("| connection refused | 5 | 1-3, 5, 6 |"))
    }

    @Test func anInterruptedRunSaysSo() throws {
        var run = SyntheticRun.full()
        run.status = .interrupted
        let runc = SyntheticRun.cell(run, "runc").key
        run.observations.removeAll { $0.cell == runc && $0.block > 15 }
        let report = Report(run: run)
        #expect(report.banners.contains { $0.kind == .unfinished && $0.text.contains("155 were taken") })
        let cell = try #require(report.analysis.startup(runc))
        #expect(cell.accounting.missing == 5)
        #expect(cell.caveats == [.incomplete])
        #expect(cell.floors.allSatisfy { $0.ratio == nil })
        let answer = try #require(report.answers.last?.text)
        #expect(answer.contains("No verdict is given under runc (5 missing of 20 planned samples)."))
        #expect(!answer.contains("64.0 ms"))
        #expect(report.answers.first?.text.contains("32.0 ms under runc") == true)
    }

    @Test func anImpossibleCellIsShownWithItsReason() throws {
        let run = SyntheticRun.full(modes: [.concurrent(4)])
        for rendering in try everyRendering(run) {
            #expect(rendering.contains("only one of them can listen on port 80"))
        }
        #expect(Report(run: run).analysis.accounting.holds)
    }

    /// Wherever a figure of the guests stands, the word stands in the same row or sentence.
    @Test func everyFigureOfAnEmulatedGuestIsMarked() throws {
        let report = Report(run: SyntheticRun.full())
        #expect(report.banners.first?.kind == .emulation)
        for text in [report.markdown(), report.terminal(width: 100, color: false)] {
            for line in text.split(separator: "\n") where line.contains("5120 ms") || line.contains("2560 ms") {
                #expect(line.contains("emulated"), "\(line)")
            }
            #expect(text.contains("5120 ms"))
        }
        let html = try report.html()
        for row in html.components(separatedBy: "<tr>").dropFirst() where row.contains("5120\u{A0}ms") {
            #expect(row.contains("mark-emulated"))
        }
        #expect(html.contains("5120\u{A0}ms"))
        let answer = try #require(html.components(separatedBy: "<p class=\"answer\">").last)
        #expect(answer.contains("<strong>5120 ms</strong> <span class=\"mark mark-emulated\">emulated</span>"))
        let drawings = html.components(separatedBy: "<svg class=\"drawing").dropFirst().map { rest in
            // Those within it end in the middle of a line.
            rest.components(separatedBy: "</svg>\n")[0]
        }
        #expect(drawings.count > 4)
        for drawing in drawings where drawing.contains("q35") {
            #expect(drawing.contains("q35 (emulated)"))
        }
        var kvm = SyntheticRun.full()
        for index in kvm.platforms.indices { kvm.platforms[index].emulated = false }
        #expect(try !Report(run: kvm).html().contains("mark-emulated\""))
    }
}
