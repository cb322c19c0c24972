import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Analysis

/// In what worlds differ, and what is made of it.
@Suite struct ParityTests {
    /// A run whose platforms see the same, but for what is given.
    static func run(
        _ platforms: [PlatformSpec] = SyntheticRun.all, _ facts: [String: [String: String]] = [:]
    ) -> Run {
        var run = SyntheticRun.full(workloads: [SyntheticRun.workload("nginx")], platforms: platforms)
        run.worlds = platforms.map { spec in
            var seen = ["CPUs online": "2", "CPUs by affinity": "2", "open files": "1024", "node null": "device"]
            for (name, values) in facts {
                seen[name] = values[spec.name] ?? values["others"]
            }
            return ObservedWorld(
                workload: "nginx", platform: spec.name,
                facts: seen.sorted { $0.key < $1.key }.map { Fact($0.key, $0.value) })
        }
        return run
    }

    private func words(_ run: Run) -> [String: [String]] {
        let cells = RunAnalysis(run: run, resamples: 20).startups
        return Dictionary(
            uniqueKeysWithValues: cells.map { cell in
                (cell.cell.platform, cell.caveats.filter { $0 != .emulated }.words)
            })
    }

    @Test func equalWorldsBearNoCaveat() throws {
        let run = ParityTests.run()
        #expect(words(run).values.allSatisfy { $0.isEmpty })
        let parity = try #require(RunAnalysis(run: run, resamples: 20).parities.first)
        #expect(parity.differences.isEmpty && parity.common.count == 4)
        var silent = run
        silent.worlds = []
        #expect(words(silent).values.allSatisfy { $0.isEmpty })
        #expect(RunAnalysis(run: silent, resamples: 20).parities.isEmpty)
    }

    @Test func whoDeviatesBearsTheCaveat() throws {
        let found = words(ParityTests.run(facts("open files", ["runc": "20000", "others": "1024:4096"])))
        #expect(found["runc"] == ["unequal: open files 20000, elsewhere 1024:4096"])
        #expect(found["process"] == [] && found["namespaces"] == [] && found["q35"] == [])
    }

    /// What is not there is told as such on either side.
    @Test func noLimitIsToldAsNone() throws {
        let found = words(ParityTests.run(facts("hard CPU limit", ["runc": "none seen", "others": "1 CPU"])))
        #expect(found["runc"] == ["unequal: hard CPU limit: none, elsewhere 1 CPU"])
        let limited = words(ParityTests.run(facts("hard CPU limit", ["runc": "1 CPU", "others": "none seen"])))
        #expect(limited["runc"] == ["unequal: hard CPU limit 1 CPU, elsewhere none"])
        let absent = words(ParityTests.run(facts("umask", ["process": "0022", "namespaces": "0022", "q35": "0022"])))
        #expect(absent["runc"] == ["unequal: umask: none, elsewhere 0022"])
    }

    /// Where half sees this and half that, nobody can say who deviates.
    @Test func aTieConcernsAllSides() throws {
        let pair = [SyntheticRun.runc, SyntheticRun.vm]
        let found = words(ParityTests.run(pair, ["umask": ["runc": "0022", "q35": "0077"]]))
        #expect(found["runc"] == ["unequal: umask 0022, elsewhere 0077"])
        #expect(found["q35"] == ["unequal: umask 0077, elsewhere 0022"])
    }

    @Test func whatTheIsolationMakesIsNoCaveat() throws {
        let seen = [
            "kernel": ["q35": "6.1", "others": "6.18"],
            "process id 1": ["process": "no", "q35": "no", "others": "yes"],
        ]
        let run = ParityTests.run(SyntheticRun.all, seen)
        #expect(words(run).values.allSatisfy { $0.isEmpty })
        let parity = try #require(RunAnalysis(run: run, resamples: 20).parities.first)
        #expect(parity.differences.map(\.name) == ["kernel", "process id 1"])
        #expect(parity.inherent.map(\.facts) == [["kernel"], ["process id 1"], ["process id 1"]])
        // Two containers on one kernel must see the same one.
        let odd = words(
            ParityTests.run(SyntheticRun.all, ["kernel": ["q35": "6.1", "runc": "5.10", "others": "6.18"]]))
        #expect(odd["runc"] == ["unequal: kernel 5.10, elsewhere 6.18"])
        #expect(odd["q35"] == [] && odd["process"] == [])
        let view = PlatformSpec(name: "view", kind: .oci(OCISettings()), cpuView: .allowance)
        let list = ["mount /sys/devices/system/cpu/online": ["view": "tmpfs"]]
        #expect(words(ParityTests.run(SyntheticRun.all + [view], list)).values.allSatisfy { $0.isEmpty })
        // And nothing inherent explains a difference between platforms of one kind.
        let pids = words(ParityTests.run(SyntheticRun.all, ["process id 1": ["runc": "no", "others": "yes"]]))
        #expect(pids["runc"]?.isEmpty == false && pids["namespaces"]?.isEmpty == false)
        #expect(pids["process"] == [] && pids["q35"] == [])
    }

    /// Wherever the suite puts it: written as the kernel writes paths. Two containers must see the same.
    @Test func aVolumeIsADiskInAGuest() throws {
        let mounts = [
            "mount /srv/a\\040b": ["q35": "ext4 rw relatime", "others": "xfs rw noatime"],
            "mount /elsewhere": ["q35": "ext4 rw", "others": "xfs rw"],
        ]
        func run(_ seen: [String: [String: String]]) -> Run {
            var run = ParityTests.run(SyntheticRun.all, seen)
            run.suite.workloads[0].volumes = [VolumeSpec(path: "/srv/a b", directory: "/mnt", bytes: 1 << 30)]
            return run
        }
        let found = run(mounts)
        #expect(words(found)["q35"] == ["unequal: other mount /elsewhere"])
        for name in ["process", "namespaces", "runc"] { #expect(words(found)[name] == []) }
        let parity = try #require(RunAnalysis(run: found, resamples: 20).parities.first)
        #expect(parity.inherent.map(\.facts) == [["mount /srv/a\\040b"]])
        let odd = words(run(["mount /srv/a\\040b": ["q35": "ext4 rw", "runc": "xfs ro", "others": "xfs rw"]]))
        #expect(odd["runc"] == ["unequal: other mount /srv/a\\040b"] && odd["q35"] == [] && odd["process"] == [])
    }

    /// On every side that takes part, because it changes what is measured.
    @Test func theNumberOfCPUsIsAlwaysTold() throws {
        let online = ["CPUs online": ["q35": "1", "others": "2"], "CPUs by affinity": ["q35": "1", "others": "2"]]
        let found = words(ParityTests.run(SyntheticRun.all, online))
        #expect(found["q35"] == ["sees 1 CPU"])
        for name in ["process", "namespaces", "runc"] { #expect(found[name] == ["sees 2 CPUs"]) }
        let affinity = words(ParityTests.run(facts("CPUs by affinity", ["runc": "1", "others": "2"])))
        #expect(affinity["runc"] == ["sees 1 CPU"] && affinity["q35"] == ["sees 2 CPUs"])
        let half = words(
            ParityTests.run(
                SyntheticRun.all,
                [
                    "CPUs online": ["q35": "1", "others": "2"],
                    "CPUs by affinity": ["q35": "1", "runc": "1", "others": "2"],
                ]))
        #expect(half["runc"] == ["sees 2 CPUs", "unequal: 1 CPU by affinity"])
        #expect(half["process"] == ["sees 2 CPUs"] && half["q35"] == ["sees 1 CPU"])
    }

    @Test func manyDifferencesAreCounted() throws {
        func many(_ kind: String, _ count: Int) -> [String: [String: String]] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\(kind) n\($0)", ["q35": "there"]) })
        }
        #expect(
            words(ParityTests.run(SyntheticRun.all, many("node", 2)))["q35"] == [
                "unequal: node n0", "unequal: node n1",
            ])
        #expect(words(ParityTests.run(SyntheticRun.all, many("node", 40)))["q35"] == ["unequal: 40 nodes of /dev"])
        let absent = words(
            ParityTests.run(facts("node null", ["runc": "device", "process": "device", "q35": "device"])))
        #expect(absent["namespaces"] == ["unequal: no node null"])
        let limits = Dictionary(
            uniqueKeysWithValues: WorldFacts.limits.prefix(6).map { ($0, ["q35": "1", "others": "2"]) })
        let found = words(ParityTests.run(SyntheticRun.all, limits))
        #expect(found["q35"]?.count == 3 && found["q35"]?.last == "unequal: 4 more")
    }

    @Test func capabilitiesAreToldByTheirDifference() throws {
        let all = (1...30).map { "cap\($0)" }
        func seen(_ own: [String]) -> [String: [String: String]] {
            [
                "effective capabilities": [
                    "runc": own.joined(separator: " "), "q35": "any", "others": all.joined(separator: " "),
                ]
            ]
        }
        #expect(
            words(ParityTests.run(SyntheticRun.all, seen(all.filter { $0 != "cap7" } + ["extra"])))["runc"]
                == ["unequal: capabilities +extra -cap7"])
        #expect(
            words(ParityTests.run(SyntheticRun.all, seen(Array(all.prefix(10)))))["runc"]
                == ["unequal: capabilities, 20 fewer"])
    }

    @Test func aWorldThatIsNotKnownIsNotCompared() throws {
        var run = ParityTests.run(facts("umask", ["runc": "0077", "others": "0022"]))
        let place = try #require(run.worlds.firstIndex { $0.platform == "runc" })
        run.worlds[place] = ObservedWorld(workload: "nginx", platform: "runc", facts: [], failure: "it ended")
        #expect(words(run).values.allSatisfy { $0.isEmpty })
        let parity = try #require(RunAnalysis(run: run, resamples: 20).parities.first)
        #expect(parity.unknown == [Parity.Unknown(platform: "runc", reason: "it ended")])
        #expect(parity.platforms == ["process", "namespaces", "q35"])
    }

    /// The documentation repeats the list word for word, and holds nothing that is not in it.
    @Test func theDocumentationHoldsTheList() throws {
        let text = try ParityTests.documentation()
        let start = try #require(text.range(of: "<!-- inherent differences -->"))
        let end = try #require(text.range(of: "<!-- end -->"))
        let rows = text[start.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| ") }
            .dropFirst()
        #expect(rows.count == InherentDifference.all.count)
        for (row, one) in zip(rows, InherentDifference.all) {
            let names = one.facts.map { "`\($0)`" }.joined(separator: ", ")
            #expect(row == "| \(names) | \(one.reason) |")
        }
    }

    private static func documentation() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/docs/parity.md", encoding: .utf8)
    }

    /// What is made equal is told with the values that are really given.
    @Test func theDocumentationHoldsWhatIsMadeEqual() throws {
        let text = try ParityTests.documentation()
        let links = Furniture.links(kernelShowsMemory: false).map(\.name)
        let mounts = Furniture(sharedMemoryBytes: Surroundings.defaultSharedMemoryBytes).mounts.map(\.target)
        let names =
            Furniture.nodes.map(\.name) + links + mounts + Furniture.maskedPaths + Furniture.readOnlyPaths
            + ResourceLimits.kinds.map(\.name)
        for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
        let capabilities = Capabilities.engineDefault.sorted().joined(separator: ", ")
        #expect(text.contains("| \(capabilities); in a guest all |"))
        let files = ResourceLimits.kinds.first { $0.name == "nofile" }
        #expect(text.contains("| `nofile` | \(files?.soft ?? 0), up to \(files?.hard ?? 0) |"))
        #expect(Surroundings.defaultSharedMemoryBytes == 64 << 20)
    }

    private func facts(_ name: String, _ values: [String: String]) -> [String: [String: String]] { [name: values] }
}

extension ParityTests {
    static func run(_ facts: [String: [String: String]]) -> Run { run(SyntheticRun.all, facts) }
}
