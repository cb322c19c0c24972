import BenchmarkModel
import Dispatch
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// Reads the observations of a run, of which there may be a million: nearly all are starts that are ok and of which nothing is to be
/// said, and those are taken as they stand in SQLite's memory.
struct ObservationReader {
    /// What one part of a run gave.
    struct Part: Sendable {
        var observations: [Observation] = []
        /// What could not be read, in words.
        var unreadable: [String] = []
    }

    /// From so many on both connections read.
    static let fewestForTwo = 50_000
    /// No observation takes less of a file, in bytes.
    private static let fewestBytes = 32

    let run: String
    /// A second connection to the same data; nil where there is none.
    let other: DatabaseQueue?

    /// All observations by ascending number.
    func all(_ database: Database) throws -> Part {
        let bounds = try Row.fetchOne(
            database,
            sql: """
                SELECT (SELECT MIN(number) FROM observation WHERE run_id = :run),
                  (SELECT MAX(number) FROM observation WHERE run_id = :run)
                """, arguments: ["run": run])
        let ends = (0...1).compactMap { place in bounds.flatMap { try? $0.decode(Int64.self, atIndex: place) } }
        guard let other, ends.count == 2, ends[0] >= 0, ends[1] <= Int64(Int32.max),
            ends[1] - ends[0] >= ObservationReader.fewestForTwo, try isStrict(database),
            let room = try room(database, from: ends[0], to: ends[1])
        else { return try alone(database) }
        let middle = ends[0] + (ends[1] - ends[0]) / 2
        // Both write into one array, the other one from here on.
        let place = Int(middle - ends[0]) + 1
        var unreadable: [String] = []
        let observations = try [Observation](unsafeUninitializedCapacity: room) { buffer, filled in
            nonisolated(unsafe) let base = buffer.baseAddress
            let half = Half()
            let group = DispatchGroup()
            DispatchQueue.global().async(group: group) {
                let result = Result {
                    try other.read {
                        var part = Filling(base.map { $0 + place }, room: room - place)
                        do {
                            try fill(&part, $0, between: (middle + 1, .max))
                        } catch {
                            part.empty()
                            throw error
                        }
                        return part.outcome
                    }
                }
                half.outcome.withLock { $0 = result }
            }
            var mine = Filling(base, room: place)
            let result = Result { try fill(&mine, database, between: (.min, middle)) }
            group.wait()
            let theirs = half.outcome.withLock { $0 }
            filled = mine.outcome.count
            if let base, case .success(let rest)? = theirs {
                (base + filled).moveInitialize(from: base + place, count: rest.count)
                filled += rest.count
                unreadable = mine.outcome.unreadable + rest.unreadable
            }
            try result.get()
            _ = try theirs?.get()
        }
        return Part(observations: observations, unreadable: unreadable)
    }

    /// Whether a number can be nothing but a whole number, so that no row lies outside or between two ranges of them.
    private func isStrict(_ database: Database) throws -> Bool {
        let table = try String.fetchOne(database, sql: "SELECT sql FROM sqlite_master WHERE name = 'observation'")
        return table?.hasSuffix("STRICT") == true
    }

    /// For how many there must be room: for one of each number, without looking at them all. nil where far fewer are in the file, which
    /// may be of somebody else's making.
    private func room(_ database: Database, from first: Int64, to last: Int64) throws -> Int? {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let bytes = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        let room = Int(last - first) + 1
        return room <= pages * bytes / ObservationReader.fewestBytes ? room : nil
    }

    private func alone(_ database: Database) throws -> Part {
        let count =
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM observation WHERE run_id = ?", arguments: [run]) ?? 0
        var unreadable: [String] = []
        let observations = try [Observation](unsafeUninitializedCapacity: count) { buffer, filled in
            var part = Filling(buffer.baseAddress, room: count)
            let result = Result { try fill(&part, database) }
            filled = part.outcome.count
            unreadable = part.outcome.unreadable
            try result.get()
        }
        return Part(observations: observations, unreadable: unreadable)
    }

    /// What one connection gave.
    private struct Outcome: Sendable {
        var count = 0
        var unreadable: [String] = []
    }

    private final class Half: Sendable {
        let outcome = Mutex<Result<Outcome, any Error>?>(nil)
    }

    /// A stretch of an array that one connection fills.
    private struct Filling {
        private let start: UnsafeMutablePointer<Observation>?
        private let room: Int
        var outcome = Outcome()

        init(_ start: UnsafeMutablePointer<Observation>?, room: Int) {
            self.start = start
            self.room = room
        }

        mutating func append(_ observation: Observation) {
            guard let start, outcome.count < room else {
                return outcome.unreadable.append("observation \(observation.number) is one more than there may be")
            }
            (start + outcome.count).initialize(to: observation)
            outcome.count += 1
        }

        /// Gives back what is in it.
        mutating func empty() {
            start?.deinitialize(count: outcome.count)
            outcome.count = 0
        }
    }

    /// Reads them by ascending number.
    ///
    /// - Parameter between: only those with numbers between these two.
    private func fill(_ part: inout Filling, _ database: Database, between: (Int64, Int64)? = nil) throws {
        var names = SharedTexts()
        var arguments: StatementArguments = [run]
        if let between { arguments += [between.0, between.1] }
        let statement = try database.makeStatement(
            sql: """
                SELECT number, cell, block, counted, outcome, reasons, warnings, experiment, record_version, record
                FROM observation WHERE run_id = ?\(between == nil ? "" : " AND number BETWEEN ? AND ?") ORDER BY number
                """)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try cursor.next() {
            do {
                let plain = try PlainStart(statement.sqliteStatement)?.observation(&names)
                part.append(try plain ?? ObservationReader.observation(row, &names))
            } catch let error as UnreadableValue {
                part.outcome.unreadable.append(
                    "observation \(row.said("number")) of \(row.said("cell")) (table observation) cannot be read: \(error)"
                )
            }
        }
    }

    private static func observation(_ row: Row, _ names: inout SharedTexts) throws -> Observation {
        let outcome: String = try row.value(at: 4, "outcome")
        guard let outcome = Observation.Outcome(rawValue: outcome) else {
            throw UnreadableValue(description: "no outcome is '\(outcome)'")
        }
        let record = try VersionedText(row.value(at: 8, "record_version"), row.value(at: 9, "record"))
        let cell: String = try row.value(at: 1, "cell")
        return try Observation(
            number: Bounded.count(row.value(at: 0, "number"), "'number'"), cell: names.shared(cell),
            block: Bounded.count(row.value(at: 2, "block"), "'block'"), counted: row.value(at: 3, "counted"),
            outcome: outcome, reasons: texts(row.value(at: 5, "reasons")),
            warnings: texts(row.value(at: 6, "warnings")),
            record: ObservationRecord.read(record, experiment: row.value(at: 7, "experiment")))
    }

    private static func texts(_ text: String) throws -> [String] {
        text == "[]" ? [] : try JSON.decode([String].self, text)
    }
}

/// A start that is ok and of which nothing is to be said, as it stands in the row of a statement.
private struct PlainStart {
    private let statement: SQLiteStatement
    private let version: Int

    /// - Returns: nil for every other row, and for one in which anything is not as it should be.
    init?(_ statement: SQLiteStatement) {
        self.statement = statement
        version = Int(truncatingIfNeeded: sqlite3_column_int64(statement, 8))
        guard isNumber(0), isNumber(2), isNumber(3), isNumber(8), version == 1 || version == 2,
            reads(4, "ok"), reads(5, "[]"), reads(6, "[]"), reads(7, "startup"), isText(1), isText(9)
        else { return nil }
    }

    private func isNumber(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_INTEGER }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func observation(_ names: inout SharedTexts) throws -> Observation {
        try Observation(
            number: Bounded.count(Int(truncatingIfNeeded: sqlite3_column_int64(statement, 0)), "'number'"),
            cell: names.shared(text(1)),
            block: Bounded.count(Int(truncatingIfNeeded: sqlite3_column_int64(statement, 2)), "'block'"),
            counted: sqlite3_column_int64(statement, 3) != 0,
            record: .startup(StartupText.read(text(9), version: version, names: &names)))
    }

    /// Valid until the statement goes on.
    private func text(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        // The text first: asking for it may change its encoding, and so its length.
        let start = sqlite3_column_text(statement, column)
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// Text that does not end before its end.
    private func isText(_ column: Int32) -> Bool {
        guard sqlite3_column_type(statement, column) == SQLITE_TEXT else { return false }
        let text = text(column)
        return text.baseAddress.map { memchr($0, 0, text.count) == nil } ?? true
    }

    private func reads(_ column: Int32, _ word: StaticString) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_TEXT && word.reads(text(column))
    }
}

extension StaticString {
    /// Whether it is made of these bytes.
    func reads(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.count == utf8CodeUnitCount
            && (bytes.baseAddress.map { memcmp($0, utf8Start, bytes.count) == 0 } ?? true)
    }
}

/// Texts that many observations have in common, of which each is kept once.
struct SharedTexts {
    /// With so many there is nothing to be shared any more.
    private static let most = 1_000

    private var texts: [(bytes: [UInt8], text: String)] = []

    mutating func shared(_ text: String) -> String {
        var text = text
        return text.withUTF8 { shared($0) }
    }

    mutating func shared(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard let start = bytes.baseAddress else { return "" }
        guard texts.count < SharedTexts.most else { return String(decoding: bytes, as: UTF8.self) }
        for index in texts.indices where texts[index].bytes.count == bytes.count {
            if memcmp(texts[index].bytes, start, bytes.count) == 0 { return texts[index].text }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // What is no UTF-8 becomes another text than its bytes.
        if text.utf8.elementsEqual(bytes) { texts.append((Array(bytes), text)) }
        return text
    }
}
