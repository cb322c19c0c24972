import BenchmarkModel
import Statistics

/// A field of RFC 4180, escaped. Every field of text is made by it, and only by it.
enum CSVField {
    /// What a spreadsheet would run as a formula gets a `'` before it, and a control character is shown as `\u{1B}`: whoever looks
    /// at the file in a terminal must not be written to by a workload.
    static func escaped(_ given: String) -> String {
        let text = given.showingControls
        var safe = text
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace && !$0.isControl }
        let startsOddly = text.unicodeScalars.first.map { $0.properties.isWhitespace || $0.isControl } ?? false
        if startsOddly || first.map({ "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) }) ?? false {
            safe = "'" + text
        }
        let quoted = safe.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        guard quoted || safe.unicodeScalars.first == " " || safe.unicodeScalars.last == " " else { return safe }
        var out = "\"".unicodeScalars
        for scalar in safe.unicodeScalars {
            if scalar == "\"" { out.append("\"") }
            out.append(scalar)
        }
        out.append("\"")
        return String(out)
    }

    /// Several texts in one field.
    static func list(_ texts: [String]) -> String { escaped(texts.joined(separator: "; ")) }

    /// A number; empty where it is unknown.
    static func number(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "" }

    static func number(_ value: Double?) -> String { value.flatMap(\.ifFinite).map { "\($0)" } ?? "" }
}
