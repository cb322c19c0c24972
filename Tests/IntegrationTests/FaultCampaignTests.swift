import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// `Benchmarks/faults` in its short form: faults at moments that a fixed seed draws, an outsider that looks afterwards,
    /// and that has to see planted leaks and losses first. The long form is for releases.
    @Suite("A campaign of faults", .serialized) struct FaultCampaignTests {
        @Test("Nothing leaks and nothing is lost at moments that nobody chose")
        func short() throws {
            let repository = URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
            let place = try TemporaryDirectory()
            // The kernel for its guests is taken out of the tests' cache.
            let campaign = try Program.start(
                ["python3", repository + "/Benchmarks/faults", "--short", "--tare", try BuiltProgram.path("tare")],
                environment: [
                    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                    "HOME": place.path, "XDG_CACHE_HOME": TestCache.home,
                ], directory: place.path)
            let finished = try campaign.finish(deadlineSeconds: 400)
            #expect(finished.exitCode == 0, "\(finished.output)\n\(finished.errors)")
            #expect(finished.output.contains("| all | 20 |"), "\(finished.output)")
        }
    }
}
