import Foundation

/// A value that is of the right type and that no tare wrote, or that this one does not know.
struct UnreadableValue: Error, CustomStringConvertible {
    var description: String
}

/// Values that are kept whole.
enum JSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Throws: ``UnreadableValue``, which names the place in the text.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw UnreadableValue(description: sentence(of: error))
        }
    }

    private static func sentence(of error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let path = (context.codingPath + [last].compactMap { $0 }).map { key in
                key.intValue.map(String.init) ?? key.stringValue
            }
            return path.isEmpty ? "the whole" : "'\(path.joined(separator: "."))'"
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context, key)) is missing"
        case .valueNotFound(_, let context): return "\(place(context)) is null"
        case .typeMismatch(_, let context): return "\(place(context)) is of another type"
        // It is no JSON, or a number of it is beyond its type: which of both cannot be told apart.
        case .dataCorrupted(let context) where context.codingPath.isEmpty: return "it cannot be taken as JSON"
        case .dataCorrupted(let context): return "\(place(context)) cannot be taken: \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
