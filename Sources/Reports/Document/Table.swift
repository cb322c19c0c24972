/// A table, written once: the page shows all of it, a terminal what fits.
package struct Table: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package var title: String
        /// Whether figures stand in it, to be aligned at their end.
        package var numeric: Bool
        /// Whether its cells name their row.
        package var header: Bool
        /// Where the width does not suffice, the column of the highest rank is given up first; 0 never is.
        package var rank: Int
        /// What the asides in its cells are; empty where there are none.
        var aside = ""

        package init(_ title: String, numeric: Bool = false, header: Bool = false, rank: Int = 0) {
            self.title = title
            self.numeric = numeric
            self.header = header
            self.rank = rank
        }

        /// The title with what the asides are.
        var fullTitle: String { aside.isEmpty ? title : "\(title) [\(aside)]" }
    }

    /// What the table shows, in a sentence; may be empty.
    var caption: String
    var columns: [Column]
    /// As many cells in each row as there are columns.
    var rows: [[[Inline]]]
    /// Whether a page shows only the caption until it is asked for more.
    var isFolded = false
}
