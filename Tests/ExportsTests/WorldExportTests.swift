import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct WorldExportTests {
    private struct Document: Decodable {
        struct World: Decodable {
            struct Fact: Decodable { var name, value: String }
            var workload, platform: String
            var failure: String?
            var facts: [Fact]
        }
        struct Difference: Decodable {
            var workload, fact: String
            var inherent: String?
            var deviating: [String]
            var values: [String: String]
        }
        var worlds: [World]
        var parity: [Difference]
    }

    @Test func worldsAndTheirDifferences() throws {
        var run = SyntheticRun.full(
            workloads: [SyntheticRun.workload("nginx")], platforms: [SyntheticRun.runc, SyntheticRun.vm])
        run.worlds = [
            ObservedWorld(
                workload: "nginx", platform: "runc",
                facts: [Fact("umask", "0022"), Fact("kernel", "6.18"), Fact("nice", "0")]),
            ObservedWorld(workload: "nginx", platform: "q35", facts: [Fact("kernel", "6.1"), Fact("nice", "0")]),
        ]
        let text = try JSONExport.encode(RunAnalysis(run: run, resamples: 20), JSONExport.Sentences())
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        #expect(document.worlds.map(\.platform) == ["runc", "q35"])
        #expect(document.worlds[0].facts.map(\.name) == ["umask", "kernel", "nice"])
        let kernel = try #require(document.parity.first { $0.fact == "kernel" })
        #expect(kernel.values == ["runc": "6.18", "q35": "6.1"] && kernel.deviating == [] && kernel.inherent != nil)
        let umask = try #require(document.parity.first { $0.fact == "umask" })
        #expect(umask.values == ["runc": "0022"] && umask.deviating == ["runc", "q35"] && umask.inherent == nil)
        #expect(document.parity.count == 2)
    }
}
