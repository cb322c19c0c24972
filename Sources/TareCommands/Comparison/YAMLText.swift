import Foundation

/// Values as YAML holds them on one line, written so that every reader of YAML takes texts for texts.
enum YAMLText {
    /// What YAML 1.1 or 1.2 takes for something else than a text.
    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    private static let inner = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+()-".unicodeScalars)

    /// A text, plain where nothing in it means anything to YAML, else in double quotes.
    static func text(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    private static func isPlain(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, ("a"..."z").contains(first) || ("A"..."Z").contains(first) || first == "/",
            scalars.last != " ", !words.contains(text.lowercased())
        else { return false }
        return scalars.indices.allSatisfy { index in
            // One space between words; two would be one fact less to see.
            inner.contains(scalars[index]) || (scalars[index] == " " && scalars[index - 1] != " ")
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case _ where needsEscape(scalar): out += "\\U" + hexadecimal(scalar.value)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// What YAML does not take as it is, breaks a line, or cannot be seen.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isControl || [0x2028, 0x2029, 0xFEFF].contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
            || scalar.properties.generalCategory == .format
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// A number with six significant digits, the same on every host; what is not finite is written so that it is refused.
    static func number(_ value: Double) -> String {
        // Without a locale this is C's, and so is what reads it back.
        guard value.isFinite, let rounded = Double(String(format: "%.5e", value)) else { return "nan" }
        guard rounded != 0 else { return "0" }
        let text = "\(rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A mapping on one line.
    static func mapping(_ entries: [(key: String, value: String)]) -> String {
        "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
}
