/// A singular query of JSONPath: a way from the root of a JSON document to at most one value.
///
/// After RFC 9535, section 2.3.5.1: `$`, then `.name`, `['name']`, `["name"]` and `[index]`, an index below 0 counted from the end. As
/// people write paths, the `$` or the `$.` before the first step may be left out: `jobs[0].read.iops`.
package struct JSONPath: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        /// The member of an object.
        case name(String)
        /// The element of an array, from 0, or from its end: -1 is the last.
        case index(Int)
    }

    /// From the root on; none is the document itself.
    package var steps: [Step]

    /// - Returns: nil for what ``problem(in:)`` has something against.
    package init?(_ text: String) {
        var reader = Reader(scalars: Array(text.unicodeScalars))
        guard let steps = try? reader.steps() else { return nil }
        self.steps = steps
    }

    /// Why a text is no singular query, in words that follow "is no path to one value:"; nil where it is one.
    package static func problem(in text: String) -> String? {
        var reader = Reader(scalars: Array(text.unicodeScalars))
        do throws(Problem) {
            _ = try reader.steps()
            return nil
        } catch {
            return error.words
        }
    }

    /// The most characters of a path.
    package static let mostCharacters = 4_096
    /// The largest index, as in I-JSON.
    static let mostIndex = 1 << 53 - 1

    private struct Problem: Error {
        var words: String
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var place = 0

        init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

        private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard next == scalar else { return false }
            place += 1
            return true
        }

        private mutating func skipBlanks() {
            while let scalar = next, " \t\n\r".unicodeScalars.contains(scalar) { place += 1 }
        }

        mutating func steps() throws(Problem) -> [Step] {
            guard !scalars.isEmpty else { throw Problem(words: "it is empty") }
            guard scalars.count <= JSONPath.mostCharacters else {
                throw Problem(words: "it has more than \(JSONPath.mostCharacters) characters")
            }
            var steps: [Step] = []
            // Without the root a path begins with a bracket, or with a name that has no point before it.
            if !take("$"), next != "[" { steps.append(.name(try shorthand())) }
            while true {
                let end = place
                skipBlanks()
                if place == scalars.count {
                    guard place == end else { throw Problem(words: "blanks follow it") }
                    return steps
                }
                steps.append(try step())
            }
        }

        private mutating func step() throws(Problem) -> Step {
            if take(".") {
                if next == "." { throw several("..") }
                return .name(try shorthand())
            }
            guard take("[") else { throw expected("'.name', '[index]' or ['name']") }
            skipBlanks()
            let step: Step
            if next == "'" || next == "\"" { step = .name(try quoted()) } else { step = .index(try index()) }
            skipBlanks()
            if let next, ",:".unicodeScalars.contains(next) { throw several(String(next)) }
            guard take("]") else { throw expected("']'") }
            return step
        }

        /// A name without quotes: letters, digits, `_`, and all beyond ASCII; no digit at its start.
        private mutating func shorthand() throws(Problem) -> String {
            if next == "*" { throw several("*") }
            var name = String.UnicodeScalarView()
            while let scalar = next, Reader.isOfName(scalar, isFirst: name.isEmpty) {
                name.append(scalar)
                place += 1
            }
            guard !name.isEmpty else { throw expected("a name (write ['...'] around one with other characters)") }
            return String(name)
        }

        private static func isOfName(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": true
            case "0"..."9": !isFirst
            default: scalar.value >= 0x80
            }
        }

        private mutating func index() throws(Problem) -> Int {
            if let next, "*?:".unicodeScalars.contains(next) { throw several(String(next)) }
            let start = place
            _ = take("-")
            while let scalar = next, ("0"..."9").contains(scalar) { place += 1 }
            let text = String(String.UnicodeScalarView(scalars[start..<place]))
            let digits = text.drop { $0 == "-" }
            guard !digits.isEmpty else { throw expected("an index or a name in quotes") }
            guard digits.first != "0" || text == "0" else {
                throw Problem(words: "'\(text)' is no index: it is written without leading zeros")
            }
            guard let number = Int(text), number.magnitude <= JSONPath.mostIndex else {
                throw Problem(words: "'\(text)' is beyond all indices")
            }
            return number
        }

        private mutating func quoted() throws(Problem) -> String {
            guard let quote = next else { throw expected("a quote") }
            place += 1
            var name = String.UnicodeScalarView()
            while let scalar = next {
                place += 1
                switch scalar {
                case quote: return String(name)
                case "\\": name.append(try escaped(quote))
                case _ where scalar.value < 0x20: throw Problem(words: "a name holds a control character")
                default: name.append(scalar)
                }
            }
            throw Problem(words: "a quote is not closed")
        }

        /// What follows a backslash: as in JSON, and the quote that the name stands in.
        private mutating func escaped(_ quote: Unicode.Scalar) throws(Problem) -> Unicode.Scalar {
            guard let scalar = next else { throw Problem(words: "a quote is not closed") }
            place += 1
            switch scalar {
            case quote, "\\", "/": return scalar
            case "b": return "\u{8}"
            case "f": return "\u{C}"
            case "n": return "\n"
            case "r": return "\r"
            case "t": return "\t"
            case "u":
                let unit = try hexadecimal()
                if let scalar = Unicode.Scalar(unit) { return scalar }
                // A half of a pair goes with the other one.
                guard (0xD800..<0xDC00).contains(unit), take("\\"), take("u") else { break }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                else { break }
                return scalar
            default: break
            }
            throw Problem(words: "'\\\(scalar)' is no escape of a name")
        }

        private mutating func hexadecimal() throws(Problem) -> UInt32 {
            let digits = scalars[place..<min(place + 4, scalars.count)]
            let isHexadecimal = digits.allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
            guard digits.count == 4, isHexadecimal,
                let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
            else { throw Problem(words: "four hexadecimal digits follow '\\u'") }
            place += 4
            return value
        }

        private func several(_ selector: String) -> Problem {
            Problem(words: "'\(selector)' selects any number of values")
        }

        private func expected(_ what: String) -> Problem {
            guard let next else { return Problem(words: "\(what) is missing at its end") }
            return Problem(words: "character \(place + 1) is '\(next)' where \(what) is expected")
        }
    }
}
