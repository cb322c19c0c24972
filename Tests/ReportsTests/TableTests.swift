import Analysis
import BenchmarkModel
import TestSupport
import Testing

@testable import Reports

/// A table is written once, and every rendering takes it from there.
@Suite struct TableTests {
    private func titles(_ report: Report, _ section: String) throws -> [String] {
        let found = try #require(report.document.sections.first { $0.id == section })
        return try #require(found.summary?.table).columns.map(\.title)
    }

    /// Each metric that any cell has makes a column, in the order of the list, in all three renderings.
    @Test func columnsAreMadeFromTheMetrics() throws {
        let report = Report(run: SyntheticClimbs.run())
        let startup = try titles(report, "startup-warm")
        #expect(startup.prefix(7) == ["workload", "platform", "n", "failed", "invalid", "median", "95 % interval"])
        let all: [(String, [String], [any AnalysedCell])] = [
            ("startup-warm", StartupCell.metrics.map(\.title), report.analysis.startups),
            ("footprint", FootprintCell.metrics.map(\.title), report.analysis.footprints),
            ("density", DensityCell.metrics.map(\.title), report.analysis.densities),
        ]
        let (markdown, html) = (report.markdown(), try report.html())
        let terminal = report.terminal(width: 1_000, color: false)
        for (section, metrics, cells) in all {
            let titles = try titles(report, section)
            let stated = Set(cells.flatMap { $0.findings(report.analysis.run.facts) }.map(\.metric.title))
            #expect(!stated.isEmpty)
            #expect(titles.filter(metrics.contains) == metrics.filter(stated.contains))
            for title in stated {
                #expect(markdown.contains("| \(title) ") && html.contains(">\(title)"), "\(title)")
                #expect(terminal.contains(title))
            }
        }
        // 20 samples carry no p99, and nothing is charged by process here.
        #expect(!startup.contains("p99") && !markdown.contains("| sum of PSS |"))
    }

    @Test func figuresStandInTheirUnit() throws {
        let markdown = Report(run: SyntheticClimbs.run()).markdown()
        func row(_ head: String) throws -> String {
            String(try #require(markdown.split(separator: "\n").first { $0.hasPrefix(head) }))
        }
        #expect(try row("| nginx | runc | 20 of 20 | 0 | 0 | **64.0 ms** |").contains("| 0 % |"))
        #expect(
            try row("| nginx | runc | 3 of 3 |").hasPrefix(
                "| nginx | runc | 3 of 3 | 0 | 0 | **1.00 MiB** | 0.984 to 1.02 MiB | 1.00 ms/s | 768 KiB \\["))
        // The footprint says (1024 - 8) / 64 = 15.875 [15.6 to 16.1].
        #expect(
            try row("| nginx | q35 *(emulated)* | 1 of 1 |").hasPrefix(
                "| nginx | q35 *(emulated)* | 1 of 1 | 0 | 0 | **15** | none | 15 \\[15 to 16\\] | 100 MiB | 9000 ms | 7.00 ms |"
            ))
    }

    /// What was stopped by the suite's own ceiling is at least so much, and several ramps have a range.
    @Test func aBoundAndARangeAreSaid() throws {
        var run = SyntheticClimbs.run(ramps: 2)
        var counts = [7, 9]
        for index in run.observations.indices where run.observations[index].cell == "density/nginx/runc/1024MiB" {
            run.observations[index].changeRamp { ramp in
                ramp.instances = counts.removeFirst()
                ramp.cause = .ceiling
            }
        }
        let report = Report(run: run)
        #expect(try titles(report, "density").contains("least to most"))
        #expect(report.markdown().contains("| nginx | runc | 2 of 2 | 0 | 0 | **at least 7** | 7 to 9 |"))
        #expect(report.terminal(width: 200, color: false).contains("at least 7"))
        #expect(report.markdown().contains("| other cause |"))
    }

    /// CPU time that could be read of fewer samples than are ok says of how many.
    @Test func aFigureOfFewerSamplesSaysSo() {
        var run = SyntheticRun.full()
        let cell = SyntheticRun.cell(run, "runc").key
        let first = run.observations.firstIndex { $0.cell == cell && $0.counted } ?? 0
        run.observations[first].changeStartup { $0.cpuNanoseconds = nil }
        #expect(Report(run: run).markdown().contains("| 32.0 ms (n = 19) \\["))
    }

    @Test func aTerminalShowsTheTablesOfAllExperiments() {
        let report = Report(run: SyntheticClimbs.run())
        for width in [80, 120, 200] {
            let text = report.terminal(width: width, color: false)
            #expect(text.contains("Startup, warm: time from the request to ready"))
            #expect(text.contains("Footprint: what one more idle instance costs"))
            #expect(text.contains("Density: how many fit in 1 GiB"))
            #expect(text.contains("In 1 GiB of memory: 1,010 nginx"))
            #expect(text.contains("Measurements: 94 planned, 94 ok, 0 failed, 0 invalid."))
            for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        }
        let bare = Report(run: SyntheticRun.full()).terminal(width: 80, color: false)
        #expect(!bare.contains("Footprint") && !bare.contains("Density"))
        let colored = report.terminal(width: 80, color: true)
        #expect(colored.contains("\u{1B}[33mSoftware emulation.") && colored.contains("\u{1B}[1mDensity: how many"))
    }

    /// In a narrow terminal the intervals of lesser figures go first, then the lesser figures; the first figure stays.
    @Test func lesserMetricsAreGivenUpFirst() throws {
        let table = try #require(
            Report(run: SyntheticRun.full()).document.sections.first?.summary?.table)
        let ranks = Dictionary(table.columns.map { ($0.title, $0.rank) }, uniquingKeysWith: { first, _ in first })
        let order = ["median", "95 % interval", "p95", "CPU of a start", "p10", "min", "share failed"]
        #expect(order.compactMap { ranks[$0] } == order.compactMap { ranks[$0] }.sorted() && ranks["median"] == 0)
    }

    /// Intervals in brackets go before any figure, and what goes is named.
    @Test func asidesAreGivenUpFirst() {
        var columns: [Table.Column] = [.init("name"), .init("first", rank: 1), .init("second", rank: 2)]
        columns[1].aside = "interval"
        columns[2].aside = "interval"
        let figure: [Inline] = [.text("31.2 ms"), .aside("30 to 32")]
        let table = TerminalTable(Table(caption: "", columns: columns, rows: [[[.text("runc")], figure, figure]]))
        func lines(_ width: Int) -> [Substring] { table.render(width: width, color: false).split(separator: "\n") }
        #expect(lines(80)[1] == "runc  31.2 ms [30 to 32]  31.2 ms [30 to 32]" && lines(80).count == 2)
        #expect(lines(80)[0] == "name  first [interval]    second [interval]")
        #expect(lines(40)[1] == "runc  31.2 ms [30 to 32]  31.2 ms")
        #expect(lines(40)[2] == "(not shown in 40 columns: interval of" && lines(40)[3] == "second)")
        #expect(lines(23)[1] == "runc  31.2 ms  31.2 ms")
        #expect(lines(15).dropFirst(1).first == "runc  31.2 ms")
        #expect(lines(15).dropFirst(2).joined(separator: " ").contains("interval of first, second [interval]"))
    }

    @Test func theSameRunGivesTheSameReport() throws {
        let run = SyntheticClimbs.run()
        let (first, second) = (Report(run: run, resamples: 200), Report(run: run, resamples: 200))
        #expect(first.markdown() == second.markdown())
        #expect(try first.html() == second.html())
        #expect(first.terminal(width: 100, color: false) == second.terminal(width: 100, color: false))
    }

    /// A page has a section for each experiment that was measured, and says how starts were measured only where any were.
    @Test func eachExperimentHasItsSection() {
        let all = Report(run: SyntheticClimbs.run()).document.sections.map(\.id)
        #expect(all.prefix(4) == ["startup-warm", "phases", "footprint", "density"])
        #expect(
            Report(run: SyntheticRun.full()).document.sections.map(\.id).prefix(3) == [
                "startup-warm", "phases", "failures",
            ])
        #expect(Report(run: SyntheticRun.full()).markdown().contains("- **Rest.**"))
        #expect(!Report(run: SyntheticRun.empty(workloads: [], platforms: [])).markdown().contains("- **Rest.**"))
    }
}
