import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// Control groups of v2 for real: whatever the host has, a guest of our own boots with nothing but the unified hierarchy, and
/// the probe (`Tests/CgroupProbe`) runs tare's code in it.
@Suite(.serialized, .needsRoot, .needs(program: "qemu-system-x86_64"), .needs(program: "mke2fs"))
struct UnifiedGroupsTests {
    private struct Exported: Decodable {
        struct Accounting: Decodable { var ok, failed, invalid: Int }
        struct Sample: Decodable {
            var outcome: String
            var reasons: [String]
        }
        var accounting: Accounting
        var samples: [Sample]
    }

    @Test func theProbeFindsAllWellInAGuest() throws {
        let place = try TemporaryDirectory()
        try makeRoot(place.path + "/root")
        try HostFiles.makeDirectory(place.path + "/r", mode: 0o711)
        // Two CPUs, so that a quota of one can be seen to hold.
        let suite = """
            name: unified-groups
            workloads:
              - name: probe
                image: {rootfs: root}
                command: [/cgroup-probe]
                ready: {line: "^probe: all well"}
                deadline: 90s
                memory: 512MiB
                cpus: 2
            platforms:
              - {name: q35, libvirt: {machine: q35, accelerator: auto}}
            experiments:
              startup: {samples: 1, warm-up: 0, echoes: 1, modes: [warm]}

            """
        try HostFiles.create(place.path + "/suite.yaml", bytes: Array(suite.utf8))
        let run = try execute(
            [
                try BuiltProgram.path("tare"), "run", place.path + "/suite.yaml", "--db", place.path + "/tare.db",
                "--output", place.path + "/report", "--format", "json",
            ], in: place.path)
        let exported = try? JSONDecoder().decode(Exported.self, from: Data(run.output.utf8))
        // The reasons hold the line that the probe printed on the console.
        let told = exported?.samples.flatMap(\.reasons).joined(separator: "; ") ?? run.errors
        #expect(exported?.samples.map(\.outcome) == ["ok"], "\(told)")
        #expect(exported?.accounting.ok == 1 && run.ending == .exited(0), "\(told)")
    }

    /// The probe with the shared libraries that it needs, each where it is on the host.
    private func makeRoot(_ root: String) throws {
        let probe = try BuiltProgram.path("cgroup-probe")
        try HostFiles.makeDirectory(root)
        try FileManager.default.copyItem(atPath: probe, toPath: root + "/cgroup-probe")
        let listed = try execute(["/usr/bin/ldd", probe], in: root)
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

    private func execute(
        _ arguments: [String], in directory: String
    ) throws -> (ending: ChildProcess.Ending?, output: String, errors: String) {
        let files = try TemporaryDirectory()
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let output = open(files.path + "/output", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let errors = open(files.path + "/errors", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { for descriptor in [null, output, errors] { close(descriptor) } }
        let cache = try BuiltProgram.directory() + "/tare-test-cache"
        var request = SpawnRequest(
            path: arguments[0], arguments: arguments,
            environment: [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(directory)",
                "LC_ALL=C.UTF-8", "XDG_CACHE_HOME=\(cache)", "TARE_RUN_DIRECTORY=\(directory)/r",
            ], descriptors: (null, output, errors))
        request.directory = directory
        let process = try ChildProcess.spawn(request)
        let ending = process.wait(deadlineMilliseconds: 300_000)
        // Asked politely first: it then takes its guest with it.
        if ending == nil { process.end(graceMilliseconds: 20_000) }
        return (
            ending, (try? HostFiles.read(files.path + "/output")) ?? "",
            (try? HostFiles.read(files.path + "/errors")) ?? ""
        )
    }
}
