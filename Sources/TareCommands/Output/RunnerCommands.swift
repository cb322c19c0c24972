/// What a runner of GitHub or Azure would take out of the output of a step for a command to itself: `::stop-commands::x` at the
/// start of a line, behind white space too, and `##[error]` or `##vso[task.complete]` anywhere in one. Names in what tare prints
/// may come from somebody else's export, suite or program.
enum RunnerCommands {
    /// Whether such a runner reads what is printed.
    ///
    /// - Parameter environment: the value of a variable; nil where it is not set.
    static func areRead(_ environment: (String) -> String?) -> Bool {
        environment("GITHUB_ACTIONS") != nil || environment("TF_BUILD") != nil
    }

    /// The text with a space in every such beginning: `: :stop-commands::x`, `# #[error]`. In JSON, which a program may read, the
    /// second `#` is written as its escape, which is the same string.
    static func harmless(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let isJSON = scalars.first.map { "{[".unicodeScalars.contains($0) } ?? false
        let second = isJSON ? "\\u0023" : " #"
        var out = String.UnicodeScalarView()
        /// How many colons the line has begun with; nil where something else stands in it already.
        var colons: Int? = 0
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "#", let next = commandMark(after: index, in: scalars) {
                out.append(contentsOf: scalars[index..<next])
                out.append(contentsOf: second.unicodeScalars)
                colons = nil
                index = next + 1
                continue
            }
            if isLineEnd(scalar) {
                colons = 0
            } else if scalar == ":", let before = colons {
                if before == 1 { out.append(" ") }
                colons = before == 1 ? nil : 1
            } else if !isUnseen(scalar), colons == 1 || !scalar.properties.isWhitespace {
                colons = nil
            }
            out.append(scalar)
            index += 1
        }
        return String(out)
    }

    /// Where the second `#` of a command stands whose first is at an index; nil where there is no command.
    private static func commandMark(after index: Int, in scalars: [Unicode.Scalar]) -> Int? {
        func next(_ index: Int) -> Int? { scalars[(index + 1)...].firstIndex { !isUnseen($0) } }
        guard let mark = next(index), scalars[mark] == "#" else { return nil }
        var place = mark
        for letter in "vso[".unicodeScalars {
            guard let found = next(place) else { return nil }
            // `##[error]` has no word before its bracket.
            if place == mark, scalars[found] == "[" { return mark }
            guard scalars[found].properties.lowercaseMapping == String(letter) else { return nil }
            place = found
        }
        return mark
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// What the runner's comparison of texts may pass over. White space it takes away at the start of a line only.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace { return false }
        if properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }
}
