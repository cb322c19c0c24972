import BenchmarkModel
import Foundation
import Testing

/// Tasks in a plan, and the units of what they print.
@Suite struct TaskPlanTests {
    private static func suite() -> Suite {
        func workload(_ name: String, _ readiness: Readiness) -> Workload {
            Workload(name: name, image: .rootfs(path: "/r"), command: ["/a"], readiness: readiness)
        }
        return Suite(
            name: "tasks",
            workloads: [workload("job", .completed), workload("server", .started), workload("other", .completed)],
            platforms: [
                PlatformSpec(name: "process", kind: .process), PlatformSpec(name: "namespaces", kind: .namespaces),
            ], startup: StartupExperiment(samples: 2), task: TaskExperiment(samples: 3, warmupBlocks: 2))
    }

    @Test func onlyCommandsThatEndAreTasks() {
        let plan = Plan(suite: TaskPlanTests.suite(), seed: 1)
        let tasks = plan.cells(of: "task")
        #expect(
            tasks.map(\.key) == [
                "task/job/process/run", "task/job/namespaces/run", "task/other/process/run",
                "task/other/namespaces/run",
            ])
        #expect(tasks.allSatisfy { $0.planned == 3 && $0.impossible == nil && $0.parameters == .task })
        #expect(plan.blocks(of: "task").map(\.counted) == [false, false, true, true, true])
        #expect(plan.experiments == ["startup", "task"])
        #expect(plan.blocks.map(\.index) == Array(0..<8))
    }

    @Test func twoSidesAlternateInTasks() throws {
        let suite = try TaskPlanTests.suite().checkedSides(["process", "namespaces"])
        let plan = Plan(suite: TaskPlanTests.suite(), seed: 1, sides: suite.names)
        for block in plan.blocks(of: "task") {
            let platforms = block.order.map { plan.cells[$0].platform }
            #expect(platforms.count == 4 && platforms[0] != platforms[1] && platforms[2] != platforms[3])
        }
    }

    @Test func aUnitIsOneOfTaresOrAToolsWord() throws {
        for unit in Metric.Unit.known {
            #expect(Metric.Unit(rawValue: unit.rawValue) == unit)
        }
        #expect(Metric.Unit(rawValue: "events/s") == .other("events/s"))
        for unit in Metric.Unit.known + [.other("events/s")] {
            let data = try JSONEncoder().encode([unit])
            #expect(String(decoding: data, as: UTF8.self).replacing("\\/", with: "/") == "[\"\(unit.rawValue)\"]")
            #expect(try JSONDecoder().decode([Metric.Unit].self, from: data) == [unit])
        }
    }

    @Test(arguments: ["s", "events/s", "µs", "bogo ops", "%", "字", String(repeating: "x", count: 32)])
    func isAUnit(_ text: String) { #expect(FigureSpec.isUnit(text)) }

    @Test(arguments: [
        "", " ", " s", "s ", "a\tb", "a\nb", "\u{7F}", "a\u{9B}b", "a\u{202E}b", "a\u{200B}b", "a\u{2028}b",
        "a\u{A0}b", "\u{FEFF}a", String(repeating: "x", count: 33),
    ])
    func isNoUnit(_ text: String) { #expect(!FigureSpec.isUnit(text)) }
}
