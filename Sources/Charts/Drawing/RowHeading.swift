/// The letters above a row of a chart: its name at the left, its figure at the right, and below them the caveats in words.
struct RowHeading {
    private var names: [String]
    private var value: String
    private var caveats: [String]
    /// Whether the figure has a line of its own, because beside the name it would not fit a narrow drawing.
    private var isBelow: Bool

    private static let labelSize = 13.0
    private static let caveatSize = 11.0

    init(name: String, caveats: [String], value: String) {
        names = Lettering.lines(name, size: Self.labelSize, width: Lettering.narrowWidth)
        self.value = value
        self.caveats = Lettering.lines(
            caveats.joined(separator: " · "), size: Self.caveatSize, width: Lettering.narrowWidth)
        let last = Lettering.width(names.last ?? "", size: Self.labelSize)
        isBelow = last + Lettering.width(value, size: Self.labelSize) + Self.labelSize > Lettering.narrowWidth
    }

    /// In CSS pixels.
    var height: Double { Double(18 * (names.count + (isBelow ? 1 : 0)) + 15 * caveats.count + 3) }

    func draw(in canvas: inout Canvas, top: Double) {
        var baseline = top - 3
        for name in names {
            baseline += 18
            canvas.text(name, x: 0, y: baseline, style: "label")
        }
        if isBelow || names.isEmpty { baseline += 18 }
        canvas.text(value, x: 1, y: baseline, anchor: .end, style: "value")
        for caveat in caveats {
            baseline += 15
            canvas.text(caveat, x: 0, y: baseline, style: "caveat")
        }
    }
}
