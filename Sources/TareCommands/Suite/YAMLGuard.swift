import BenchmarkModel

/// Looks over YAML text for aliases, anchors, tags, further documents and deep nesting before it is parsed: the parser
/// expands aliases without limit, and recurses as deep as the text does.
///
/// It scans words, not grammar: quotes, comments and block scalars are passed over, and what remains is judged strictly. A
/// text in which `&x`, `*x` or `!x` begins a value is refused; quoted, it is a text like any other.
enum YAMLGuard {
    static func check(_ text: String, file: String, mostDepth: Int, mostNodes: Int) -> TareError? {
        var scan = Scan(file: file, mostDepth: mostDepth, mostNodes: mostNodes)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let error = scan.take(Array(line.unicodeScalars), line: index + 1) { return error }
        }
        return nil
    }

    private struct Scan {
        let file: String
        let mostDepth: Int
        let mostNodes: Int
        var quote: Unicode.Scalar?
        var flowDepth = 0
        var nodes = 0
        var indents: [Int] = []
        /// Lines indented deeper than this belong to a block scalar.
        var blockIndent: Int?
        var documents = 0

        func error(_ line: Int, _ column: Int, _ message: String, _ remedy: String) -> TareError {
            TareError(
                .usage, message, remedy: remedy, location: TareError.Location(file: file, line: line, column: column))
        }

        mutating func take(_ line: [Unicode.Scalar], line number: Int) -> TareError? {
            let indent = line.prefix { $0 == " " }.count
            let rest = line[indent...]
            if let block = blockIndent {
                if rest.allSatisfy({ $0 == " " || $0 == "\r" }) || indent > block { return nil }
                blockIndent = nil
            }
            if quote == nil, flowDepth == 0 {
                if line.starts(with: "---".unicodeScalars) {
                    documents += 1
                    if documents > 1 || nodes > 0 {
                        return error(
                            number, 1, "a suite is one YAML document",
                            "Remove '---' and what follows, or split the file.")
                    }
                    return nil
                }
                if rest.first == "%" {
                    return error(number, indent + 1, "YAML directives are not taken", "Remove the line.")
                }
                if let first = rest.first, first != "#", first != "\r" {
                    while let last = indents.last, last >= indent { indents.removeLast() }
                    indents.append(indent)
                }
            }
            return takeTokens(line, from: indent, number)
        }

        private mutating func takeTokens(_ line: [Unicode.Scalar], from indent: Int, _ number: Int) -> TareError? {
            var column = indent
            // Whether a value may begin here, so that a marker would be an anchor, an alias or a tag.
            var fresh = true
            var dashes = 0
            while column < line.count {
                let character = line[column]
                let next = column + 1 < line.count ? line[column + 1] : " "
                if let open = quote {
                    if open == "\"", character == "\\" { column += 1 }
                    if character == open { if open == "'", next == "'" { column += 1 } else { quote = nil } }
                    column += 1
                    fresh = false
                    continue
                }
                switch character {
                case " ", "\t", "\r":
                    column += 1
                    continue
                case "#" where column == 0 || line[column - 1] == " ":
                    return nil
                case "\"" where fresh, "'" where fresh:
                    quote = character
                    nodes += 1
                case "&" where fresh, "*" where fresh:
                    return error(
                        number, column + 1, "anchors and aliases are not taken in suites",
                        "Write the value out, or quote it if it is a text.")
                case "!" where fresh:
                    return error(
                        number, column + 1, "tags are not taken in suites",
                        "Remove the tag, or quote it if it is a text.")
                case "[", "{":
                    if fresh || flowDepth > 0 { flowDepth += 1 }
                    nodes += 1
                    fresh = true
                    column += 1
                    if flowDepth + indents.count + dashes > mostDepth {
                        return error(number, column, "nested deeper than \(mostDepth)", "A suite needs no such depth.")
                    }
                    continue
                case "]", "}":
                    flowDepth = max(0, flowDepth - 1)
                case ",":
                    column += 1
                    fresh = flowDepth > 0
                    continue
                case "-" where fresh && flowDepth == 0 && (next == " " || column + 1 == line.count),
                    "?" where fresh && next == " ":
                    dashes += 1
                    nodes += 1
                    column += 1
                    if indents.count + dashes > mostDepth {
                        return error(number, column, "nested deeper than \(mostDepth)", "A suite needs no such depth.")
                    }
                    continue
                case ":" where next == " " || next == "\r" || column + 1 == line.count || flowDepth > 0:
                    nodes += 1
                    column += 1
                    fresh = true
                    continue
                case "|" where fresh && flowDepth == 0, ">" where fresh && flowDepth == 0:
                    blockIndent = (indents.last ?? 0)
                    return nil
                case "<" where fresh && next == "<":
                    return error(number, column + 1, "merge keys are not taken in suites", "Write the keys out.")
                default:
                    break
                }
                fresh = false
                column += 1
                if indents.count > mostDepth {
                    return error(number, indent + 1, "nested deeper than \(mostDepth)", "A suite needs no such depth.")
                }
                if nodes > mostNodes {
                    return error(number, column, "more than \(mostNodes) values", "A suite needs no such number.")
                }
            }
            return nil
        }
    }
}
