import Foundation
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Control groups of v2 for real: whatever the host has, a guest of our own boots with nothing but the unified hierarchy,
    /// and the probe (`Tests/CgroupProbe`) runs tare's code in it.
    @Suite("The unified hierarchy", .serialized) struct UnifiedGroupsTests {
        @Test func theProbeFindsAllWellInAGuest() throws {
            let place = try Place()
            try makeImage(place.path + "/probe")
            var suite = SuiteText()
            suite.command = "[/cgroup-probe]"
            suite.image = "{rootfs: probe}"
            suite.ready = #"{line: "^probe: all well"}"#
            suite.platforms = ["{name: q35, libvirt: {machine: q35, accelerator: auto}}"]
            suite.echoes = 1
            // Two CPUs, so that a quota of one can be seen to hold.
            let text = suite.text.replacing("memory: 128MiB", with: "memory: 512MiB\n    cpus: 2")
            let finished = try place.tare(
                "run", try place.write("suite.yaml", text), "--output", "report", deadlineSeconds: 300)
            let exported = try place.export()
            // The reasons hold the line that the probe printed on the console.
            let told = finished.errors + exported.samples.flatMap(\.reasons).joined(separator: "; ")
            #expect(exported.samples.map(\.outcome) == ["ok"], "\(told)")
            #expect(exported.accounting.ok == 1 && finished.exitCode == 0, "\(told)")
            try Leftovers.expectNone(of: exported.run.id, in: place)
        }

        /// The probe with the shared libraries that it needs, each where it is on the host.
        private func makeImage(_ root: String) throws {
            let probe = try BuiltProgram.path("cgroup-probe")
            try HostFiles.makeDirectory(root)
            try copyProgram(probe, to: root + "/cgroup-probe")
            let listed = try Program.start(["ldd", probe], environment: ["PATH": "/usr/bin:/bin"], directory: "/")
                .finish()
            let libraries = listed.output.split(whereSeparator: { $0.isWhitespace }).filter { $0.hasPrefix("/") }
            #expect(libraries.count > 2, "ldd said: \(listed.output) \(listed.errors)")
            for library in libraries.map(String.init) {
                // Copies of what a link names: the image may hold no link that leads out of it.
                let resolved = URL(fileURLWithPath: library).resolvingSymlinksInPath()
                let target = URL(fileURLWithPath: root + library).standardized
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: resolved, to: target)
            }
        }
    }
}
