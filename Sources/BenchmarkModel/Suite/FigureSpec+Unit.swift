extension FigureSpec {
    /// The rule for units in words, for messages.
    package static let unitRule = "1 to 32 printable characters, without a blank at either end"

    /// The most characters of a unit.
    package static let mostUnitCharacters = 32

    /// Whether a text may be the unit of a figure: it stands beside numbers in every report and export.
    package static func isUnit(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard (1...mostUnitCharacters).contains(scalars.count), scalars.first != " ", scalars.last != " " else {
            return false
        }
        return scalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            case .spaceSeparator: scalar == " "
            default: true
            }
        }
    }
}
