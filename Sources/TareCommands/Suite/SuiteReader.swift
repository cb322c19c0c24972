import BenchmarkModel
import Foundation
import Yams

/// Reads suite files. Every error says where (file:line:column), what, and what to do.
enum SuiteReader {
    static let mostBytes = 1 << 20
    static let mostDepth = 16
    static let mostNodes = 10_000

    /// Reads a file.
    ///
    /// - Throws: ``TareError`` when the file cannot be read or is too large, ``SuiteErrors`` for what is wrong in it.
    static func read(path: String) throws -> SuiteDocument {
        let text = try text(of: path)
        let folder = (path as NSString).deletingLastPathComponent
        let base = folder.isEmpty ? FileManager.default.currentDirectoryPath : folder
        let absolute = base.hasPrefix("/") ? base : FileManager.default.currentDirectoryPath + "/" + base
        return try parse(text: text, file: path, baseDirectory: absolute)
    }

    /// The text of a suite or policy file, or of another that is written like one.
    ///
    /// - Throws: ``TareError`` when it cannot be read or is too large.
    static func text(of path: String, kind: YAMLKind = .suite) throws -> String {
        let mostBytes = kind.mostBytes
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw TareError(.usage, "the \(kind.word) file \(path) is not there", remedy: kind.example)
        }
        guard !isDirectory.boolValue else {
            throw TareError(.usage, "\(path) is a directory", remedy: "Name a YAML file in it.")
        }
        // No more is read than a suite may have: what a device or a pipe says of its size means nothing.
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: mostBytes + 1) ?? Data()
        else {
            throw TareError(.usage, "the \(kind.word) file \(path) cannot be read", remedy: "Check its rights.")
        }
        guard data.count <= mostBytes else {
            throw TareError(
                .usage,
                "the \(kind.word) file \(path) has more than the \(mostBytes) bytes that a \(kind.word) may have",
                remedy: kind.tooLarge)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw TareError(.usage, "the \(kind.word) file \(path) is not UTF-8", remedy: "Save it as UTF-8.")
        }
        return text
    }

    /// Reads a text.
    ///
    /// - Parameter baseDirectory: against which relative paths are resolved.
    /// - Throws: ``SuiteErrors``.
    static func parse(text: String, file: String, baseDirectory: String) throws -> SuiteDocument {
        let parser = SuiteParser(file: file, baseDirectory: baseDirectory)
        guard let root = try compose(text, parser) else { throw SuiteErrors(errors: sorted(parser.errors)) }
        let suite = parser.suite(root)
        guard parser.errors.isEmpty, let suite else { throw SuiteErrors(errors: sorted(parser.errors)) }
        return SuiteDocument(suite: suite, text: text, file: file, folder: baseDirectory, places: parser.places)
    }

    /// The first in the order of the file.
    static func sorted(_ errors: [TareError]) -> [TareError] {
        let ordered = errors.enumerated().sorted { first, second in
            let (one, two) = (first.element.location, second.element.location)
            return (one?.line ?? 0, one?.column ?? 0, first.offset) < (two?.line ?? 0, two?.column ?? 0, second.offset)
        }.map(\.element)
        return Array(ordered.prefix(SuiteParser.mostErrors))
    }

    /// Parses YAML after looking for what could make the parser itself expensive or the result surprising.
    static func compose(_ given: String, _ parser: SuiteParser) throws -> Node? {
        // The parser would count a byte order mark as a column, and take the first key for one that is indented.
        let text = given.unicodeScalars.first == "\u{FEFF}" ? String(given.unicodeScalars.dropFirst()) : given
        do {
            // Depth and aliases are refused before any node is built from them.
            if let refusal = YAMLGuard.check(
                text, file: parser.file, mostDepth: mostDepth, mostNodes: parser.kind.mostNodes, word: parser.kind.word)
            {
                parser.errors.append(refusal)
                return nil
            }
            guard let root = try Yams.compose(yaml: text) else {
                parser.errors.append(
                    TareError(
                        .usage, "the \(parser.kind.word) is empty", remedy: parser.kind.example,
                        location: TareError.Location(file: parser.file, line: 1, column: 1)))
                return nil
            }
            return root
        } catch let error as YamlError {
            parser.errors.append(syntax(error, parser.file))
            return nil
        }
    }

    private static func syntax(_ error: YamlError, _ file: String) -> TareError {
        var location = TareError.Location(file: file, line: 1, column: 1)
        var problem = "\(error)"
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            location.line = mark.line
            location.column = mark.column
            problem = text
        case .duplicatedKeysInMapping(let duplicates, let context):
            location.line = context.mark.line
            location.column = context.mark.column
            let names = duplicates.map { "'\("\($0)".printable)'" }.sorted().joined(separator: ", ")
            return TareError(
                .usage, "the key \(names) is given twice", remedy: "Remove one of them.", location: location)
        case .reader(let text, let offset, _, let yaml):
            problem = text
            let lines = String(decoding: yaml.utf8.prefix(offset ?? 0), as: UTF8.self).unicodeScalars
                .split(separator: "\n", omittingEmptySubsequences: false)
            location.line = max(1, lines.count)
            location.column = (lines.last?.count ?? 0) + 1
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded: break
        }
        return TareError(
            .usage, "not valid YAML: \(problem)", remedy: "Mind the indentation and the quotes.", location: location)
    }
}
