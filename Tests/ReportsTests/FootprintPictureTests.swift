import BenchmarkModel
import Charts
import Foundation
import TestSupport
import Testing

@testable import Reports

/// The drawings of what an instance costs, and of what each part of the isolation does.
@Suite struct FootprintPictureTests {
    /// A quarter of what one more nginx costs is charged to nobody: 256 KiB under runc, and 16 MiB in the guest.
    @Test func theFixedCostStandsApart() throws {
        let anatomy = try #require(Report(run: SyntheticClimbs.run()).figure("anatomy-nginx"))
        #expect(anatomy.svg.contains(">fixed cost, once: 4.00 MiB ["))
        #expect(anatomy.svg.contains("kernel, charged to nobody 256 KiB; fixed cost, once: 4.00 MiB ["))
        #expect(anatomy.svg.contains("kernel, charged to nobody 16.0 MiB; fixed cost, once: 8.00 MiB ["))
        #expect(anatomy.svg.contains("Zoom: the first ") && anatomy.svg.contains("64.0 MiB (cut)"))
        #expect(!anatomy.svg.contains("1.00 MiB (cut)"))
    }

    /// Without any part a start of noop takes 8 ms and an instance 512 KiB; a network of its own adds 3 ms and 256 KiB.
    private func parts(_ names: [(String, [IsolationPart])]) -> Report {
        var run = SyntheticClimbs.run(platforms: names.map { PlatformSpec(name: $0.0, kind: .isolation($0.1)) })
        for index in run.observations.indices {
            let isWithNet = run.observations[index].cell.contains("part-net")
            run.observations[index].changeLadder { ladder in
                ladder = SyntheticClimbs.ladder(slope: isWithNet ? 0.75 : 0.5, fixed: 0)
            }
            guard isWithNet else { continue }
            run.observations[index].changeStartup { start in
                for mark in start.marks.indices where start.marks[mark].name == .ready {
                    start.marks[mark].nanoseconds += 3_000_000
                }
            }
        }
        return Report(run: run)
    }

    /// The places of the marks and of the line at nothing, in shares of the width.
    private func places(in figure: Reports.Figure) throws -> (marks: [Double], line: Double) {
        func number(_ text: String) throws -> Double {
            try #require(Double(String(text.prefix { $0 != "%" })))
        }
        let marks = try figure.svg.components(separatedBy: "<svg x=\"").dropFirst().map { try number($0) }
        let lines = figure.svg.components(separatedBy: "<line x1=\"").filter { $0.contains("class=\"reference\"") }
        #expect(lines.count == 1)
        return (marks, try number(try #require(lines.first)))
    }

    @Test func whatAPartAddsIsDrawnAfterItsTable() throws {
        let report = parts([("part-none", []), ("part-net", [.network])])
        let memory = try #require(report.figure("isolation-memory-noop"))
        let start = try #require(report.figure("isolation-startup-noop"))
        #expect(memory.svg.contains("none: 512 KiB [512 to 512 KiB] in all."))
        #expect(memory.svg.contains("net: +256 KiB, 768 KiB [768 to 768 KiB] in all."))
        #expect(start.svg.contains("none: 8.00 ms [") && start.svg.contains("net: +3.00 ms, 11.0 ms ["))
        for figure in [memory, start] {
            let (marks, line) = try places(in: figure)
            // None stands on the line, and what costs more right of it.
            #expect(marks.count == 2 && marks.first == line)
            #expect((marks.last ?? 0) > line)
            #expect(figure.legend.map(\.label) == ["more than none", "none"])
            #expect(figure.caption.contains("95 % interval"))
        }
        let section = try #require(report.document.sections.first { $0.id == "footprint" })
        let place = section.blocks.firstIndex { block in
            if case .table(let table) = block { table.caption == "The parts, one at a time" } else { false }
        }
        let table = try #require(place)
        let following = section.blocks.dropFirst(table + 1).prefix(2)
        #expect(Array(following) == [Document.Block.figure(memory), .figure(start)])
        // They are no bars of the anatomy.
        #expect(report.figure("anatomy-noop") == nil)
    }

    @Test func withoutARowOfNoneNothingIsDrawn() {
        let report = parts([("part-pid", [.pid]), ("part-net", [.network])])
        #expect(report.markdown().contains("The parts, one at a time"))
        #expect(report.figure("isolation-memory-noop") == nil && report.figure("isolation-startup-noop") == nil)
    }
}
