import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// Directories of the host that instances see: looked at from the host, while they are there and afterwards.
    @Suite("Volumes", .serialized) struct VolumeTests {
        static let platforms = ["process", "namespaces", SuiteText.runc, SuiteText.q35]
        /// What a command that is not root writes, forced to the disk: one MiB.
        private static let bytes = 1 << 20
        private static let script =
            "export PATH=/bin; [ \\\"$(busybox ls -A /data)\\\" = '' ] || exit 8; "
            + "[ \\\"$(busybox stat -c %u:%g:%a /data)\\\" = 999:34:755 ] || exit 9; "
            + "busybox dd if=/dev/urandom of=/data/file bs=64k count=16 conv=fsync || exit 10; busybox sleep 0.7"

        /// What was seen of one directory.
        private struct Seen {
            var file: UInt64 = 0
            var disk: UInt64 = 0
            var leastDiskBlocks = UInt64.max
            var mostDiskBlocks: UInt64 = 0
        }

        private func suite(
            _ disk: String, command: String = script, ready: String = "completed", platforms: [String] = platforms
        ) -> String {
            var suite = SuiteText(
                command: "[/bin/sh, -c, \"\(command)\"]", ready: ready, deadline: "30s", platforms: platforms
            ).text
            suite.replace(
                "    ready:", with: "    user: '999:34'\n    volumes: {/data: {in: \(disk), size: 64MiB}}\n    ready:")
            return suite
        }

        private func disk(_ place: Place) throws -> String {
            let path = place.path + "/disk"
            try HostFiles.makeDirectory(path)
            return path
        }

        /// Runs of which something is below a directory.
        private func runs(_ disk: String) -> [String] { HostFiles.names(in: disk).map { "\(disk)/\($0)" } }

        @Test func hostsBytesAreTheInstances() throws {
            let place = try Place()
            let disk = try disk(place)
            try place.write("suite.yaml", suite("disk"))
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            var seen: [String: Seen] = [:]
            var emulators: Set<String> = []
            while program.process.wait(deadlineMilliseconds: 20) == nil {
                look(disk, &seen)
                emulators.formUnion(emulatorLines(disk))
            }
            let finished = try program.finish()
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            #expect(run.samples.count == 4)
            for sample in run.samples {
                #expect(sample.outcome != "failed", "\(sample.cell): \(sample.reasons)")
                let name = try #require(sample.instance.split(separator: "-").last.map { "\($0)-0" })
                let one = try #require(seen[name], "\(sample.cell): \(name) of \(seen.keys.sorted())")
                if sample.cell.contains("q35") {
                    #expect(one.disk == 64 << 20 && one.file == 0)
                    #expect(one.mostDiskBlocks >= one.leastDiskBlocks + UInt64(VolumeTests.bytes), "\(one)")
                } else {
                    #expect(one.file == VolumeTests.bytes && one.disk == 0, "\(sample.cell)")
                }
            }
            // What the emulator was told, by its own command line: flushes count, on the private disk too.
            #expect(!emulators.isEmpty)
            for line in emulators {
                #expect(line.contains(#""no-flush":false"#) && !line.contains(#""no-flush":true"#), "\(line)")
            }
            // It is told, explained, and no caveat.
            let mounts = run.worlds.map { $0["mount /data"] }
            #expect(mounts.count == 4 && mounts.last??.hasPrefix("ext4 rw") == true, "\(mounts)")
            #expect(Set(mounts.dropLast()).count == 1 && mounts[0] != nil, "\(mounts)")
            #expect(run.parity.filter { $0.fact == "mount /data" }.allSatisfy { $0.deviating.isEmpty })
            #expect(runs(disk) == [])
            try Leftovers.expectNone(of: run.run.id, in: place)
        }

        /// Keeps what is to be seen of each instance's directory.
        private func look(_ disk: String, _ seen: inout [String: Seen]) {
            for run in runs(disk) {
                for name in HostFiles.names(in: run) where name.hasPrefix("i") {
                    var one = seen[name] ?? Seen()
                    one.file = max(one.file, HostFiles.size("\(run)/\(name)/file") ?? 0)
                    var status = stat()
                    if stat("\(run)/\(name)/disk.raw", &status) == 0, status.st_uid != 0 {
                        // It belongs to QEMU's user once its template has been copied.
                        let blocks = UInt64(status.st_blocks) * 512
                        one.disk = UInt64(status.st_size)
                        one.leastDiskBlocks = min(one.leastDiskBlocks, blocks)
                        one.mostDiskBlocks = max(one.mostDiskBlocks, blocks)
                    }
                    seen[name] = one
                }
            }
        }

        private func emulatorLines(_ disk: String) -> [String] {
            ProcessTable.pids().compactMap { pid in
                guard let name = HostFiles.value("/proc/\(pid)/comm"), name.hasPrefix("qemu-system"),
                    let line = try? HostFiles.read("/proc/\(pid)/cmdline"), line.contains(disk)
                else { return nil }
                return line
            }
        }

        @Test(arguments: ["process", SuiteText.q35]) func aKilledRunsVolumesAreReaped(_ platform: String) throws {
            let place = try Place()
            let disk = try disk(place)
            try place.write("spared", "spared\n")
            let command =
                "export PATH=/bin; busybox dd if=/dev/zero of=/data/file bs=64k count=16; exec busybox sleep 1000"
            try place.write(
                "suite.yaml", suite("disk", command: command, ready: "{file: /never}", platforms: [platform]))
            let program = try place.start(["run", "suite.yaml", "--output", "report"])
            let file = platform == "process" ? "file" : "disk.raw"
            var volume: String?
            func isThere() -> Bool {
                let found = runs(disk).flatMap { run in HostFiles.names(in: run).map { "\(run)/\($0)" } }
                volume = found.first { HostFiles.exists("\($0)/\(file)") }
                return volume != nil
            }
            // The image work of a first run takes longer than a start.
            #expect(eventually(isThere) || eventually(isThere) || eventually(isThere), "\(program.errors)")
            kill(program.process.pid, SIGKILL)
            let signalled = MonotonicClock.now()
            #expect(try program.finish().exitCode == 128 + SIGKILL)
            let own = try #require(volume)
            // What no file system forbids.
            var odd = Array((own + "/").utf8CString.dropLast()) + [-1, 10, -2, 0]
            #expect(mkdir(&odd, 0o755) == 0)
            #expect(symlink(place.path + "/spared", own + "/link") == 0)
            let run = try #require(runs(disk).first.flatMap { $0.split(separator: "/").last })
            let cleaned = try place.tare("clean")
            #expect(cleaned.exitCode == 0, "\(cleaned.errors)")
            #expect(runs(disk) == [])
            #expect(HostFiles.value(place.path + "/spared") == "spared")
            let id = String(run.dropFirst("tare-".count))
            try Leftovers.expectNone(
                of: id, in: place,
                killedBy: Strike(struck: true, namespaces: [], run: id, samples: 0, signalled: signalled))
        }

        /// Before anything is started, with the place in the suite and what to do.
        @Test(arguments: [
            ("absent", "Make it, or name another"), ("open", "no other user may write to"),
            ("suite.yaml", "Name another directory"),
        ]) func whatCannotHoldOneIsRefused(_ name: String, _ remedy: String) throws {
            let place = try Place()
            try HostFiles.makeDirectory(place.path + "/open")
            chmod(place.path + "/open", 0o777)
            let text = suite(name, platforms: ["process"])
            try place.write("suite.yaml", text)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.firstIndex { $0.contains("volumes:") }) + 1
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.exitCode == 1)
            #expect(finished.errors.contains("suite.yaml:\(line):27: "), "\(finished.errors)")
            #expect(
                finished.errors.contains("\(place.path)/\(name), ") && finished.errors.contains(remedy),
                "\(finished.errors)")
            #expect(HostFiles.names(in: place.runs).isEmpty && HostFiles.names(in: place.path + "/open").isEmpty)
            #expect(!HostFiles.exists(place.path + "/report"))
        }
    }
}
