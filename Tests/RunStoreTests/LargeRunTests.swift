import BenchmarkModel
import Foundation
import GRDB
import TestSupport
import Testing

@testable import RunStore

/// A run of so many observations that both connections of a reader read it.
@Suite struct LargeRunTests {
    private let scratch: TemporaryDirectory
    private let path: String

    /// Copies of one start, of which every seventh number is missing and some cannot be read.
    init() throws {
        scratch = try TemporaryDirectory()
        path = scratch.path + "/tare.db"
        let store = try RunStore(path: path)
        let run = SampleRun.make(id: "a")
        try store.create(run)
        try store.sink(for: run.id).save(SampleRun.sample(1, cell: SampleRun.cell(run)))
        try store.queue.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 70000)
                    INSERT INTO observation (run_id, number, cell, block, counted, outcome, reasons, warnings, experiment,
                      record_version, record)
                    SELECT run_id, n, CASE n % 3 WHEN 0 THEN ? WHEN 1 THEN ? ELSE ? END, n / 100, n % 2,
                      CASE n % 1000 WHEN 5 THEN 'failed' ELSE 'ok' END, CASE n % 1000 WHEN 5 THEN '["no"]' ELSE '[]' END,
                      warnings, experiment, record_version,
                      CASE WHEN n IN (11, 39999) THEN '{' ELSE replace(record, ';', ' stopping:' || n || ';tare-x-') END
                    FROM observation, more WHERE run_id = 'a' AND number = 1 AND n % 7 > 0
                    """, arguments: StatementArguments((0...2).map { SampleRun.cell(run, $0) }))
        }
    }

    /// The store itself reads alone, a reader with both connections.
    @Test func bothConnectionsReadWhatOneReads() throws {
        let one = try RunStore(path: path)
        #expect(one.other == nil)
        let both = try RunStore.reading(path)
        #expect(both.other != nil)
        let (expected, found) = (try one.run("a"), try both.run("a"))
        #expect(expected.observations.count == 70_000 - 70_000 / 7 - 2)
        #expect(found.observations == expected.observations)
        #expect(found.observations.map(\.number) == found.observations.map(\.number).sorted())
        #expect(found.unreadable == expected.unreadable && found.unreadable.count == 2)
        #expect(found.unreadable[0].hasPrefix("observation 11 of ") && found.unreadable[1].contains("39999"))
        let failed = try #require(found.observations.first { $0.number == 1_005 })
        #expect(failed.outcome == .failed && failed.reasons == ["no"])
        let last = try #require(found.observations.last?.startup)
        #expect(last.instance.hasPrefix("tare-x-") && last.marks.last == Mark(.stopping, nanoseconds: 69_999))
    }

    /// Few rows with numbers far apart, as no run has: no room is made for what is not there.
    @Test func numbersFarApartTakeNoRoom() throws {
        let store = try RunStore(path: path)
        try store.queue.write { database in
            try database.execute(sql: "DELETE FROM observation WHERE number BETWEEN 4 AND 69998")
            try database.execute(sql: "UPDATE observation SET number = 2147483647 WHERE number = 69999")
        }
        let run = try RunStore.reading(path).run("a")
        #expect(run.observations.map(\.number) == [1, 2, 3, 2_147_483_647])
    }

    /// The name of a reader's copy is gone, and what somebody else puts under it is never looked at: a journal would be taken for the
    /// copy's own.
    @Test func whatStandsUnderTheCopysNameIsNotRead() throws {
        let reader = try RunStore.reading(path)
        let expected = try RunStore(path: path).run("a").observations
        let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
        }.filter { $0.contains("/tare-read-") && $0.hasSuffix("/tare.db (deleted)") }
        try #require(copies.count >= 2)
        for copy in Set(copies.map { $0.replacing(" (deleted)", with: "") }) {
            let directory = URL(fileURLWithPath: copy).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for name in [copy, copy + "-journal", copy + "-wal"] {
                try Data([0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7] + [UInt8](repeating: 0, count: 504)).write(
                    to: URL(fileURLWithPath: name))
            }
            defer { try? FileManager.default.removeItem(at: directory) }
            #expect(try reader.run("a").observations == expected)
        }
    }
}
