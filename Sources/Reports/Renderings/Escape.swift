import BenchmarkModel
import Charts

/// Makes text from outside harmless where it is written. Every rendering escapes at the last moment, and by Unicode
/// scalar: a `<` followed by a combining mark is one `Character`, and would slip past a look-up by characters.
enum Escape {
    /// For HTML and XML, as text and within quoted attributes.
    static func html(_ text: String) -> String { XML.escaped(text) }

    /// For a line of Markdown, within tables too: what could begin markup is escaped, line ends become spaces.
    static func markdown(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~":
                out.append("\\")
                out.append(scalar)
            case "\n", "\r", "\t": out.append(" ")
            default: out.append(isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(out)
    }

    /// A block of code in Markdown, in a fence that is longer than any run of backticks within.
    static func markdownFence(_ text: String, language: String) -> String {
        var longest = 0
        var current = 0
        for scalar in text.unicodeScalars {
            current = scalar == "`" ? current + 1 : 0
            longest = max(longest, current)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(block(text))\n\(fence)\n"
    }

    /// Several lines kept as lines, without anything that moves a cursor; no line end at the end.
    static func block(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "\r" {
            out.append(scalar != "\n" && scalar != "\t" && isControl(scalar) ? "\u{FFFD}" : scalar)
        }
        while out.last == "\n" { out.removeLast() }
        return String(out)
    }

    /// For a terminal, on one line: control characters are shown as `\u{1B}` instead of being obeyed.
    static func terminal(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 }))
            .showingControls
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.isControl }
}
