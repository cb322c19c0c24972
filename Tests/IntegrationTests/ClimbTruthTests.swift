import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What climbs find is what is there.
    @Suite("Climbs and the truth", .serialized, .needs(program: "gcc")) struct ClimbTruthTests {
        private static let mebibyte = 1_048_576.0

        /// A workload that touches a known amount more than another one costs that much more, in the right column: three
        /// columns of a container, the touched RAM of a guest. Both have touched something before: the first tens of MiB
        /// that a workload of a guest touches are those that its boot has touched and freed.
        ///
        /// The same run predicts how many fit a budget, and finds out.
        @Test func knownMemoryAndThePredictedDensity() throws {
            let place = try Place()
            try place.compileProbe()
            let run = try place.climb(
                ClimbSuite(
                    workloads: [
                        .probe("small", "small", "48", memory: "384MiB"),
                        .probe("mixed", "mixed", "48", memory: "384MiB"),
                    ], platforms: [SuiteText.runc, SuiteText.q35], footprint: "ladders: 3, cap: 4, hold: 100ms",
                    density: "budget: 1400MiB, hold: 1s, workloads: [small]"), deadlineSeconds: 600
            ).run
            run.expectAccounts()
            func more(_ figure: String, _ platform: String) throws -> Double {
                try run.cost(figure, "mixed", platform) - run.cost(figure, "small", platform)
            }
            for figure in ["anonymous", "chargedAnonymous", "pssWorkload"] {
                expect(try more(figure, "runc"), is: 64, "\(figure) of a container")
            }
            for figure in ["fileCache", "chargedFile"] {
                expect(try more(figure, "runc"), is: 80, "\(figure) of a container")
            }
            for figure in ["shared", "chargedShared"] {
                expect(try more(figure, "runc"), is: 48, "\(figure) of a container")
            }
            for figure in ["anonymous", "chargedAnonymous", "guestTouched"] {
                expect(try more(figure, "q35"), is: 64 + 80 + 48, "\(figure) of a guest")
            }
            #expect(abs(try more("shared", "q35")) < 1 * ClimbTruthTests.mebibyte)

            for platform in ["runc", "q35"] {
                let density = try run.density("small", platform)
                #expect(density.cause == "memory budget")
                let predicted = try #require(density.predicted).rounded(.down)
                let found = Double(try #require(density.instances))
                #expect(abs(found - predicted) <= 0.1 * predicted, "\(platform): \(found) of \(predicted)")
            }
        }

        private func expect(
            _ bytes: Double, is mebibytes: Double, _ what: Comment,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let found = bytes / ClimbTruthTests.mebibyte
            #expect(abs(found - mebibytes) <= 0.05 * mebibytes, what, sourceLocation: sourceLocation)
        }

        /// An idle container's slope of the ledger, against `ledger.py` and plain `runc run -d` of the same bundle.
        @Test func theLedgerAgreesWithAnIndependentScript() throws {
            let place = try Place()
            try place.write(
                "suite.yaml",
                ClimbSuite(workloads: [.noop], footprint: "ladders: 3, cap: 128, hold: 100ms").text)
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            let bundle = place.path + "/bundle.json"
            let captured = try Script.run("ledger", ["capture", "\(program.process.pid)", place.runs, bundle])
            let finished = try program.finish()
            try #require(captured.exitCode == 0, "\(captured.errors)")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.climbs()
            run.expectAccounts()
            let found = try #require(run.footprints?.first?.ledger?.slopeBytes)

            let directory = place.path + "/plain"
            try HostFiles.makeDirectory(directory)
            let script = try Script.start(
                "ledger", ["measure", bundle, directory],
                prefix: ["unshare", "--mount", "--propagation", "private"])
            script.endInput()
            let measured = try script.finish()
            try #require(measured.exitCode == 0, "\(measured.errors)")
            let expected = try #require(Double(HostFiles.trimmed(measured.output)))
            #expect(abs(found - expected) <= 0.05 * expected, "tare: \(found) bytes, the script: \(expected) bytes")
        }
    }
}
