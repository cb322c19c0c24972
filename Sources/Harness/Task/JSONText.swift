import BenchmarkModel

/// The one JSON document (RFC 8259) that stands in a text between other lines, as many tools print it.
///
/// A document is an object or an array that begins at the start of a line and behind which that line holds nothing more. Nothing is
/// built of it: one value is looked for by skipping the others, so that its depth and size cost nothing.
struct JSONText: Sendable {
    private let bytes: [UInt8]
    /// Where the document begins.
    private let start: Int

    /// Finds the document of a text.
    static func find(in bytes: [UInt8]) -> Result<JSONText, FigureProblem> {
        var scanner = JSONScanner(bytes: bytes)
        var documents: [(line: Int, start: Int)] = []
        var refused: (isObject: Bool, words: String)?
        var (line, start) = (1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        while start < bytes.count {
            if bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
                do throws(JSONScanner.Failure) {
                    let end = try scanner.skipDocument(from: start)
                    documents.append((line, start))
                    line += bytes[start..<end].count { $0 == 10 }
                    start = end
                } catch {
                    switch error {
                    case .cutShort:
                        return .failure(FigureProblem("the JSON document that begins in line \(line) does not end"))
                    case .tooDeep:
                        let words =
                            "the JSON document that begins in line \(line) is more than \(JSONScanner.mostDepth) deep"
                        return .failure(FigureProblem(words))
                    case .tooMuch: return .failure(FigureProblem("too many of its lines begin like a JSON document"))
                    case .invalid(let place):
                        // Other lines may begin so too, such as `[ 10s ] threads: 1`: an object is told before them.
                        let isObject = bytes[start] == UInt8(ascii: "{")
                        guard refused == nil || isObject && refused?.isObject == false else { break }
                        let near = bytes[max(start, place - 20)..<min(bytes.count, place + 20)]
                        refused = (
                            isObject, "what begins in line \(line) is not JSON near \(FigureProblem.quote(near))"
                        )
                    }
                }
            }
            guard let end = bytes[start...].firstIndex(of: 10) else { break }
            start = end + 1
            line += 1
        }
        guard let first = documents.first else {
            return .failure(
                FigureProblem("no JSON document begins in any of its lines" + (refused.map { "; \($0.words)" } ?? "")))
        }
        guard documents.count == 1 else {
            return .failure(
                FigureProblem(
                    "JSON documents begin in line \(first.line) and in line \(documents[1].line), and there must be one"
                ))
        }
        return .success(JSONText(bytes: bytes, start: first.start))
    }

    /// The number that stands at a path: a number, or a string that is wholly one.
    ///
    /// - Parameter written: the path as the suite writes it.
    func number(at path: JSONPath, written: String) throws(FigureProblem) -> Double {
        let scanner = JSONScanner(bytes: bytes)
        var place = start
        for (position, step) in path.steps.enumerated() {
            func isMissing(_ what: String) -> FigureProblem {
                FigureProblem("there is no value at \(written) (step \(position + 1): \(what))")
            }
            switch step {
            case .name(let name):
                guard bytes[place] == UInt8(ascii: "{") else { throw isMissing("no object stands there") }
                let found = scanner.members(of: place, named: Array(name.utf8))
                guard let only = found.first else { throw isMissing("the object has no member '\(name)'") }
                guard found.count == 1 else {
                    throw FigureProblem("\(found.count) members have the name '\(name)' on the way to \(written)")
                }
                place = only
            case .index(let index):
                guard bytes[place] == UInt8(ascii: "[") else { throw isMissing("no array stands there") }
                let elements = scanner.elements(of: place)
                let wanted = index < 0 ? elements.count + index : index
                guard elements.indices.contains(wanted) else {
                    throw isMissing("the array has \(elements.count) elements")
                }
                place = elements[wanted]
            }
        }
        return try number(at: place, scanner, written)
    }

    private func number(at place: Int, _ scanner: JSONScanner, _ written: String) throws(FigureProblem) -> Double {
        let found: String
        switch bytes[place] {
        case UInt8(ascii: "{"): found = "an object"
        case UInt8(ascii: "["): found = "an array"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): found = "a truth value"
        case UInt8(ascii: "n"): found = "null"
        case UInt8(ascii: "\""):
            do throws(FigureProblem) {
                return try FigureNumber.value(scanner.string(at: place))
            } catch {
                throw FigureProblem("the text at \(written): \(error.words)")
            }
        default: return try FigureNumber.value(scanner.number(at: place))
        }
        throw FigureProblem("\(found) stands at \(written), and no number")
    }
}
