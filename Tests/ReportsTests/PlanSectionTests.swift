import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite("The plan in a report") struct PlanSectionTests {
    private func table(_ run: Run) throws -> (section: Document.Section, table: Table) {
        let section = try #require(PlanSection.section(RunAnalysis(run: run, resamples: 50)))
        for case .table(let table) in section.blocks { return (section, table) }
        throw TareError(.failed, "the section has no table", remedy: "none")
    }

    /// The arithmetic is that of `tare plan`, and each number says how it came about.
    @Test func saysWhatThePlanSays() throws {
        let run = SyntheticClimbs.run()
        let found = try table(run)
        #expect(
            found.table.columns.map(\.title) == [
                "workload", "platform", "64 GiB, 16 CPUs", "256 GiB, 32 CPUs", "512 GiB, 64 CPUs",
            ])
        let plan = try CapacityPlan(
            .init(
                hostMemoryBytes: 256 << 30, hostCPUs: 32, reserveBytes: 4 << 30, instances: 1, containersPerVM: []),
            from: [RunAnalysis(run: run, resamples: 50)])
        #expect(plan.rows.count == found.table.rows.count)
        for (row, shown) in zip(plan.rows, found.table.rows) where row.refusal == nil {
            let number = try #require(row.perHost).value
            let binds = try #require(row.binds).name
            #expect(shown[3].plain.hasPrefix(Format.instances(number)), "\(shown[3].plain)")
            #expect(shown[3].plain.contains("(\(binds))") && shown[3].plain.contains("(\(row.basisText))"))
        }
        let kept = found.section.blocks.map { "\($0)" }.joined()
        #expect(kept.contains("a 64th of the memory kept free"))
    }

    /// Emulated guests are not taken for virtual machines, and it is said so.
    @Test func whatIsRefusedIsARowWithItsReason() throws {
        let found = try table(SyntheticClimbs.run())
        let guests = found.table.rows.filter { $0[1].plain.hasPrefix("q35") }
        #expect(!guests.isEmpty && guests.allSatisfy { $0[2...].allSatisfy { $0 == .unknown } })
        let text = Report(run: SyntheticClimbs.run()).markdown()
        #expect(text.contains("on q35 is not sized: its guests ran under software emulation"))
    }

    @Test func withoutAFootprintThereIsNone() {
        #expect(PlanSection.section(RunAnalysis(run: SyntheticRun.full(), resamples: 50)) == nil)
    }
}
