import BenchmarkModel
import Foundation

/// Where and why a text is no JSON, as far as that can be told before it is decoded: the decoder does not say the line.
struct JSONFault {
    var words: String
    /// From 1; columns count bytes.
    var line, column: Int

    /// A text that ends in the midst of something, or numbers that JSON does not have; nil where neither is found.
    static func find(in bytes: [UInt8]) -> JSONFault? {
        var (line, column, depth) = (1, 0, 0)
        var (isText, isEscaped, isEmpty) = (false, false, true)
        for byte in bytes {
            column += 1
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                column = 0
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            case _ where isText: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            // The words of JSON are true, false and null.
            case UInt8(ascii: "N"), UInt8(ascii: "I"):
                return JSONFault(words: "holds a number that is none (NaN or infinite)", line: line, column: column)
            default: break
            }
            if byte > 32 { isEmpty = false }
        }
        if isEmpty { return JSONFault(words: "is empty", line: 1, column: 1) }
        return depth > 0 || isText ? JSONFault(words: "is cut short", line: line, column: max(1, column)) : nil
    }
}

extension DecodingError {
    /// What is wrong, in words that follow the file's name.
    var words: String {
        switch self {
        case .keyNotFound(let key, let context): "lacks '\(DecodingError.path(context.codingPath + [key]))'"
        case .valueNotFound(_, let context): "lacks a value of '\(DecodingError.path(context.codingPath))'"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: "is something else than is expected"
        case .typeMismatch(_, let context):
            "holds something else than is expected in '\(DecodingError.path(context.codingPath))'"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // The decoder says no more of a fraction where a whole number belongs.
            "is not JSON, or holds a number that cannot be taken"
        case .dataCorrupted(let context):
            "holds a value that cannot be taken in '\(DecodingError.path(context.codingPath))'"
        @unknown default: "cannot be read"
        }
    }

    /// What lay beneath.
    var detail: String {
        switch self {
        case .keyNotFound, .valueNotFound: ""
        case .typeMismatch(_, let context): context.debugDescription
        case .dataCorrupted(let context):
            context.debugDescription + (context.underlyingError.map { " \($0)" } ?? "")
        @unknown default: "\(self)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }
}
