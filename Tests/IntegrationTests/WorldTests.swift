import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

extension IntegrationTests {
    /// What a workload sees, asked of the workload itself and not of the witness, and what tare makes of it.
    @Suite("A workload sees the same world on every side", .serialized) struct WorldTests {
        /// Prints one line of topics, the long ones as checksums. What is inherent (docs/parity.md) is not asked: the kernel, the
        /// memory in all, control groups, what of the kernel is hidden, the root file system, the output, process ids.
        private static let script = #"""
            PATH=/bin; export PATH; cd /
            b() { busybox "$@"; }
            sum() { b sort | b md5sum | b cut -c1-8; }
            n=$(b nproc) o=$(b cat /sys/devices/system/cpu/online | b sed 's/.*-/+/; s/^[0-9]*$/one/')
            u=$(umask) i=$(b id | b tr ' ' ,) f=$(ulimit -n),$(ulimit -Hn) p=$(ulimit -p)
            c=$(b grep CapEff /proc/self/status | b cut -f2) x=$(b grep NoNewPrivs /proc/self/status | b cut -f2)
            l=$(b sed 's/  */ /g' /proc/self/limits | sum)
            s=$(b grep -E '^(CapInh|CapAmb|Seccomp:|SigBlk|SigIgn|Groups|Umask|Uid|Gid)' /proc/self/status | sum)
            d=$(b find /dev -xdev -exec b stat -c '%n %F %a %t:%T' '{}' ';' | sum)
            m=$(b awk '$2 != "/" && $2 !~ "^/.tare" && $2 !~ "^/(sys/fs/cgroup|sys/firmware|proc/)" {print $2, $3}' /proc/mounts | sum)
            e=$(b env | b grep -v -E '^(PWD|SHLVL|OLDPWD|_)=' | sum)
            h=$(b df -k /dev/shm | b awk 'END {print $2}') t=$(b nice) q=$(b readlink /proc/self/fd/0)
            b echo "world cpus=$n online=$o umask=$u id=$i files=$f processes=$p caps=$c nnp=$x limits=$l status=$s" \
              "nodes=$d mounts=$m variables=$e shm=$h nice=$t stdin=$q end"
            exec busybox sleep 1
            """#

        /// The topics that an instance printed, out of the reason for which its sample failed.
        private func topics(_ reason: String) throws -> [String: String] {
            let start = try #require(reason.range(of: "world cpus="), "\(reason)")
            let words = reason[start.lowerBound...].split(separator: " ").dropFirst().prefix { $0 != "end" }
            return Dictionary(
                words.compactMap { word in
                    word.firstIndex(of: "=").map { (String(word[..<$0]), String(word[word.index(after: $0)...])) }
                }, uniquingKeysWith: { $1 })
        }

        @Test func sameTextEverywhere() throws {
            let place = try Place()
            // busybox finds its applets by name only where they are links.
            symlink("busybox", place.path + "/root/bin/b")
            try place.write("root/world.sh", WorldTests.script + "\n")
            var suite = SuiteText(
                command: "[/bin/sh, /world.sh]", ready: "{file: /never}", deadline: "30s",
                platforms: ["process", "namespaces", SuiteText.runc, SuiteText.q35])
            suite.echoes = 5
            try place.write("suite.yaml", suite.text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.exitCode == 1, "\(finished.errors)")
            let run = try place.export()
            #expect(run.worlds.map(\.platform) == ["process", "namespaces", "runc", "q35"])
            #expect(run.worlds.allSatisfy { $0.failure == nil }, "\(run.worlds.compactMap(\.failure))")

            // The workload's own words are the same. A sample's cell is startup/work/PLATFORM/warm.
            let platforms = run.worlds.map(\.platform)
            var told: [String: [String: String]] = [:]
            for platform in platforms {
                let sample = run.samples.first { $0.cell.contains("/\(platform)/") }
                told[platform] = try topics(sample?.reasons.first ?? "nothing")
            }
            let hostCPUs = sysconf(Int32(_SC_NPROCESSORS_ONLN))
            for topic in (told["runc"] ?? [:]).keys.sorted() where topic != "cpus" && topic != "online" {
                // A guest's root has all capabilities of its own kernel: inherent too.
                let sides = topic == "caps" ? platforms.filter { $0 != "q35" } : platforms
                let values = sides.map { told[$0]?[topic] ?? "nothing" }
                #expect(Set(values).count == 1, "\(topic): \(values)")
            }
            // So are the witness's, but for what is inherent.
            let unequal = run.parity.filter { !$0.fact.hasPrefix("CPUs ") && !$0.deviating.isEmpty }
            #expect(unequal.isEmpty, "\(unequal.map { "\($0.fact): \($0.values)" })")
            // The witness counts as the workload does.
            for world in run.worlds { #expect(world["CPUs by affinity"] == told[world.platform]?["cpus"]) }
            // By default a container sees all CPUs of the host, and that is told wherever sides differ in it.
            if hostCPUs > 1 {
                for cell in run.cells {
                    let count = cell.platform == "q35" ? 1 : hostCPUs
                    #expect(
                        cell.marks.contains("sees \(count) CPU\(count == 1 ? "" : "s")"), "\(cell.key): \(cell.marks)")
                }
            }
        }

        @Test func aPlantedDifferenceIsTold() throws {
            let place = try Place()
            let script = try #require(Bundle.module.path(forResource: "Scripts/planted", ofType: "py"))
            let runtime = try place.write("planted", "#!/bin/sh\nexec python3 -B '\(script)' \"$@\"\n")
            chmod(runtime, 0o755)
            let suite = SuiteText(
                platforms: [
                    "namespaces", SuiteText.runc, "{name: planted, oci: {runtime: \(runtime)}}",
                ])
            try place.write("suite.yaml", suite.text)
            let finished = try place.tare("run", "suite.yaml", "--output", "report")
            #expect(finished.hasMeasured, "\(finished.errors)")
            let run = try place.export()
            let caveat = "unequal: mount /planted"
            #expect(run.cells.filter { $0.marks.contains(caveat) }.map(\.platform) == ["planted"], "\(run.cells)")
            let difference = try #require(run.parity.first { $0.fact == "mount /planted" })
            #expect(difference.inherent == nil && difference.deviating == ["planted"])
            #expect(difference.values.keys.sorted() == ["planted"])
            let page = try HostFiles.read(place.path + "/report/report.md")
            #expect(page.contains("*(\(caveat))*"))
            let row = page.split(separator: "\n").first { $0.hasPrefix("| mount /planted") }
            #expect(row?.contains("tmpfs rw relatime size=1MiB *(unequal)*") == true, "\(row ?? "no row")")
        }
    }
}
