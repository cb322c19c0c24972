import BenchmarkModel
import TestSupport
import Testing

@testable import Analysis

@Suite struct ComparabilityTests {
    @Test func aRunIsComparableWithItself() {
        let run = SyntheticClimbs.run()
        #expect(Comparability.differences(run, run).isEmpty)
    }

    @Test func onlyWhatMustAgreeDiffers() {
        let one = SyntheticClimbs.run()
        var other = one
        other.facts.facts[3].value = "2 GiB"
        #expect(Comparability.differences(one, other).isEmpty)
        other.facts.facts[2].value = "6.1-synthetic"
        other.platforms[0].details.append(Fact("runtime", "runc 1.1", mustAgree: true))
        var third = one
        third.platforms[0].details.append(Fact("runtime", "runc 1.0", mustAgree: true))
        #expect(
            Comparability.differences(other, third) == [
                .init(subject: .host, name: "kernel", value: "6.1-synthetic", other: "6.0-synthetic"),
                .init(subject: .platform("runc"), name: "runtime", value: "runc 1.1", other: "runc 1.0"),
            ])
    }

    /// Ledgers of the first definition have the free objects of half-empty slabs in them.
    @Test func definitionsMustAgree() throws {
        var old = SyntheticClimbs.run()
        old.facts.facts += [Definition.startup.fact, Definition.firstLedger.fact]
        var new = SyntheticClimbs.run()
        new.id = "new"
        new.facts.facts += [Definition.startup.fact, Definition.ledger.fact]
        #expect(Comparability.differences(old, new).map(\.subject) == [.definition])
        #expect(Comparability.differences(old, new).map(\.name) == ["definition of the ledger"])
        let error = try #require(
            #expect(throws: TareError.self) { try Comparability.check([old, new], purpose: "Plan from") })
        #expect(error.code == .notComparable && error.message.contains("'definition of the ledger': 1: with free"))
        #expect(error.remedy == "Plan from runs of one definition, or measure the older again.")
    }

    /// A run from before definitions were recorded shows by its readings which one it follows.
    @Test func aSilentRunFollowsTheFirst() {
        let silent = SyntheticClimbs.run()
        var new = silent
        new.facts.facts += [Definition.firstStartup.fact, Definition.secondLedger.fact]
        #expect(Comparability.differences(silent, new).map(\.name) == ["definition of the ledger"])
        var second = silent
        for index in second.observations.indices {
            second.observations[index].changeLadder { ladder in
                for rung in ladder.rungs.indices { ladder.rungs[rung].reading[.slabSlack] = 1 }
            }
        }
        #expect(Comparability.differences(second, new).isEmpty)
    }
}
