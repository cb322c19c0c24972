import BenchmarkModel
import Testing

@testable import TareCommands

@Suite struct NeighbourLimitTests {
    private func suite(ceiling: Int, _ network: WorkloadNetwork = .bridge, _ readiness: Readiness = .tcp(port: 80))
        -> Suite
    {
        Suite(
            name: "s",
            workloads: [
                Workload(
                    name: "web", image: .rootfs(path: "/r"), command: ["/a"], readiness: readiness, network: network)
            ],
            platforms: [
                PlatformSpec(name: "runc", kind: .oci(OCISettings())),
                PlatformSpec(name: "docker", kind: .engine(EngineSettings(.docker, starts: true))),
                PlatformSpec(name: "containerd", kind: .engine(EngineSettings(.containerd, starts: true))),
            ], density: DensityExperiment(budgetBytes: 1 << 30, ceiling: ceiling))
    }

    /// Only where the engine makes the bridges: of its own tare knows the addresses.
    @Test func isToldBeforehand() throws {
        let told = NeighbourLimit.threats(suite(ceiling: 1_000), most: 1_024)
        #expect(told.count == 1)
        let text = try #require(told.first?.text)
        #expect(
            text.contains("up to 1000 web on docker") && text.contains("over 512 may seem not to answer"), "\(text)")
        #expect(text.contains("sysctl net.ipv4.neigh.default.gc_thresh3=4000"), "\(text)")
    }

    @Test func isNotToldWhereItCannotBeMet() {
        #expect(NeighbourLimit.threats(suite(ceiling: 512), most: 1_024).isEmpty)
        #expect(NeighbourLimit.threats(suite(ceiling: 1_000), most: nil).isEmpty)
        #expect(NeighbourLimit.threats(suite(ceiling: 1_000, .none), most: 1_024).isEmpty)
        #expect(NeighbourLimit.threats(suite(ceiling: 1_000, .bridge, .started), most: 1_024).isEmpty)
    }
}
