/// Makes text from outside harmless where it is written. Every rendering escapes at the last moment, and by Unicode
/// scalar: a `<` followed by a combining mark is one `Character`, and would slip past a look-up by characters.
enum Escape {
    /// For HTML and XML, as text and within quoted attributes. Characters that XML forbids become U+FFFD.
    static func html(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": out.append(scalar)
            default: out.append(isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(out)
    }

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
        shown(String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 })))
    }

    /// Control characters as `\u{1B}`; line ends and tabulators stay.
    private static func shown(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar), !"\n\r\t".unicodeScalars.contains(scalar) {
                out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// A field of RFC 4180. What a spreadsheet would run as a formula gets a `'` before it.
    static func csv(_ given: String) -> String {
        // Whoever looks at the file in a terminal must not be written to by a workload.
        let text =
            given.unicodeScalars.contains { isControl($0) && !"\n\r\t".unicodeScalars.contains($0) }
            ? shown(given) : given
        var safe = text
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace && !isControl($0) }
        let startsOddly = text.unicodeScalars.first.map { $0.properties.isWhitespace || isControl($0) } ?? false
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

    /// C0 and C1 controls, the marks that turn the direction of writing, and the two code points XML forbids.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
