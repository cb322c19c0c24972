import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Reports

/// The plan in words and tables; its figures are tested where they are made.
@Suite struct CapacityPlanTests {
    private func plan(
        _ run: Run = SyntheticClimbs.run(), mix: [CapacityPlan.Share]? = [.init("nginx", 1)], price: Double? = nil,
        emulated: Bool = true
    ) throws -> CapacityPlan {
        try CapacityPlan(
            CapacityPlan.Request(
                hostMemoryBytes: 64 << 30, hostCPUs: 64, reserveBytes: 4 << 30, instances: 245_000, mix: mix,
                pricePerHostMonth: price, acceptsEmulated: emulated, containersPerVM: [5]),
            from: [RunAnalysis(run: run, resamples: 50)])
    }

    @Test func theAnswerIsASentence() throws {
        #expect(
            try plan().answers == [
                "nginx: 4 hosts with runc, 61,436 on each; 256 hosts with q35 (emulated), 959 on each."
            ])
        let text = try plan().text(width: 100, color: false)
        #expect(
            text.hasPrefix(
                "245,000 instances on hosts with 64 GiB (68.7 GB) and 64 CPUs, 4 GiB of each kept free. From run"))
        #expect(
            text.contains("Checked: in 1 GiB 1,010 nginx really ran on runc, 1,020 were predicted in the same way."))
        let mixed = try plan(mix: [.init("nginx", 0.8), .init("noop", 0.2)])
        #expect(mixed.rows.first?.workload == "nginx 80.0 %, noop 20.0 %")
    }

    @Test func whatIsRefusedIsToldWithItsReason() throws {
        let text = try plan(emulated: false).text(width: 1_000, color: false)
        #expect(text.contains("Not sized: nginx on q35: its guests ran under software emulation"))
        #expect(!text.contains("hosts with q35"))
        #expect(try plan(emulated: false).markdown().contains("refused: its guests ran under software emulation"))
    }

    /// A terminal gives up columns and says which; the page has them all.
    @Test func oneTableForEveryRendering() throws {
        let plan = try plan()
        let narrow = plan.text(width: 100, color: false)
        #expect(narrow.contains("(not shown in 100 columns: ") && narrow.contains("basis"))
        for line in narrow.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        for title in ["workload", "memory each", "measured up to", "one kernel's fault hits"] {
            #expect(plan.markdown().contains("| \(title) |") && plan.text(width: 400, color: false).contains(title))
        }
        #expect(plan.markdown().contains("| q35 with 5 x runc *(emulated)* |"))
        #expect(
            plan.markdown().contains(
                "| not measured | extrapolated, assumed \\[without most limits of the kernel\\] |"))
    }

    @Test func jsonHoldsTheRequestAndEveryRow() throws {
        let plan = try plan(price: 900, emulated: false)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(try plan.json().utf8)) as? [String: Any])
        #expect(document["schema"] as? String == "tare-plan/2")
        let asked = try #require(document["request"] as? [String: Any])
        #expect(asked["instances"] as? Int == 245_000 && asked["acceptsEmulated"] as? Bool == false)
        #expect(asked["mix"] as? [String: Double] == ["nginx": 1])
        let rows = try #require(document["rows"] as? [[String: Any]])
        #expect(rows.count == plan.rows.count)
        let runc = try #require(rows.first { $0["platform"] as? String == "runc" })
        #expect(runc["hosts"] as? [String: Double] == ["value": 4, "lower": 4, "upper": 5])
        #expect(runc["costPerMonth"] as? [String: Double] == ["value": 3_600, "lower": 3_600, "upper": 4_500])
        #expect(runc["refusal"] == nil && runc["basis"] as? String == "extrapolated, long")
        let guest = try #require(rows.first { $0["platform"] as? String == "q35" })
        #expect(guest["refusal"] as? String == CapacityPlan.Refusal.emulated.text && guest["hosts"] == nil)
        #expect((document["statements"] as? [String])?.isEmpty == false)
    }

    @Test func namesFromOutsideObeyNothing() throws {
        var run = SyntheticClimbs.run()
        let nasty = "a|b\u{1B}[31m<script>`x`"
        run.id = nasty
        let first = try #require(run.plan.cells.firstIndex { $0.experiment == "footprint" })
        run.plan.cells[first].impossible = nasty
        run.plan.cells[first].planned = 0
        let plan = try plan(run, mix: nil)
        let text = plan.text(width: 100, color: false)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && Escape.isControl($0) })
        let markdown = plan.markdown()
        #expect(!markdown.contains("\u{1B}") && !markdown.contains("<script"))
        // Of each table all rows are of one width: the plan's, and that of the limits.
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        let tables = lines.split { !$0.hasPrefix("|") }.map { rows in
            rows.map {
                $0.replacing("\\\\", with: "").replacing("\\|", with: "").split(
                    separator: "|", omittingEmptySubsequences: false
                ).count
            }
        }
        #expect(tables.count == 2 && tables[0].count > 4 && tables.allSatisfy { Set($0).count == 1 })
    }
}
