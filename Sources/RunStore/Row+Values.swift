import GRDB

// What cannot be taken as the type that is asked for is an error and no trap: the file may be damaged, and SQLite's own checks
// are made only when something is written.

extension Row {
    /// - Throws: ``UnreadableValue``, which names the column.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        do { return try decode(forColumn: column) } catch { throw other(column) }
    }

    /// As ``value(_:)``, by the column's place.
    ///
    /// - Throws: ``UnreadableValue``, which names the column.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(at index: Int, _ column: String) throws
        -> Value
    {
        do { return try decode(atIndex: index) } catch { throw other(column) }
    }

    private func other(_ column: String) -> UnreadableValue {
        UnreadableValue(description: "in '\(column)' stands something else than belongs there")
    }

    /// A text that is kept whole, with the version of its encoding.
    ///
    /// - Throws: ``UnreadableValue``, which names the column.
    func versioned(_ text: String, _ version: String) throws -> VersionedText {
        VersionedText(try value(version), try value(text))
    }

    /// What stands in a column, for a sentence.
    func said(_ column: String) -> String {
        guard hasColumn(column) else { return "?" }
        switch (self[column] as DatabaseValue).storage {
        case .null: return "without a name"
        case .int64(let number): return "\(number)"
        case .double(let number): return "\(number)"
        case .string(let text): return String(text.prefix(200))
        case .blob: return "in bytes"
        }
    }
}
