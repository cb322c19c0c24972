import BenchmarkModel
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// Damage that is planted: it spoils what it is in, and nothing else, and is named.
@Suite struct DamageTests {
    let scratch: TemporaryDirectory
    let store: RunStore
    let run = SampleRun.make(id: "a", startedAt: 200)
    var good: Observation { SampleRun.sample(1, cell: SampleRun.cell(run)) }

    init() throws {
        scratch = try TemporaryDirectory()
        store = try RunStore(path: scratch.path + "/tare.db")
        for run in [run, SampleRun.make(id: "b", startedAt: 100)] {
            try store.create(run)
            let sink = store.sink(for: run.id)
            try sink.save(SampleRun.sample(1, cell: SampleRun.cell(run)))
            try sink.save(SampleRun.sample(2, cell: SampleRun.cell(run)))
            try sink.save(PlatformRecord(platform: "runc", details: [], emulated: true))
        }
    }

    /// Does what a checked database would refuse, as a damaged file does it.
    private func plant(_ sql: String, _ arguments: StatementArguments = []) throws {
        try store.queue.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try database.execute(sql: sql, arguments: arguments)
            try database.execute(sql: "PRAGMA ignore_check_constraints = 0")
        }
    }

    private func expectOthersAreWhole(listed: Int = 2) throws {
        #expect(try store.runs().map(\.id) == ["a", "b"])
        let other = try store.run("b")
        #expect(other.observations.count == listed && other.unreadable == [])
    }

    @Test(arguments: [
        ("record = '{'", "a time is missing at byte 1"),
        ("record = ''", "a time is missing at byte 1"),
        ("record = '5'", "the rest is missing at byte 2"),
        ("record = '5 9'", "the peak of memory is missing at byte 4"),
        ("record = '5 9 7'", "the size of the output is missing at byte 6"),
        ("record = '5 9 - 3'", "the list of CPUs is missing at byte 8"),
        ("record = '5 9 - - 0,;i'", "a time is missing at byte 11"),
        ("record = '5 9 - - -'", "a mark is missing at byte 10"),
        ("record = '5 9', record_version = 1", "a mark is missing at byte 4"),
        ("record = '5 9 - - - steady:1;i'", "no mark is called 'steady' at byte 17"),
        ("record = '5 9 - - - ready'", "the time of a mark is missing at byte 16"),
        ("record = '5 9 - - - ready:-1;i'", "a time is missing at byte 17"),
        ("record = '5 9 - - - ready:-;i'", "a time is missing at byte 17"),
        ("record = '5 9 - - - ready:4611686018427387905;i'", "a time is too large at byte 36"),
        ("record = '99999999999999999999 9;i'", "a time is too large at byte 20"),
        ("record_version = 7", "this tare does not know version 7 of a record of startup"),
        ("experiment = 'load'", "it is of the experiment 'load', which this tare does not know"),
        ("experiment = 'footprint', record_version = 1", "it cannot be taken as JSON"),
        ("outcome = 'good', reasons = '[\"x\"]'", "no outcome is 'good'"),
        ("reasons = '[1]'", "'0' is of another type"),
        ("warnings = '{}'", "the whole is of another type"),
        ("block = 2147483648", "'block' is 2147483648"),
    ]) func oneObservationThatCannotBeRead(_ damage: String, _ why: String) throws {
        try plant("UPDATE observation SET \(damage) WHERE run_id = 'a' AND number = 2")
        let read = try store.run("a")
        #expect(read.observations == [good])
        #expect(
            read.unreadable == [
                "observation 2 of \(SampleRun.cell(run)) (table observation) cannot be read: \(why)"
            ])
        try expectOthersAreWhole()
    }

    @Test(arguments: [
        (#"{"instances":1}"#, "'cause' is missing"),
        (
            #"{"instances":-1,"cause":"swap","heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[]}"#,
            "'instances' is -1"
        ),
        (
            #"{"instances":1,"cause":"luck","heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[]}"#,
            "no ramp stops because of 'luck'"
        ),
        (
            #"""
            {"instances":1,"cause":"swap","heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[
              {"instances":1,"elapsedNanoseconds":1,"startupsNanoseconds":[],
               "reading":{"figures":{"anonymous":9223372036854775807}}}]}
            """#, "anonymous is 9223372036854775807"
        ),
        (
            #"""
            {"instances":1,"cause":"swap","heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[
              {"instances":1,"elapsedNanoseconds":1,"startupsNanoseconds":[],"reading":{"figures":{"dark":1}}}]}
            """#, "no figure of memory is called 'dark'"
        ),
        (
            #"{"instances":1,"cause":"swap","heldNanoseconds":18446744073709551615,"liveness":"","teardownNanoseconds":1,"points":[]}"#,
            "'heldNanoseconds' is 18446744073709551615"
        ),
    ]) func oneRampThatCannotBeRead(_ record: String, _ why: String) throws {
        let cell = SampleRun.cell(run, of: "density")
        try store.sink(for: "a").save(Observation(number: 3, cell: cell, block: 0, record: .density(Ramp())))
        try plant("UPDATE observation SET record = ? WHERE run_id = 'a' AND number = 3", [record])
        let read = try store.run("a")
        #expect(read.observations.count == 2)
        #expect(read.unreadable == ["observation 3 of \(cell) (table observation) cannot be read: \(why)"])
        try expectOthersAreWhole()
    }

    /// A cause is one cause, with its reason, in version 1.
    @Test(arguments: ["{}", #"{"swap":{},"reserve":{}}"#, #"{"luck":{}}"#, #"{"died":{"_0":7}}"#, "null"])
    func aCauseOfVersion1ThatIsNone(_ cause: String) {
        let text =
            #"{"instances":1,"cause":\#(cause),"heldNanoseconds":1,"liveness":"","teardownNanoseconds":1,"points":[]}"#
        #expect(throws: UnreadableValue.self) {
            try ObservationRecord.read(VersionedText(1, text), experiment: "density")
        }
    }

    @Test(arguments: [
        (
            "UPDATE platform SET record = '{}'",
            "the platform runc (table platform) cannot be read: 'platform' is missing"
        ),
        (
            "UPDATE platform SET record_version = 2",
            "the platform runc (table platform) cannot be read: this tare does not know version 2 of what was used on a platform"
        ),
        (
            "INSERT INTO threat VALUES (7, 'a', 'd', 'dire', 't', 1, NULL)",
            "the sighting 7 (table threat) cannot be read: no severity is 'dire'"
        ),
        (
            "INSERT INTO channel_echo VALUES ('a', 'runc', '[-1]', NULL)",
            "the channel of runc (table channel_echo) cannot be read: it cannot be taken as JSON"
        ),
        (
            "UPDATE run SET facts = '[]'",
            "the facts of the host (table run) cannot be read: the whole is of another type"
        ),
        (
            "UPDATE run SET facts_version = 9",
            "the facts of the host (table run) cannot be read: this tare does not know version 9 of facts of a host"
        ),
    ]) func somethingBesideThatCannotBeRead(_ sql: String, _ what: String) throws {
        try plant(
            sql.hasPrefix("INSERT") ? sql : sql + (sql.contains("run SET") ? " WHERE id = 'a'" : " WHERE run_id = 'a'"))
        let read = try store.run("a")
        #expect(read.observations.count == 2)
        #expect(read.unreadable.count == 1 && read.unreadable[0].hasPrefix(what), "\(read.unreadable)")
        // Facts that cannot be read say nothing, also of no definition.
        if sql.contains("facts") { #expect(read.facts == HostFacts()) }
        try expectOthersAreWhole()
    }

    @Test(arguments: [
        ("plan = '{}'", "plan", "'seed' is missing"),
        ("plan = 'x'", "plan", "it cannot be taken as JSON"),
        ("plan_version = 3", "plan", "this tare does not know version 3 of a plan"),
        ("plan = replace(plan, '\"planned\":3', '\"planned\":4294967296')", "plan", "'planned' of startup/"),
        ("plan = replace(plan, '\"planned\":3', '\"planned\":-1')", "plan", "'planned' of startup/"),
        ("plan = replace(plan, '\"is\":\"warm\"', '\"is\":\"hot\"')", "plan", "no mode of startup is 'hot'"),
        ("plan = replace(plan, '\"experiment\":\"density\"', '\"experiment\":\"load\"')", "plan", "density/"),
        ("plan = replace(plan, '\"0 warm-up ', '\"0 warm-up 999 ')", "plan", "block 0 measures cell 999 of "),
        ("plan = replace(plan, '\"1 counted ', '\"0 counted ')", "plan", "there are two blocks 0"),
        (
            "plan = replace(plan, '\"count\":4', '\"count\":9223372036854775807')", "plan",
            "'count' is 9223372036854775807"
        ),
        ("plan = replace(plan, '\"1 counted ', '\"1 perhaps ')", "plan", "'1 perhaps "),
        ("plan = replace(plan, '\"1 counted ', '\"1 counted  ')", "plan", "'1 counted  "),
        ("plan = replace(plan, '/warm\"', '/cold\"')", "plan", "there are two cells startup/"),
        ("suite = '{\"platforms\":[{\"name\":\"process\"}]}'", "suite", "'name' is missing"),
        ("suite_version = 1", "suite", ""),
        (
            "suite = replace(suite, '\"memoryBytes\":134217728', '\"memoryBytes\":18446744073709551615')", "suite",
            "'memoryBytes' is 18446744073709551615"
        ),
        ("suite = replace(suite, '\"is\":\"process\"', '\"is\":\"pod\"')", "suite", "no kind of platform is 'pod'"),
    ]) func aRunThatCannotBeReadIsListedAndNamed(_ damage: String, _ what: String, _ why: String) throws {
        try plant("UPDATE run SET \(damage) WHERE id = 'a'")
        let error = try #require(#expect(throws: TareError.self) { try store.run("a") })
        #expect(error.code == .store && error.remedy == "Use the tare that made it; the other runs can be read.")
        #expect(
            error.message
                == "run a in the database \(store.path) cannot be read: its \(what) is damaged or of a newer tare")
        #expect(error.cause?.hasPrefix(why) == true, "\(error.cause ?? "")")
        try expectOthersAreWhole()
        let listed = try #require(try store.runs().first)
        #expect((listed.id, listed.suite, listed.ok, listed.emulated) == ("a", "quick", 2, true))
        #expect(listed.planned == run.plan.cells.reduce(0) { $0 + $1.planned })
    }

    @Test func aSuiteThatIsNoneHasNoPlatforms() throws {
        try plant("UPDATE run SET suite = 'x' WHERE id = 'a'")
        #expect(try store.runs().map(\.platforms.count) == [0, 4])
    }

    /// No sum overflows, whatever the numbers are.
    @Test func numbersOfAnySizeAreListed() throws {
        try plant("UPDATE cell SET planned = 9223372036854775807 WHERE run_id = 'a'")
        let cells = run.plan.cells.count
        #expect(try store.runs().first?.planned == cells * Int(Int32.max))
        try plant("UPDATE cell SET planned = -9223372036854775807 WHERE run_id = 'a'")
        #expect(try store.runs().first?.planned == 0)
        try expectOthersAreWhole()
    }
}
