import TestSupport
import Testing

extension IntegrationTests {
    /// What is touched and given back before an instance is ready was needed all the same.
    @Suite("Peak memory", .serialized, .needs(program: "gcc")) struct PeakMemoryTests {
        /// Against a control that touches nothing: 64 MiB in a container within 5 %, 256 MiB in a guest of 512 MiB within 15 %,
        /// whose boot has touched pages that the workload uses again.
        @Test func whatIsTouchedAndFreedBeforeReadyIsCounted() throws {
            let place = try Place()
            try place.compileProbe()
            func peaks(_ suite: String, samples: Int) throws -> [String: Double] {
                let finished = try place.tare(
                    "run", try place.write("suite.yaml", suite), "--output", "report-\(samples)", deadlineSeconds: 300)
                #expect(finished.hasMeasured, "\(finished.errors)")
                let run = try place.export()
                try Leftovers.expectNone(of: run.run.id, in: place)
                let cells = Dictionary(grouping: run.samples, by: \.cell)
                return try cells.mapValues { samples in
                    let found = samples.compactMap(\.peakMemoryBytes).sorted()
                    try #require(found.count == samples.count, "\(samples.map(\.reasons)) \(run.threats)")
                    return Double(found[found.count / 2]) / 1_048_576
                }
            }
            let containers = try peaks(
                suite(64, on: ["process", "namespaces", SuiteText.runc], samples: 3), samples: 3)
            for platform in ["process", "namespaces", "runc"] {
                // runc itself has its peak before the workload touches anything, so that is no difference of the two.
                let with = try #require(containers["startup/spike/\(platform)/warm"])
                let without = try #require(containers["startup/control/\(platform)/warm"])
                #expect(abs(with - 64) <= 0.05 * 64, "\(platform): \(with) MiB")
                #expect(without < 32, "\(platform): \(without) MiB")
            }
            let guests = try peaks(suite(256, on: [SuiteText.q35], samples: 1), samples: 1)
            let with = try #require(guests["startup/spike/q35/warm"])
            let without = try #require(guests["startup/control/q35/warm"])
            #expect(abs(with - without - 256) <= 0.15 * 256, "\(with) and \(without) MiB")
        }

        private func suite(_ mebibytes: Int, on platforms: [String], samples: Int) -> String {
            let workloads = [("control", 0), ("spike", mebibytes)].map { name, amount in
                """
                  - name: \(name)
                    image: {rootfs: root}
                    command: [/bin/probe, spike, "\(amount)"]
                    ready: {file: /ready}
                    memory: 512MiB
                """
            }
            return """
                name: peak
                workloads:
                \(workloads.joined(separator: "\n"))
                platforms:
                \(platforms.map { "  - \($0)" }.joined(separator: "\n"))
                experiments:
                  startup: {samples: \(samples), warm-up: 0, echoes: 1}

                """
        }
    }
}
