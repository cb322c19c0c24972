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
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw TareError(
                .usage, "the suite file \(path) is not there",
                remedy: "Name a YAML file; Benchmarks/suites has examples.")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw TareError(.usage, "\(path) is a directory", remedy: "Name a YAML file in it.")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= mostBytes else {
            throw TareError(
                .usage, "the suite file \(path) has \(size) bytes, more than the \(mostBytes) that a suite may have",
                remedy: "A suite names images and does not contain them.")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= mostBytes else {
            throw TareError(.usage, "the suite file \(path) cannot be read", remedy: "Check its rights.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw TareError(.usage, "the suite file \(path) is not UTF-8", remedy: "Save it as UTF-8.")
        }
        let folder = (path as NSString).deletingLastPathComponent
        let base = folder.isEmpty ? FileManager.default.currentDirectoryPath : folder
        let absolute = base.hasPrefix("/") ? base : FileManager.default.currentDirectoryPath + "/" + base
        return try parse(text: text, file: path, baseDirectory: absolute)
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
        return SuiteDocument(suite: suite, text: text, file: file, places: parser.places)
    }

    private static func sorted(_ errors: [TareError]) -> [TareError] {
        let ordered = errors.enumerated().sorted { first, second in
            let (one, two) = (first.element.location, second.element.location)
            return (one?.line ?? 0, one?.column ?? 0, first.offset) < (two?.line ?? 0, two?.column ?? 0, second.offset)
        }.map(\.element)
        return Array(ordered.prefix(SuiteParser.mostErrors))
    }

    /// Parses YAML after looking for what could make the parser itself expensive or the result surprising.
    private static func compose(_ text: String, _ parser: SuiteParser) throws -> Node? {
        do {
            // Events come one by one: depth and aliases are refused before any node is built from them.
            if let refusal = YAMLGuard.check(text, file: parser.file, mostDepth: mostDepth, mostNodes: mostNodes) {
                parser.errors.append(refusal)
                return nil
            }
            guard let root = try Yams.compose(yaml: text) else {
                parser.errors.append(
                    TareError(
                        .usage, "the suite is empty", remedy: "Benchmarks/suites has examples.",
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
            let names = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
            return TareError(
                .usage, "the key \(names) is given twice", remedy: "Remove one of them.", location: location)
        case .reader(let text, _, _, _): problem = text
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded: break
        }
        return TareError(
            .usage, "not valid YAML: \(problem)", remedy: "Mind the indentation and the quotes.", location: location)
    }
}
