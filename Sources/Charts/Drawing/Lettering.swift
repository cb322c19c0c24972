/// How wide letters are, roughly: no font can be asked while a page is written. Widths are in CSS pixels.
enum Lettering {
    /// The narrowest drawing that must be readable: a telephone's, within the margins of the page.
    static let narrowWidth = 330.0
    /// A drawing at least so wide is not narrow; the style sheet draws the same line.
    static let wideWidth = 560.0

    static func width(_ text: String, size: Double) -> Double {
        var ems = 0.0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20, 0x21, 0x27...0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x49, 0x69, 0x6A, 0x6C, 0x7C: ems += 0.35
            case 0x4D, 0x57, 0x6D, 0x77: ems += 0.95
            case 0x0300...0x036F: break
            case 0x1100...: ems += 1
            default: ems += 0.64
            }
        }
        return ems * size
    }

    /// Breaks a text into lines between words, and within a word that is wider than a line.
    static func lines(_ text: String, size: Double, width limit: Double) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
            let longer = line.isEmpty ? word : "\(line) \(word)"
            if width(longer, size: size) <= limit {
                line = longer
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            for character in word {
                if !line.isEmpty, width(line + String(character), size: size) > limit {
                    lines.append(line)
                    line = ""
                }
                line.append(character)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
