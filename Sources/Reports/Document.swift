/// A piece of a line. Text is raw here: each rendering escapes it in its own way.
public enum Inline: Sendable, Equatable {
    /// Plain words.
    case text(String)
    /// A name or a figure on which the eye should rest.
    case strong(String)
    /// A command, a path, an identity.
    case code(String)
    /// A word of judgement beside a figure, such as `emulated` or `noisy`.
    case mark(String)

    /// The words without any markup; marks in parentheses.
    var plain: String {
        switch self {
        case .text(let text), .strong(let text), .code(let text): text
        case .mark(let text): "(\(text))"
        }
    }
}

extension [Inline] {
    /// The words without any markup.
    var plain: String { map(\.plain).joined() }

    /// Adds marks, each after a space.
    func marked(_ marks: [String]) -> [Inline] {
        self + marks.flatMap { [.text(" "), .mark($0)] }
    }
}

/// A table, the same in every rendering.
struct Table: Sendable, Equatable {
    /// A column.
    struct Column: Sendable, Equatable {
        var title: String
        /// Whether figures stand in it, to be aligned at their end.
        var numeric: Bool
        /// Whether its cells name their row.
        var header: Bool

        init(_ title: String, numeric: Bool = false, header: Bool = false) {
            self.title = title
            self.numeric = numeric
            self.header = header
        }
    }

    /// What the table shows, in a sentence.
    var caption: String
    var columns: [Column]
    /// As many cells in each row as there are columns.
    var rows: [[[Inline]]]
}

/// A drawing with its words.
struct Figure: Sendable, Equatable {
    /// What it shows and how it is read.
    var caption: String
    /// A colour class and what it stands for.
    var legend: [LegendEntry]
    /// The drawing, with a text alternative in it; every text in it is escaped already.
    var svg: String

    struct LegendEntry: Sendable, Equatable {
        var style: String
        var label: String
    }
}

/// A report as a sequence of sections, before it becomes HTML or Markdown.
struct Document: Sendable, Equatable {
    /// A part of a section.
    enum Block: Sendable, Equatable {
        case paragraph([Inline])
        case list([[Inline]])
        case heading(String)
        case table(Table)
        case figure(Figure)
        case code(String, language: String)
    }

    /// A part of the report with a heading.
    struct Section: Sendable, Equatable {
        /// The target of links within the page.
        var id: String
        var title: String
        var blocks: [Block]
    }

    var title: String
    var subtitle: [Inline]
    /// The answer first: one paragraph for each sentence.
    var answers: [[Inline]]
    var banners: [ReportModel.Banner]
    var sections: [Section]
}
