import Charts

/// A drawing with its words.
struct Figure: Sendable, Equatable {
    /// What it shows and how it is read.
    var caption: String
    var legend: [LegendEntry]
    /// The drawing, with a text alternative in it; every text in it is escaped already.
    var svg: String
    /// Whether a page shows only the caption until it is asked for more.
    var isFolded = false
}

/// A report as a sequence of sections, before it becomes HTML, Markdown or text for a terminal.
struct Document: Sendable, Equatable {
    /// A part of a section.
    enum Block: Sendable, Equatable {
        case paragraph([Inline])
        case list([[Inline]])
        case heading(String)
        case table(Table)
        case figure(Figure)
        case code(String, language: String)
        /// A part of a page, escaped already; every other rendering passes over it, so what it says stands beside it too.
        case embedded(String, script: Script)
    }

    /// What works on an embedded part of a page, where scripts are allowed.
    enum Script: Sendable, Equatable, CaseIterable {
        case planner
        case samples
    }

    /// What a terminal shows of a section.
    struct Summary: Sendable, Equatable {
        /// Empty where the table needs none.
        var heading: String
        /// nil where there is nothing to be tabled.
        var table: Table?
        /// What must be said beneath it.
        var lines: [String] = []
    }

    /// A part of the report with a heading.
    struct Section: Sendable, Equatable {
        /// The target of links within the page.
        var id: String
        /// Empty where the document has only one section.
        var title: String
        var blocks: [Block]
        /// nil where a terminal shows nothing of it.
        var summary: Summary?
    }

    /// What is claimed of one workload.
    struct Card: Sendable, Equatable {
        struct Part: Sendable, Equatable {
            /// Of which experiment.
            var label: String
            var pieces: [Inline]
            var picture: CardPicture?
        }

        var title: String
        var parts: [Part]
    }

    var title: String
    /// May be empty.
    var subtitle: [Inline] = []
    /// The answer first: one paragraph for each sentence.
    var answers: [[Inline]]
    /// What a terminal shows of them; nil where it shows all.
    var answersOnTerminal: [[Inline]]?
    /// The same as a page shows it; empty where it shows the paragraphs.
    var cards: [Card] = []
    var banners: [Banner] = []
    var sections: [Section]
    /// What a terminal says last; may be empty.
    var closing = ""
}
