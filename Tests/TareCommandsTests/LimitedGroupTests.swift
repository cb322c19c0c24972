import BenchmarkModel
import LinuxSystem
import TestSupport
import Testing

@testable import TareCommands

/// What a run says of the group that it was started in, before it measures.
@Suite struct LimitedGroupTests {
    private func outcome(memory: UInt64? = nil, felt: [String] = ["60 processes (/x)"]) -> Confinement.Outcome {
        var limits = GroupLimits()
        limits.memoryBytes = memory.map { GroupLimits.Limit($0, group: "/x") }
        return Confinement.Outcome(host: CgroupTree(mountinfo: ""), text: "", limits: limits, felt: felt)
    }

    private let suite = Suite(
        name: "s", workloads: [.scripted()], platforms: [],
        startup: StartupExperiment(samples: 2, modes: [.warm, .occupied(3)]))

    @Test func nothingWhereNoLimitIsFelt() {
        #expect(LimitedGroup.threats(suite, in: nil).isEmpty)
        #expect(LimitedGroup.threats(suite, in: outcome(memory: 1, felt: [])).isEmpty)
    }

    @Test func whatItAllowsAndWhereTheInstancesAre() throws {
        let said = LimitedGroup.threats(suite, in: outcome())
        #expect(said.map(\.severity) == [.note])
        #expect(said[0].text.contains("allows 60 processes (/x); the instances are made below it"))
        var other = outcome()
        other.problem = "systemd said no"
        let outside = LimitedGroup.threats(suite, in: other)
        #expect(outside.map(\.severity) == [.warning])
        #expect(outside[0].text.hasSuffix("made beside it, where none of this holds, because systemd said no"))
    }

    /// Four at once, each with its allowance.
    @Test func aSuiteThatMayNeedMoreMemoryThanThereIs() {
        let all = (suite.workloads.first?.memoryBytes ?? 0) * 4
        #expect(LimitedGroup.threats(suite, in: outcome(memory: all)).count == 1)
        let said = LimitedGroup.threats(suite, in: outcome(memory: all - 1))
        #expect(said.map(\.severity) == [.note, .warning])
        #expect(said.last?.text.contains("'startup' runs at once may use \(all >> 20) MiB") == true)
    }
}
