import BenchmarkModel
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// Older databases that are damaged in one run: the others are moved, and what cannot be moved is kept and named.
@Suite struct MigrationDamageTests {
    let scratch: TemporaryDirectory
    var path: String { scratch.path + "/tare.db" }

    init() throws { scratch = try TemporaryDirectory() }

    /// Two runs with something of everything, of which one is damaged.
    private func migrated(_ damage: (OldDatabase) throws -> Void) throws -> RunStore {
        do {
            let old = try OldDatabase(path: path, schema: "3-rest")
            for id in ["bad", "good"] {
                try old.addRun(id, climbs: true)
                try old.addSample(id, 1, rest: 3)
                try old.addLadder(id, 1)
                try old.addRamp(id, 1, cause: #"{"swap":{}}"#)
            }
            try old.queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1")
            }
            try damage(old)
            try old.queue.close()
        }
        let store = try RunStore(path: path)
        let good = try store.run("good")
        #expect(good.observations.map(\.number) == [1, 2, 3] && good.unreadable == [])
        #expect(try store.runs().count == 2)
        // And nothing points at nothing.
        try store.queue.read { try $0.checkForeignKeys(in: "observation") }
        return store
    }

    @Test func aClimbWhoseCellIsNowhere() throws {
        let store = try migrated { old in
            try old.addLadder("bad", 2, cell: "footprint/none/none/idle")
            try old.addRamp("bad", 2, cell: "density/none/none/1MiB", cause: #"{"swap":{}}"#)
        }
        let bad = try store.run("bad")
        #expect(bad.observations.map(\.number) == [1, 2, 4])
        #expect(
            bad.unreadable == [
                "ladder 2 of an older database (table unmoved) cannot be read: its cell footprint/none/none/idle is nowhere",
                "ramp 2 of an older database (table unmoved) cannot be read: its cell density/none/none/1MiB is nowhere",
            ])
        // What it held is still there.
        let content = try store.queue.read { try String.fetchAll($0, sql: "SELECT content FROM unmoved ORDER BY id") }
        #expect(content[0].contains("the cap was reached") && content[1].contains("teardownNanoseconds"))
        try store.delete("bad")
        #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM unmoved") } == 0)
    }

    @Test(arguments: [
        "x", "{}", "null", "[]", "\"\"", #"{"blocks":7,"footprint":{"cells":[1,"x",null,[],{"key":7}],"blocks":"x"}}"#,
        #"{"density":{"cells":{"a":1}},"footprint":null}"#,
    ]) func aPlanThatIsNone(_ plan: String) throws {
        let store = try migrated { try $0.execute("UPDATE run SET plan = ? WHERE id = 'bad'", [plan]) }
        #expect(throws: TareError.self) { try store.run("bad") }
        let kept = try store.queue.read {
            try String.fetchAll($0, sql: "SELECT source || ' ' || why FROM unmoved WHERE run_id = 'bad' ORDER BY id")
        }
        #expect(
            kept == [
                "ladder its cell footprint/noop/runc/idle is nowhere",
                "ramp its cell density/noop/runc/64MiB is nowhere",
            ])
    }

    @Test(arguments: [
        ("x", "its record is no JSON"), ("{}", "its record contradicts itself"), ("7", "its record contradicts itself"),
        (#"{"block":0,"reasons":[],"warnings":[]}"#, "its record contradicts itself"),
        (#"{"block":-1,"reasons":["x"],"warnings":[]}"#, "its record contradicts itself"),
        (#"{"block":"0","reasons":["x"],"warnings":[]}"#, "its record contradicts itself"),
        (#"{"block":9223372036854775807,"reasons":["x"],"warnings":[]}"#, "its record contradicts itself"),
        (#"{"block":0,"reasons":"x","warnings":[]}"#, "its record contradicts itself"),
    ]) func aLadderWhoseRecordIsNone(_ record: String, _ why: String) throws {
        let store = try migrated { try $0.addLadder("bad", 2, record: record) }
        let bad = try store.run("bad")
        #expect(bad.observations.map(\.number) == [1, 2, 4])
        #expect(bad.unreadable == ["ladder 2 of an older database (table unmoved) cannot be read: \(why)"])
    }

    /// What has its place is moved though its record cannot be read.
    @Test func aLadderThatLacksItsRungs() throws {
        let store = try migrated {
            try $0.addLadder("bad", 2, record: #"{"block":1,"reasons":["x"],"warnings":[]}"#)
        }
        let bad = try store.run("bad")
        #expect(bad.observations.map(\.number) == [1, 2, 4])
        #expect(
            bad.unreadable == [
                "observation 3 of footprint/noop/runc/idle (table observation) cannot be read: 'ending' is missing"
            ])
    }

    @Test func numbersThatCannotBeCountedOn() throws {
        let store = try migrated { old in
            try old.addSample("bad", .max)
            try old.execute("UPDATE threat SET block = 5")
        }
        let bad = try store.run("bad")
        #expect(bad.observations.map(\.number) == [1])
        #expect(bad.unreadable.count == 3)
    }

    @Test func samplesThatAreNone() throws {
        let store = try migrated { old in
            try old.addSample("bad", 2, cell: "startup/none/none/warm")
            try old.execute(
                "INSERT INTO sample VALUES ('bad', 3, 'startup/noop/process/warm', 1, 1, 'i', 'good', '[]', '[]', 5, 6)"
            )
            try old.execute("INSERT INTO mark VALUES ('bad', 99, 0, 'ready', 5)")
            try old.execute("INSERT INTO intent VALUES (NULL, 'nobody', 'cgroup', '/x', 0)")
        }
        let bad = try store.run("bad")
        #expect(bad.observations.map(\.number).prefix(1) == [1])
        #expect(
            bad.unreadable == [
                "sample 2 of an older database (table unmoved) cannot be read: its cell startup/none/none/warm is nowhere",
                "sample 3 of an older database (table unmoved) cannot be read: it contradicts itself",
                "mark 99 of an older database (table unmoved) cannot be read: sample 99 is nowhere",
            ])
        let content = try store.queue.read { try String.fetchAll($0, sql: "SELECT content FROM unmoved ORDER BY id") }
        #expect(content[0].contains("1207") && content[2] == #"[["ready",5]]"#)
        #expect(try store.openIntents().map(\.runID) == ["nobody"])
    }

    /// SQLite looks at all rows of a table that gets a column, and copies none that breaks a CHECK.
    @Test func whatBreaksAnOlderCheckStays() throws {
        let store = try migrated { old in
            try old.execute("UPDATE run SET status = 'done' WHERE id = 'bad'")
            try old.execute("INSERT INTO intent VALUES (NULL, 'bad', 'house', '/x', 0)")
            try old.execute("INSERT INTO intent VALUES (NULL, 'bad', 'cgroup', '/y', 2)")
        }
        #expect(try store.run("bad").status == .failed)
        #expect(try store.openIntents().map(\.kind) == ["house"])
        #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM intent") } == 2)
        // What is written from now on is checked again.
        #expect(throws: DatabaseError.self) {
            try store.queue.write { try $0.execute(sql: "UPDATE intent SET closed = 3") }
        }
    }
}
