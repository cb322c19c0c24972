import Analysis
import ArgumentParser
import BenchmarkModel
import LinuxSystem
import Testing

@testable import TareCommands

/// `tare report --compare`, on runs that nobody measured.
@Suite struct ReportComparisonTests {
    private typealias Fixture = CompareFixture
    private let fixture: CompareFixture

    init() throws { fixture = try CompareFixture() }

    private func report(_ base: String) throws -> (markdown: String, html: String) {
        let output = fixture.path("report")
        try ReportCommand.parse(
            ["latest", "--compare", base, "--output", output, "--db", fixture.database, "--format", "json"]
        ).run()
        return (try HostFiles.read(output + "/report.md"), try HostFiles.read(output + "/report.html"))
    }

    /// The section says what `tare compare` says, with a picture; against a baseline with its noise a verdict is possible.
    @Test func whatChangedStandsInTheReport() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2, factor: 1.5))
        let baseline = try fixture.baseline(of: base)
        let report = try report(baseline)
        let row = report.markdown.split(separator: "\n").first { $0.hasPrefix("| median, nginx on runc") }
        #expect(row?.contains("**regressed** | **+50") == true, "\(row ?? "no row")")
        #expect(report.markdown.contains("## Compared with "))
        #expect(report.markdown.contains("](charts/effects.svg)"))
        #expect(report.html.contains("<section id=\"comparison\">") && report.html.contains("id=\"effects-t\""))
        let chart = try HostFiles.read(fixture.path("report/charts/effects.svg"))
        #expect(chart.contains("class=\"reference\"") && chart.contains("regressed"))
    }

    @Test func whatMustNotBeComparedIsRefused() throws {
        let base = Fixture.run(1)
        try fixture.store(base, Fixture.run(2))
        let baseline = try fixture.baseline(of: base) { $0.facts.facts[0].value = "Another CPU" }
        let error = try #require(#expect(throws: TareError.self) { try report(baseline) })
        #expect(error.code == .notComparable)
        // Nothing half-done stays behind.
        #expect(!HostFiles.exists(fixture.path("report")))
        #expect(throws: (any Error).self) {
            _ = try ReportCommand.parse(["--index", "reports", "--compare", baseline])
        }
    }
}
