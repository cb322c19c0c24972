import Analysis
import BenchmarkModel
import Charts
import TestSupport
import Testing

@testable import Reports

@Suite("The modes of a start side by side") struct ModesSectionTests {
    private func table(_ run: Run) throws -> (section: Document.Section, table: Table) {
        let section = try #require(ModesSection.section(RunAnalysis(run: run, resamples: 50)))
        for case .table(let table) in section.blocks { return (section, table) }
        throw TareError(.failed, "the section has no table", remedy: "none")
    }

    /// The figures are those of the cells, each in the column of its mode.
    @Test func eachModeHasItsColumn() throws {
        let run = SyntheticRun.full(modes: [.warm, .concurrent(2)])
        let analysis = RunAnalysis(run: run, resamples: 50)
        let found = try table(run)
        #expect(found.table.columns.map(\.title) == ["workload", "platform", "warm", "concurrent-2"])
        #expect(found.table.rows.count == 8)
        for row in found.table.rows {
            for (place, mode) in analysis.modes.enumerated() {
                let cell = try #require(
                    analysis.startups.first {
                        $0.mode == mode && $0.cell.workload == row[0].plain && $0.cell.platform == row[1].plain
                    })
                // Two of nginx cannot listen on one port, where they share a network.
                let expected =
                    cell.startup.map { Format.duration($0.median) } ?? [Inline].unknown.plain + " (impossible)"
                #expect(row[2 + place].plain.hasPrefix(expected), "\(row[2 + place].plain)")
                #expect(row[2 + place].plain.contains("emulated") == cell.emulated)
            }
        }
        let figures = found.section.blocks.compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
        #expect(figures.count == 2 && figures.allSatisfy { $0.legend.map(\.label) == ["warm", "concurrent-2"] })
        #expect(figures.allSatisfy { $0.svg.contains("q35 (emulated)") })
    }

    /// What nobody measured is a dash, and where nothing is ok the cell says why.
    @Test func whatIsMissingIsSeen() throws {
        var run = SyntheticRun.full(modes: [.warm, .cold])
        for index in run.observations.indices where run.observations[index].cell == "startup/nginx/runc/cold" {
            run.observations[index].outcome = .failed
        }
        run.plan.cells.removeAll { $0.key == "startup/noop/runc/cold" }
        run.observations.removeAll { $0.cell == "startup/noop/runc/cold" }
        let rows = try table(run).table.rows
        let nginx = try #require(rows.first { $0[0].plain == "nginx" && $0[1].plain == "runc" })
        #expect(nginx[3].plain.hasPrefix([Inline].unknown.plain) && nginx[3].plain.contains("too few"))
        let noop = try #require(rows.first { $0[0].plain == "noop" && $0[1].plain == "runc" })
        #expect(noop[3] == .unknown && noop[2] != .unknown)
    }

    @Test func oneModeNeedsNone() {
        #expect(ModesSection.section(RunAnalysis(run: SyntheticRun.full(), resamples: 50)) == nil)
    }
}
