import BenchmarkModel

/// A piece of a line. Text is raw here: each rendering escapes it in its own way.
package enum Inline: Sendable, Equatable {
    /// Plain words.
    case text(String)
    /// A name or a figure on which the eye should rest.
    case strong(String)
    /// A command, a path, an identity.
    case code(String)
    /// A word of judgement beside a figure, such as `emulated` or `noisy`.
    case mark(String)
    /// What belongs to the figure before it, such as its interval: in brackets. Where the width of a terminal does not suffice
    /// for a table, it is given up first.
    case aside(String)

    /// The words without any markup; marks in parentheses, asides in brackets.
    var plain: String {
        switch self {
        case .text(let text), .strong(let text), .code(let text): text
        case .mark(let text): "(\(text))"
        case .aside(let text): " [\(text)]"
        }
    }
}

extension [Inline] {
    /// The words without any markup.
    package var plain: String { map(\.plain).joined() }

    /// What is not known.
    static var unknown: [Inline] { [.text("–")] }

    /// Adds the caveats' words, each after a space.
    func marked(_ caveats: [Caveat]) -> [Inline] { marked(caveats.words) }

    /// Adds words of judgement, each after a space.
    func marked(_ words: [String]) -> [Inline] {
        self + words.flatMap { [.text(" "), .mark($0)] }
    }
}
