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
}
