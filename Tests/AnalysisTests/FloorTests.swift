import BenchmarkModel
import Statistics
import TestSupport
import Testing

@testable import Analysis

/// Against what ratios are taken.
@Suite struct FloorTests {
    private static let net = PlatformSpec(name: "part-net", kind: .isolation([.network]))
    private static let none = PlatformSpec(name: "part-none", kind: .isolation([]))
    private static let every = PlatformSpec(name: "part-all", kind: .isolation(IsolationPart.allCases))

    private func floors(_ platforms: [PlatformSpec]) throws -> [String] {
        let analysis = RunAnalysis(run: SyntheticRun.full(platforms: platforms), resamples: 50)
        return try #require(analysis.startups.first { $0.cell.platform == "runc" }).floors.map(\.platform)
    }

    /// A part of the isolation is no floor, wherever it stands in the suite; all parts together are.
    @Test func aPartIsNoFloor() throws {
        #expect(
            try floors([Self.net, Self.none, SyntheticRun.process, SyntheticRun.namespaces, SyntheticRun.runc])
                == ["namespaces", "process"])
        #expect(try floors([Self.net, Self.every, SyntheticRun.runc]) == ["part-all"])
        #expect(try floors([Self.net, Self.none, SyntheticRun.runc]) == [])
    }

    /// The first container is what sentences set the others against; parts are set against none.
    @Test func theReferenceIsTheFirstContainer() throws {
        let run = SyntheticRun.full(platforms: [SyntheticRun.vm, Self.net, SyntheticRun.namespaces, SyntheticRun.runc])
        let nginx = RunAnalysis(run: run, resamples: 50).startups.filter { $0.cell.workload == "nginx" }
        #expect(nginx.filter(\.isReference).map(\.cell.platform) == ["runc"])
        let guest = try #require(nginx.first { $0.cell.platform == "q35" })
        // 5120 / 64.
        #expect(abs((guest.ratioToReference?.value ?? 0) - 80) < 1e-6)
        let bare = RunAnalysis(
            run: SyntheticRun.full(platforms: [SyntheticRun.process, SyntheticRun.namespaces]), resamples: 50)
        #expect(bare.startups.filter(\.isReference).map(\.cell.platform) == ["namespaces", "namespaces"])
    }

    @Test func whatAPartAddsIsAgainstNone() throws {
        var run = SyntheticRun.full(platforms: [Self.net, Self.none])
        for index in run.observations.indices where run.observations[index].cell.contains("part-net") {
            run.observations[index].changeStartup { start in
                for mark in start.marks.indices where start.marks[mark].name == .ready {
                    start.marks[mark].nanoseconds += 3_000_000
                }
            }
        }
        let cells = RunAnalysis(run: run, resamples: 50).startups
        for (cell, expected) in zip(cells, [3_000_000.0, 0, 3_000_000, 0]) {
            #expect(abs((cell.moreThanNone ?? .nan) - expected) < 2)
        }
    }
}
