import Analysis
import BenchmarkModel
import Charts
import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite("Pictures") struct PictureTests {
    /// Ladders, their anatomy and the ramp stand in the page, with their figures in words, and the prediction on the curve.
    @Test func climbsAreDrawn() throws {
        let report = Report(run: SyntheticClimbs.run())
        let ladders = try #require(report.figure("ladders-nginx"))
        #expect(ladders.svg.contains("one more costs") && ladders.svg.contains("class=\"curve s0\""))
        #expect(ladders.svg.contains("not fitted"))
        let memory = try #require(report.figure("density.memory-used.nginx"))
        #expect(memory.legend.contains { $0.label.contains("stopped by") }, "\(memory.legend)")
        #expect(memory.legend.contains { $0.label.contains(", predicted: ") }, "\(memory.legend)")
    }

    @Test func thePriceOfTheBoundaryIsDrawn() throws {
        let run = TaskRuns.run(
            [TaskRuns.workload("sysbench"), TaskRuns.workload("python", [])], TaskSectionTests.sample)
        let costs = try #require(Report(run: run).figure("costs"))
        #expect(costs.svg.contains("q35 (emulated): 16.0 times [16.0 to 16.0]"))
        #expect(costs.svg.contains("class=\"reference\""))
        #expect(costs.legend.contains { $0.label.hasPrefix("q35") && $0.label.contains("(emulated)") })
        #expect(!costs.legend.contains { $0.label == "namespaces" })
    }

    /// Each workload has a card with each of its experiments; the sentences are those of the Markdown.
    @Test func eachWorkloadHasACard() throws {
        let report = Report(run: SyntheticRun.full(modes: [.warm, .cold]))
        let cards = report.document.cards
        #expect(cards.map(\.title) == report.answers.map(\.workload).uniqued())
        #expect(cards.flatMap(\.parts).map(\.pieces).count == report.answers.count)
        #expect(cards.first?.parts.map(\.label) == ["startup, warm", "startup, cold"])
        let picture = try #require(cards.first?.parts.first?.picture)
        #expect(picture.svg.contains("q35 (emulated): 2560 ms ["))
        #expect(picture.caption == "Logarithmic scale: equal distances are equal ratios; bar: 95 % interval.")
        let html = try report.html()
        #expect(html.components(separatedBy: "<article class=\"card\">").count == cards.count + 1)
        // A sentence stands once: in its card.
        #expect(html.components(separatedBy: "<p class=\"answer\">").count == report.answers.count + 1)
        // Identifiers are unique in a page.
        let ids = html.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(Set(ids).count == ids.count)
        #expect(!html.contains(" style="))
    }
}
