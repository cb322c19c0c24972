import BenchmarkModel
import Foundation
import GRDB
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import RunStore

/// The file itself: what SQLite enforces, and what is wrong with files.
@Suite struct DatabaseTests {
    let scratch: TemporaryDirectory
    var path: String { scratch.path + "/tare.db" }

    init() throws { scratch = try TemporaryDirectory() }

    private func refused() throws -> TareError {
        let error = try #require(#expect(throws: TareError.self) { _ = try RunStore(path: path).runs() })
        #expect(error.code == .store && error.exitCode == 1)
        #expect(error.description.contains(path) && error.remedy?.isEmpty == false)
        return error
    }

    @Test(arguments: [
        "INSERT INTO observation VALUES ('a', 0, 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', -1, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 2, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 1, 'good', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 1, 'failed', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 0, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 1, 'ok', '[]', '[]', '', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 1, 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 1, NULL)",
        "INSERT INTO observation VALUES ('a', 1, 'no cell', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('no run', 1, 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 'one', 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "INSERT INTO observation VALUES ('a', 9, 'CELL', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;')",
        "UPDATE run SET plan_version = 0",
        "INSERT INTO unmoved VALUES (NULL, 'no run', 'ladder', 1, 'why', '{}')",
        "UPDATE run SET status = 'done'",
        "UPDATE cell SET planned = -1",
        "INSERT INTO platform VALUES ('a', 'x', '{}', 2, 1)",
        "INSERT INTO preparation VALUES (NULL, 'a', 'w', 'p', 's', -1, 0, '')",
        "INSERT INTO threat VALUES (NULL, 'a', 'd', 'dire', 't', NULL, NULL)",
        "INSERT INTO intent VALUES (NULL, 'a', '', 's', 0)",
        "INSERT INTO intent VALUES (NULL, 'no such run', 'domain', 's', 0)",
    ]) func sqliteEnforcesTheSchema(_ sql: String) throws {
        let store = try RunStore(path: path)
        let run = SampleRun.make(id: "a")
        try store.create(run)
        try store.sink(for: "a").save(SampleRun.sample(9, cell: SampleRun.cell(run)))
        let statement = sql.replacing("CELL", with: SampleRun.cell(run))
        let error = try #require(
            #expect(throws: DatabaseError.self) { try store.queue.write { try $0.execute(sql: statement) } })
        #expect(error.resultCode == .SQLITE_CONSTRAINT, "\(error)")
    }

    @Test func theStatementsFailForTheirOwnReason() throws {
        let store = try RunStore(path: path)
        let run = SampleRun.make(id: "a")
        try store.create(run)
        let cell = SampleRun.cell(run)
        try store.queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO observation
                      VALUES ('a', 1, '\(cell)', 0, 1, 'ok', '[]', '[]', 'startup', 1, '- -;');
                    INSERT INTO platform VALUES ('a', 'x', '{}', 1, 1);
                    INSERT INTO preparation VALUES (NULL, 'a', 'w', 'p', 's', 0, 0, '');
                    INSERT INTO threat VALUES (NULL, 'a', 'd', 'note', 't', NULL, NULL);
                    INSERT INTO unmoved VALUES (NULL, 'a', 'ladder', 1, 'why', '{}');
                    INSERT INTO intent VALUES (NULL, 'a', 'domain', 's', 0);
                    """)
        }
    }

    @Test func isDurableAndMigrated() throws {
        let store = try RunStore(path: path)
        let found = try store.queue.read { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try Int.fetchOne(database, sql: "PRAGMA foreign_keys"),
                try Schema.migrator.appliedIdentifiers(database)
            )
        }
        // 2 is FULL: the log is synced at every commit.
        #expect(found.0 == "wal" && found.1 == 2 && found.2 == 1)
        #expect(found.3 == Set(Schema.migrations))
        // The list by which a newer database is recognised is the list of what is registered.
        #expect(Schema.migrator.migrations == Schema.migrations)
    }

    @Test func refusesADatabaseOfANewerTare() throws {
        do {
            let store = try RunStore(path: path)
            try store.create(SampleRun.make(id: "a"))
            try store.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('7-carbon')") }
        }
        let error = try refused()
        #expect(error.message.contains("was made by a newer tare (it has '7-carbon', this tare 0.1.0 knows '"))
        #expect(error.remedy == "Use the newer tare, or another database with --db.")
    }

    @Test func refusesWhatIsNoDatabase() throws {
        try HostFiles.replace(path, bytes: Array(String(repeating: "no database ", count: 1_000).utf8))
        #expect(try refused().message == "\(path) is not a database of tare, or is damaged")
        #expect(try HostFiles.read(path).hasPrefix("no database no database"))
    }

    @Test func saysWhenADatabaseIsDamaged() throws {
        do {
            let store = try RunStore(path: path)
            for index in 0..<40 { try store.create(SampleRun.make(id: "run-\(index)")) }
            try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        }
        var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
        // All but the first page, in which the schema begins.
        for index in 4_096..<bytes.count { bytes[index] = 0x5a }
        try HostFiles.replace(path, bytes: bytes)
        #expect(try refused().message == "\(path) is not a database of tare, or is damaged")
    }

    @Test func refusesADirectory() throws {
        try HostFiles.makeDirectory(path)
        #expect(try refused().message == "the database \(path) cannot be opened for writing")
    }

    @Test func saysWhenItsDirectoryCannotBeMade() throws {
        let error = try #require(
            #expect(throws: TareError.self) { _ = try RunStore(path: "/proc/tare-cannot-be/tare.db") })
        #expect(error.message == "the directory of the database /proc/tare-cannot-be/tare.db cannot be made")
        #expect(error.remedy == "Name another database with --db.")
    }

    @Test(.needsRoot) func saysWhenItsDirectoryIsReadOnly() throws {
        let mount = scratch.path + "/mount"
        try HostFiles.makeDirectory(mount)
        let flags: UInt64 = Mounts.Flag.readOnly
        try Mounts.mount(source: "tmpfs", target: mount, type: "tmpfs", flags: flags, data: nil)
        defer { try? Mounts.unmount(mount) }
        let error = try #require(#expect(throws: TareError.self) { _ = try RunStore(path: mount + "/tare.db") })
        #expect(error.code == .store)
        #expect(error.message == "the database \(mount)/tare.db cannot be opened for writing")
        #expect(error.remedy?.contains("Check its rights") == true)
    }

    @Test(.needsRoot) func losesNothingWhenTheDiskIsFull() throws {
        let mount = scratch.path + "/mount"
        try HostFiles.makeDirectory(mount)
        try Mounts.mount(source: "tmpfs", target: mount, type: "tmpfs", flags: 0, data: "size=1m")
        defer { try? Mounts.unmount(mount) }
        let run = SampleRun.make(id: "a")
        var committed = 0
        do {
            let store = try RunStore(path: mount + "/tare.db")
            try store.create(run)
            let sink = store.sink(for: "a")
            let error = #expect(throws: TareError.self) {
                for number in 1...100_000 {
                    try sink.save(SampleRun.sample(number, cell: SampleRun.cell(run)))
                    committed = number
                }
            }
            #expect(error?.message == "there is no space left for the database \(mount)/tare.db")
            #expect(committed > 10)
        }
        let store = try RunStore(path: mount + "/tare.db")
        #expect(
            try store.run("a").observations == (1...committed).map { SampleRun.sample($0, cell: SampleRun.cell(run)) })
    }

    @Test func aSecondProcessMayReadAndWrite() throws {
        let first = try RunStore(path: path)
        let second = try RunStore(path: path)
        try first.create(SampleRun.make(id: "a"))
        try second.create(SampleRun.make(id: "b"))
        #expect(try first.runs().count == 2)
        #expect(try second.runs().count == 2)
    }
}
