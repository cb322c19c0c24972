import BenchmarkModel
import Foundation
import GRDB
import LinuxSystem
import TestSupport
import Testing

@testable import RunStore

/// Databases in which something else stands than tare wrote: each call gives a value or says what is wrong.
@Suite struct RecordFuzzTests {
    private static func judge(_ error: any Error, _ what: String) throws -> UInt64 {
        guard let error = error as? TareError else { throw Finding("\(what) throws \(type(of: error)): \(error)") }
        let isPlain = error.code == .store || (error.code == .usage && what == "run")
        try Finding.unless(isPlain, "\(what) throws the code \(error.code): \(error)")
        try Finding.unless(
            error.code != .store || error.remedy?.isEmpty == false || what == "run",
            "an error without a remedy: \(error)")
        return Fuzzer.feature(what + error.message + (error.cause ?? "").prefix(60))
    }

    /// Everything that reads.
    private static func read(_ store: RunStore) throws -> UInt64 {
        var feature: UInt64 = 0
        func attempt(_ what: String, _ body: () throws -> Void) throws {
            do { try body() } catch { feature = feature &* 31 &+ (try judge(error, what)) }
        }
        try attempt("runs") { feature = UInt64(try store.runs().count { $0.missing >= 0 }) }
        try attempt("openIntents") { feature = feature &* 31 &+ UInt64(try store.openIntents().count) }
        for name in ["latest", "20261124-190050-4eea"] {
            try attempt("run") {
                let run = try store.run(name)
                feature = feature &* 31 &+ UInt64(run.observations.count + run.plan.blocks.count)
                feature = run.unreadable.reduce(feature) { $0 &* 31 &+ Fuzzer.feature(String($1.prefix(160))) }
            }
            try attempt("isAlive") { _ = try store.isAlive(name) }
        }
        try attempt("markDeadRuns") { try store.markDeadRuns() }
        return feature
    }

    /// Reads a text in each of the encodings; what is read must be the same once it was written and read again.
    private static func decode(_ bytes: [UInt8]) throws -> UInt64 {
        let text = String(decoding: bytes, as: UTF8.self)
        var feature: UInt64 = 0
        func attempt<Value: Equatable>(
            _ what: String, _ versions: ClosedRange<Int>, read: (VersionedText) throws -> Value,
            write: (Value) throws -> VersionedText
        ) throws {
            for version in versions {
                do {
                    let value = try read(VersionedText(version, text))
                    let again = try read(try write(value))
                    try Finding.unless(again == value, "\(what) is another once it was written and read")
                    feature = feature &* 31 &+ Fuzzer.feature("\(what) \(version)")
                } catch let error as UnreadableValue {
                    feature = feature &* 31 &+ Fuzzer.feature(String("\(error)".prefix(120)))
                }
            }
        }
        try attempt("suite", 0...5, read: { try $0.suite() }, write: { try .suite($0) })
        try attempt("plan", 0...3, read: { try $0.plan(of: StoredRun.suite) }, write: { try .plan($0) })
        try attempt("facts", 0...2, read: { try $0.facts() }, write: { try .facts($0) })
        try attempt("platform", 0...2, read: { try $0.platform() }, write: { try .platform($0) })
        for name in ["startup", "footprint", "density", "task", "load"] {
            try attempt(
                name, 0...3, read: { try ObservationRecord.read($0, experiment: name) },
                write: { try ObservationRecord.write($0) })
        }
        for type in [[UInt64].self, [String].self] as [any Decodable.Type] {
            do { _ = try JSON.decode(type, text) } catch is UnreadableValue {}
        }
        return feature
    }

    /// Runs the statements on a copy of a database that enforces nothing.
    private static func execute(_ bytes: [UInt8], on template: DatabaseQueue) throws -> UInt64 {
        let queue = try DatabaseQueue()
        try template.backup(to: queue)
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        // Only what changes rows of these tables; a statement that SQLite does not take changes nothing.
        queue.writeWithoutTransaction { database in
            for statement in text.split(separator: "\n")
            where statement.hasPrefix("UPDATE ") || statement.hasPrefix("DELETE ") {
                try? database.execute(sql: String(statement))
            }
        }
        return try read(RunStore(queue: queue, path: "tare.db"))
    }

    /// Runs the statements on a copy of an older database: whatever stands in its rows, it can be migrated.
    private static func migrate(_ bytes: [UInt8], from template: DatabaseQueue) throws -> UInt64 {
        let queue = try DatabaseQueue()
        try template.backup(to: queue)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1")
            for statement in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).split(separator: "\n")
            where statement.hasPrefix("UPDATE ") || statement.hasPrefix("DELETE ") {
                try? database.execute(sql: String(statement))
            }
            try database.execute(sql: "PRAGMA foreign_keys = 1; PRAGMA ignore_check_constraints = 0")
        }
        do { try Schema.migrator.migrate(queue) } catch { throw Finding("it cannot be migrated: \(error)") }
        return try read(RunStore(queue: queue, path: "tare.db"))
    }

    /// A statement that puts something into a column, in which an integer, a real, a text, a blob or nothing may stand.
    private static func statement(
        _ mutator: inout Mutator, _ texts: [String], tables: [String], columns: [String]
    ) -> [UInt8] {
        var statements: [String] = []
        repeat {
            let number = String(decoding: mutator.pick(Mutator.numbers), as: UTF8.self)
            let odd = mutator.pick(Mutator.oddities).map {
                String($0, radix: 16).count < 2 ? "0\($0)" : String($0, radix: 16)
            }.joined()
            var text = Array(mutator.pick(texts + ["", "running", "ok", "latest", "[]", "{}"]).utf8)
            if mutator.chance(2) { text = mutator.mutate(text, with: Array(mutator.pick(texts).utf8), most: 4_096) }
            let quoted = String(decoding: text.filter { $0 != 10 && $0 != 0 }, as: UTF8.self).replacing("'", with: "''")
            let value = mutator.pick([
                number, "'\(number)'", "'\(quoted)'", "'\(quoted)'", "x'\(odd)'", "NULL", "NULL",
                "CAST(x'\(odd)' AS TEXT)",
            ])
            let table = mutator.pick(tables)
            let column = mutator.pick(columns)
            statements.append(
                mutator.chance(30)
                    ? "DELETE FROM \(table)"
                    : "UPDATE \(table) SET \(column) = \(value)" + (mutator.chance(2) ? " WHERE rowid = 1" : ""))
        } while !mutator.chance(2) && statements.count < 8
        return Array(statements.joined(separator: "\n").utf8)
    }

    /// Changes bytes of a file: pieces of four, a place of three bytes and what is put there.
    private static func patch(_ bytes: [UInt8], of template: [UInt8], at path: String) throws -> UInt64 {
        var file = template
        for index in stride(from: 0, to: bytes.count - 3, by: 4) {
            let place = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
            file[place % file.count] = bytes[index + 3]
        }
        try HostFiles.replace(path, bytes: file)
        let store: RunStore
        do { store = try RunStore.reading(path) } catch { return try judge(error, "reading") }
        return try read(store)
    }

    @Test func everyCallGivesAValueOrSaysWhatIsWrong() async throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/tare.db"
        try StoredRun.make(at: path)
        let file = Array(try #require(FileManager.default.contents(atPath: path)))
        let loose = try StoredRun.loose()
        let old = try StoredRun.old()
        // Without a change all can be read, or nothing would be tested.
        #expect(try RunStore(queue: loose, path: "tare.db").run("latest").plan == StoredRun.plan)
        let run = try RunStore.reading(path).run("latest")
        #expect(
            run.observations == [StoredRun.start, StoredRun.ladder, StoredRun.ramp, StoredRun.task]
                && run.unreadable.count == 1)
        let texts = try StoredRun.texts()
        let words =
            texts.flatMap { $0.split { !$0.isLetter }.map { Array($0.utf8) } }
            + ["{", "}", "[", "]", ",", ":", "\"", "\\ud800"].map { Array($0.utf8) }
        let kinds = [
            Fuzzer.Kind(name: "json", weight: 40, words: words, seeds: texts.map { Array($0.utf8) }),
            Fuzzer.Kind(name: "sql", weight: 6, words: words) { mutator, _, _ in
                RecordFuzzTests.statement(&mutator, texts, tables: StoredRun.tables, columns: StoredRun.columns)
            },
            Fuzzer.Kind(name: "old", weight: 6, words: words, seeds: [Array("DELETE FROM cell".utf8)]) {
                mutator, _, _ in
                RecordFuzzTests.statement(&mutator, texts, tables: StoredRun.oldTables, columns: StoredRun.oldColumns)
            },
            Fuzzer.Kind(name: "patch", weight: 1, words: words) { mutator, bytes, _ in
                var patch = mutator.chance(3) ? bytes : []
                repeat {
                    for _ in 0..<4 { patch.append(UInt8(truncatingIfNeeded: mutator.random.next())) }
                } while !mutator.chance(6)
                return Array(patch.suffix(400))
            },
        ]
        try await Fuzzer(target: "records", kinds: kinds, inputs: 1_500).run { kind, bytes in
            switch kind {
            case "json": try RecordFuzzTests.decode(bytes)
            case "sql": try RecordFuzzTests.execute(bytes, on: loose)
            case "old": try RecordFuzzTests.migrate(bytes, from: old)
            default: try RecordFuzzTests.patch(bytes, of: file, at: path)
            }
        }
    }
}
