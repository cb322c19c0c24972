import BenchmarkModel
// The parser below Yams, a part of its package: Yams itself expands every alias before a caller sees anything of the text.
internal import CYaml

/// Looks over YAML text for aliases, anchors, tags, directives, further documents, doubled keys, deep nesting and sheer number
/// before it is composed: Yams expands aliases without limit, and of a doubled key it does not say where it stands.
///
/// It reads the parser's own events, one at a time, so that it sees the text exactly as it will be understood: a `&` or `*`
/// within a text is a text.
enum YAMLGuard {
    /// What is refused, with its place; nil for a text that may be composed or is not YAML at all.
    ///
    /// - Parameter word: what the file is called in errors.
    static func check(
        _ text: String, file: String, mostDepth: Int, mostNodes: Int, word: String = YAMLKind.suite.word
    ) -> TareError? {
        // The parser keeps pointers into itself, so it must not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { return nil }
        defer { yaml_parser_delete(parser) }
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            var watch = Watch(file: file, mostDepth: mostDepth, mostNodes: mostNodes, word: word)
            while true {
                var event = yaml_event_t()
                guard yaml_parser_parse(parser, &event) == 1 else { return watch.failure(parser.pointee) }
                defer { yaml_event_delete(&event) }
                if event.type == YAML_STREAM_END_EVENT { return nil }
                if let refusal = watch.take(event) { return refusal }
            }
        }
    }

    private struct Watch {
        let file: String
        let mostDepth: Int
        let mostNodes: Int
        let word: String
        /// Several of them.
        var words: String { word.hasSuffix("y") ? "\(word.dropLast())ies" : word + "s" }
        var documents = 0
        var nodes = 0
        /// The collections that are open, the outermost first.
        var open: [Collection] = []

        struct Collection {
            let isMapping: Bool
            /// Whether a key comes next.
            var isAtKey: Bool
            var keys: Set<String> = []
        }

        /// What the parser's own failure means here; composing finds any other again, and says it.
        func failure(_ parser: yaml_parser_t) -> TareError? {
            guard let problem = parser.problem, String(cString: problem).hasPrefix("Maximum nesting level") else {
                return nil
            }
            return tooDeep(parser.problem_mark)
        }

        mutating func take(_ event: yaml_event_t) -> TareError? {
            switch event.type {
            case YAML_DOCUMENT_START_EVENT:
                documents += 1
                if documents > 1 {
                    return refusal(
                        event, "a \(word) is one YAML document", "Remove '---' and what follows, or split the file.")
                }
                let start = event.data.document_start
                if start.version_directive != nil || start.tag_directives.start != start.tag_directives.end {
                    return refusal(event, "YAML directives are not taken", "Remove the lines that begin with '%'.")
                }
                return nil
            case YAML_ALIAS_EVENT:
                return refusal(
                    event, "anchors and aliases are not taken in \(words)",
                    "Write the value out, or quote it if it is a text.")
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                return node(event, anchor: scalar.anchor, tag: scalar.tag)
                    ?? key(
                        event,
                        String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self))
            case YAML_SEQUENCE_START_EVENT:
                let start = event.data.sequence_start
                return begin(event, isMapping: false) ?? node(event, anchor: start.anchor, tag: start.tag)
            case YAML_MAPPING_START_EVENT:
                let start = event.data.mapping_start
                return begin(event, isMapping: true) ?? node(event, anchor: start.anchor, tag: start.tag)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
                _ = open.popLast()
                return nil
            default:
                return nil
            }
        }

        /// Takes a scalar, which may be a key of the innermost mapping.
        private mutating func key(_ event: yaml_event_t, _ text: String) -> TareError? {
            guard let last = open.indices.last, open[last].isMapping else { return nil }
            defer { open[last].isAtKey.toggle() }
            guard open[last].isAtKey, !open[last].keys.insert(text).inserted else { return nil }
            return refusal(event, "the key '\(text.printable)' is given twice", "Remove one of them.")
        }

        private mutating func begin(_ event: yaml_event_t, isMapping: Bool) -> TareError? {
            if let last = open.indices.last { open[last].isAtKey.toggle() }
            open.append(Collection(isMapping: isMapping, isAtKey: isMapping))
            return open.count > mostDepth ? tooDeep(event.start_mark) : nil
        }

        private mutating func node(
            _ event: yaml_event_t, anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?
        ) -> TareError? {
            nodes += 1
            if anchor != nil {
                return refusal(
                    event, "anchors and aliases are not taken in \(words)",
                    "Write the value out, or quote it if it is a text.")
            }
            if tag != nil {
                return refusal(
                    event, "tags are not taken in \(words)", "Remove the tag, or quote it if it is a text.")
            }
            if nodes > mostNodes {
                return refusal(event, "more than \(mostNodes) values", "A \(word) needs no such number.")
            }
            return nil
        }

        private func tooDeep(_ mark: yaml_mark_t) -> TareError {
            refusal(mark, "nested deeper than \(mostDepth)", "A \(word) needs no such depth.")
        }

        private func refusal(_ event: yaml_event_t, _ message: String, _ remedy: String) -> TareError {
            refusal(event.start_mark, message, remedy)
        }

        private func refusal(_ mark: yaml_mark_t, _ message: String, _ remedy: String) -> TareError {
            TareError(
                .usage, message, remedy: remedy,
                location: TareError.Location(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1))
        }
    }
}
