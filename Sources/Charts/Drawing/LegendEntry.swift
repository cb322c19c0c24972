extension [String] {
    /// Each in parentheses after a space, as words that stand behind a name.
    package var inParentheses: String { map { " (\($0))" }.joined() }
}

/// What a style of a drawing stands for. The page sets it in letters beside a swatch, where it breaks as its width needs.
package struct LegendEntry: Sendable, Equatable {
    /// The classes of the style sheet, such as `dot hollow`.
    package var style: String
    /// In words.
    package var label: String

    package init(style: String, label: String) {
        self.style = style
        self.label = label
    }

    /// A small drawing of the style, for the eye only.
    package var swatch: String {
        let words = style.split(separator: " ").map(String.init)
        let shape: String
        switch words.first {
        case "dot": shape = "<circle cx=\"6\" cy=\"6\" r=\"4\" \(Canvas.dress(style))/>"
        case "series":
            let path = MarkShape(style: words.dropFirst().joined(separator: " ")).path
            shape = "<path transform=\"translate(6 6)\" d=\"\(path)\" \(Canvas.dress(style))/>"
        case "shades":
            shape = (1...SampleCloud.shades).map { shade in
                "<path d=\"M\(shade * 6 - 4) 6h1\" \(Canvas.dress("cloud shade\(shade)"))/>"
            }.joined()
        case "median":
            shape =
                "<path d=\"M0 1h12v10h-12Z\" \(Canvas.dress("interval"))/>"
                + "<line x1=\"6\" x2=\"6\" y1=\"0\" y2=\"12\" \(Canvas.dress(style))/>"
        case "reference", "expected":
            shape = "<line x1=\"6\" x2=\"6\" y1=\"0\" y2=\"12\" \(Canvas.dress(style))/>"
        default: shape = "<path d=\"M1 1h10v10h-10Z\" \(Canvas.dress(style))/>"
        }
        let width = words.first == "shades" ? 26 : 12
        return "<svg class=\"swatch\" width=\"\(width)\" height=\"12\" aria-hidden=\"true\">\(shape)</svg>"
    }
}
