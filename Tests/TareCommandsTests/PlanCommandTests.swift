import Analysis
import ArgumentParser
import BenchmarkModel
import RunStore
import TestSupport
import Testing

@testable import TareCommands

/// Files of limits, and what a plan and a forecast find in a store.
@Suite struct PlanCommandTests {
    private let defaults = HostLimits.kernel(memoryBytes: 64 << 30, cpus: 2)

    private func errors(_ text: String) throws -> [TareError] {
        try #require(
            #expect(throws: SuiteErrors.self) {
                try HostLimitsFile.parse(text, file: "limits.yaml", defaults: defaults)
            }
        ).errors
    }

    @Test func aFileNamesLimitsAndWhatIsInUse() throws {
        let text = """
            # A host
            pid_max: 65536
            "memory cgroups": 1000
            pids.max: 500
            disk: 1.5TB
            file-max: 9223372036854775807
            in-use: {pid_max: 300, disk: 10GiB, memory cgroups: 0}
            """
        let limits = try HostLimitsFile.parse(text, file: "limits.yaml", defaults: defaults)
        #expect(limits.name == "limits.yaml" && !limits.isThisHost)
        #expect(limits.limits[.processIDs] == KernelLimit(65_536, source: "limits.yaml"))
        #expect(limits.limits[.memoryGroups]?.value == 1_000 && limits.limits[.groupTasks]?.value == 500)
        // An inode of 256 bytes for each 16 KiB, and 1 GiB of journal: 91552734 x 256 + 2^30 bytes.
        #expect(limits.limits[.diskInodes]?.value == 91_552_734)
        #expect(limits.limits[.diskBytes]?.value == 1_500_000_000_000 - 23_437_499_904 - 1_073_741_824)
        #expect(limits.limits[.openFiles]?.value == UInt64(Int64.max))
        #expect(limits.inUse == [.processIDs: 300, .diskBytes: 10_737_418_240, .diskInodes: 0, .memoryGroups: 0])
        // What it does not name is the kernel's.
        #expect(limits.limits[.threads] == defaults.limits[.threads] && limits.limits[.threads] != nil)
    }

    /// Every name that a plan prints can be written.
    @Test func everyResourceHasItsKey() throws {
        let lines = LimitedResource.allCases.map { "\"\($0.rawValue)\": \($0 == .diskBytes ? "7kB" : "7000")" }
        let limits = try HostLimitsFile.parse(lines.joined(separator: "\n"), file: "f", defaults: defaults)
        for resource in LimitedResource.allCases { #expect(limits.limits[resource]?.value == 7_000, "\(resource)") }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var place: [Int]
        var message: String
        var remedy: String
        var testDescription: String { text }
        init(_ text: String, _ line: Int, _ column: Int, _ message: String, _ remedy: String) {
            (self.text, place, self.message, self.remedy) = (text, [line, column], message, remedy)
        }
    }

    @Test(arguments: [
        Bad(
            "pid_max: 1\npid_maxx: 5", 2, 1, "host limits: unknown key 'pid_maxx'", "Did you mean 'pid_max'? Known keys"
        ),
        Bad("pid_max: many", 1, 10, "pid_max: expected a whole number, found 'many'", "Write a number from 1 to"),
        Bad("pid_max: 0", 1, 10, "pid_max: 0 is out of range", "Write a number from 1 to"),
        Bad("pid_max: -3", 1, 10, "pid_max: -3 is out of range", "Write a number from 1 to"),
        Bad("pid_max: 1.5", 1, 10, "pid_max: expected a whole number", "Write a number"),
        Bad("pid_max: [1]", 1, 10, "pid_max: expected a whole number, found a list", "Write a number"),
        Bad("disk: 1000", 1, 7, "disk: expected a size with a unit, found '1000'", "such as 1TiB."),
        Bad("disk: 0GiB", 1, 7, "disk: expected a size with a unit", "such as 1TiB."),
        Bad("in-use: {pid: 5}", 1, 10, "in-use: unknown key 'pid'", "Known keys: pid_max, "),
        Bad("in-use: {pid_max: -1}", 1, 19, "pid_max: -1 is out of range", "Write a number from 0 to"),
        Bad("in-use: {}", 1, 9, "in-use says nothing", "Remove it"),
        Bad("in-use: 5", 1, 9, "in-use: expected a mapping", "Known keys"),
        Bad("{}", 1, 1, "the host limits say nothing", "Name kernel, debian-12 or this"),
        Bad("[1]", 1, 1, "host limits: expected a mapping, found a list", "Known keys: pid_max"),
        Bad("pid_max: 1\npid_max: 2", 2, 1, "the key 'pid_max' is given twice", "Remove one of them."),
        Bad("pid_max: &a 1", 1, 10, "anchors and aliases are not taken in host limits", "Write the value out"),
        Bad("pid_max: {", 2, 1, "not valid YAML", "Mind the indentation"),
    ]) func saysWhereAndWhat(_ bad: Bad) throws {
        let error = try #require(try errors(bad.text).first)
        #expect(error.message.hasPrefix(bad.message), "\(error)")
        #expect(error.remedy?.contains(bad.remedy) == true, "\(error)")
        #expect(error.location?.file == "limits.yaml")
        if bad.text != "pid_max: {" {
            #expect([error.location?.line, error.location?.column] == bad.place, "\(error)")
        }
    }

    @Test func theLatestFootprintsAreFoundInAStore() throws {
        let fixture = try CompareFixture()
        var (old, new) = (SyntheticClimbs.run(), SyntheticClimbs.run())
        (old.id, old.startedAt) = (CompareFixture.id(1), 1_000)
        (new.id, new.startedAt) = (CompareFixture.id(2), 2_000)
        // Of another kernel: its figures are not set beside those of the latest.
        var other = old
        (other.id, other.startedAt) = (CompareFixture.id(3), 1_500)
        if let index = other.facts.facts.firstIndex(where: { $0.name == "kernel" }) {
            other.facts.facts[index].value = "5.10"
        }
        // Without a footprint, and the latest of all.
        var startups = SyntheticRun.full()
        (startups.id, startups.startedAt) = (CompareFixture.id(4), 9_000)
        try fixture.store(old, other, new, startups)
        let analyses = try StoredFootprints.analyses(in: RunStore.reading(fixture.database))
        #expect(analyses.map(\.run.id) == [new.id, old.id])
        #expect(analyses.allSatisfy { $0.run.observations.allSatisfy { $0.ladder != nil || $0.ramp != nil } })
        #expect(analyses.first?.footprints.allSatisfy(\.isSound) == true)
    }

    @Test func aPlanWithoutADatabaseSaysSo() throws {
        let fixture = try CompareFixture()
        let command = try PlanCommand.parse([
            "--host-memory", "1GiB", "--reserve", "1MiB", "--host-cpus", "1", "--instances", "1", "--db",
            fixture.path("none.db"),
        ])
        let error = try #require(#expect(throws: TareError.self) { try command.run() })
        #expect(error.code == .store && error.message.hasPrefix("no run is stored"))
    }

    @Test func whatIsAvailableIsRead() {
        #expect(ThisHost.available(in: "MemTotal:  100 kB\nMemAvailable:   24169168 kB\n") == 24_169_168 << 10)
        #expect(ThisHost.available(in: "MemTotal:  100 kB\n") == nil)
    }

    /// 100 MB are allowed and 60 in use, of which 20 are idle cache.
    @Test(arguments: [
        (true, ["memory.max": "100000000", "memory.high": "max", "memory.current": "60000000"], "inactive_file"),
        (false, ["memory.limit_in_bytes": "100000000", "memory.usage_in_bytes": "60000000"], "total_inactive_file"),
    ]) func whatAGroupUsesIsNotFree(isUnified: Bool, files: [String: String], cache: String) throws {
        let fixture = try CompareFixture()
        defer { withExtendedLifetime(fixture) {} }
        let directory = fixture.scratch.path
        #expect(ThisHost.left(in: directory, isUnified: isUnified) == nil)
        for (name, text) in files { try fixture.write("\(text)\n", to: name) }
        #expect(ThisHost.left(in: directory, isUnified: isUnified) == 40_000_000)
        try fixture.write("\(cache) 20000000\n", to: "memory.stat")
        #expect(ThisHost.left(in: directory, isUnified: isUnified) == 60_000_000)
        try fixture.write("200000000\n", to: isUnified ? "memory.current" : "memory.usage_in_bytes")
        #expect(ThisHost.left(in: directory, isUnified: isUnified) == 0)
    }

    @Test func groupsAboveCountToo() {
        #expect(ThisHost.lineage(of: "/a/b") == ["/a/b", "/a", ""] && ThisHost.lineage(of: "/") == [""])
    }

    @Test func aHostThatChangedIsNamed() {
        let then = HostFacts(facts: [Fact("kernel", "6.1"), Fact("machine", "a"), Fact("CPUs online", "2")])
        let now = HostFacts(facts: [Fact("kernel", "6.2"), Fact("machine", "a"), Fact("memory", "1 KiB")])
        let found = HeadroomForecast.differences(then, now)
        #expect(found.map(\.name) == ["kernel"] && found.first?.then == "6.1" && found.first?.now == "6.2")
    }

    // MARK: tare doctor --for

    @Test func theOptionsOfAForecastAreRead() throws {
        let command = try DoctorCommand.parse([
            "--for", "1000", "--workload", "nginx", "--platform", "runc", "--platform", "crun", "--db", "x.db",
        ])
        #expect(command.instances == 1_000 && command.workloads == ["nginx"] && command.platforms == ["runc", "crun"])
        #expect(command.store.database == "x.db")
        #expect(try DoctorCommand.parse([]).instances == nil)
    }

    @Test(arguments: [
        ["--for", "0"], ["--for=-1"], ["--for", "1000000001"], ["--for", "many"], ["--workload", "nginx"],
        ["--platform", "runc"], ["--db", "x.db"],
    ]) func theParserRefusesTheRest(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try DoctorCommand.parse(arguments) }
    }

    /// On a host with limits of its own kind, whatever they are: the code is 1 without a footprint, and the one that was told.
    @Test func theExitCodeIsTheAnswer() throws {
        let fixture = try CompareFixture()
        func forecast(_ instances: Int) throws -> HeadroomForecast {
            HeadroomForecast(
                instances: instances, workloads: ["noop"], platforms: ["runc"], format: .json,
                store: try StoreOptions.parse(["--db", fixture.database]), suite: nil)
        }
        let bare = try #require(#expect(throws: TareError.self) { try forecast(1).run() })
        #expect(bare.code == .failed && bare.exitCode == 1)
        #expect(bare.message == "it was not measured what an instance takes of this host")
        try fixture.store(SyntheticClimbs.run())
        #expect(throws: Never.self) { try forecast(1).run() }
        let many = try #require(#expect(throws: TareError.self) { try forecast(1_000_000_000).run() })
        #expect(many.code == .hostLacks && many.exitCode == 1)
    }
}
