import Foundation

/// Builds an inline SVG that fits any width. Places along the width are shares of it, so that letters, dots and strokes keep
/// their size on a telephone and on a wall; paths lie in layers of their own, whose view boxes are stretched, and their
/// strokes are not. Colours come from the page's style sheet.
struct Canvas {
    private var body = ""
    private let id: String
    private let title: String
    private let description: String
    /// Room at the left for the figures of an axis, in CSS pixels.
    let gutter: Int

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: the drawing's name.
    ///   - description: the same figures in words for those who do not see it.
    init(id: String, title: String, description: String, gutter: Int = 0) {
        self.id = XML.escaped(id)
        self.title = XML.escaped(title)
        self.description = XML.escaped(description)
        self.gutter = gutter
    }

    /// - Parameter height: in CSS pixels.
    func svg(height: Int) -> String {
        // A class and no style of its own, which a strict policy forbids. Without the style sheet the figures of the axis stand in
        // the margin of the page.
        let room = gutter > 0 ? " g\((gutter + 7) / 8 * 8)" : ""
        return """
            <svg class="drawing\(room)" role="img" width="100%" height="\(height)" overflow="visible" aria-labelledby="\(id)-t \(id)-d">\
            <title id="\(id)-t">\(title)</title><desc id="\(id)-d">\(description)</desc>\(body)</svg>
            """
    }

    /// Where a text ends or begins.
    enum Anchor: String { case start, middle, end }

    /// - Parameter x: from 0 to 1.
    mutating func text(_ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String) {
        self.text(text, at: "\(Self.number(x * 100))%", y: y, anchor: anchor, style: style)
    }

    /// In the room at the left.
    ///
    /// - Parameter distance: from the left end of the drawing, in CSS pixels.
    mutating func gutterText(_ text: String, distance: Int, y: Double, anchor: Anchor, style: String) {
        self.text(text, at: "-\(distance)", y: y, anchor: anchor, style: style)
    }

    private mutating func text(_ text: String, at x: String, y: Double, anchor: Anchor, style: String) {
        let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body += "<text x=\"\(x)\" y=\"\(Self.number(y))\"\(side) \(Self.dress(style))>\(XML.escaped(text))</text>"
    }

    mutating func bar(from: Double, to: Double, y: Double, height: Double, style: String, tip: String) {
        body += "<rect x=\"\(Self.number(from * 100))%\" y=\"\(Self.number(y))\" "
        body += "width=\"\(Self.number(max(to - from, 0) * 100))%\" height=\"\(Self.number(height))\" "
        body += "\(Self.dress(style))>\(Self.tip(tip))</rect>"
    }

    mutating func dot(x: Double, y: Double, style: String, tip: String) {
        body += "<circle cx=\"\(Self.number(x * 100))%\" cy=\"\(Self.number(y))\" r=\"3\" \(Self.dress(style))>"
        body += "\(Self.tip(tip))</circle>"
    }

    /// A mark whose shape tells series apart where their colours do not.
    mutating func mark(_ shape: MarkShape, x: Double, y: Double, style: String, tip: String) {
        path(shape.path, x: x, y: y, style: style, tip: tip)
    }

    /// A mark right of a place, where something goes on beyond it.
    mutating func arrow(x: Double, y: Double, style: String, tip: String) {
        path("M1-5L8 0L1 5Z", x: x, y: y, style: style, tip: tip)
    }

    /// - Parameter data: counts CSS pixels from the place.
    private mutating func path(_ data: String, x: Double, y: Double, style: String, tip: String) {
        body += "<svg x=\"\(Self.number(x * 100))%\" y=\"\(Self.number(y))\" overflow=\"visible\">"
        body += "<path d=\"\(data)\" \(Self.dress(style))>\(Self.tip(tip))</path></svg>"
    }

    mutating func vertical(x: Double, from: Double, to: Double, style: String) {
        let place = Self.number(x * 100)
        body += "<line x1=\"\(place)%\" x2=\"\(place)%\" y1=\"\(Self.number(from))\" y2=\"\(Self.number(to))\" "
        body += "\(Self.dress(style))/>"
    }

    mutating func horizontal(y: Double, style: String) {
        let place = Self.number(y)
        body += "<line x1=\"0\" x2=\"100%\" y1=\"\(place)\" y2=\"\(place)\" \(Self.dress(style))/>"
    }

    /// A layer over the whole width.
    ///
    /// - Parameters:
    ///   - y: its upper end, in CSS pixels.
    ///   - columns: the width of its view box.
    ///   - rows: the height of its view box; nil counts CSS pixels.
    ///   - paths: what is drawn in it, with the classes.
    mutating func layer(
        y: Double, height: Double, columns: Int = Int(PathData.width), rows: Int? = nil,
        paths: [(data: String, style: String)]
    ) {
        let drawn = paths.filter { !$0.data.isEmpty }
        guard !drawn.isEmpty else { return }
        body += "<svg x=\"0\" y=\"\(Self.number(y))\" width=\"100%\" height=\"\(Self.number(height))\" "
        body +=
            "viewBox=\"0 0 \(columns) \(rows.map { "\($0)" } ?? Self.number(height))\" preserveAspectRatio=\"none\" "
        body += "overflow=\"visible\">"
        for path in drawn {
            body += "<path d=\"\(path.data)\" \(Self.dress(path.style)) vector-effect=\"non-scaling-stroke\"/>"
        }
        body += "</svg>"
    }

    /// The classes of a style, and how it looks without the style sheet.
    static func dress(_ style: String) -> String { "class=\"\(style)\"\(Look.attributes(of: style))" }

    private static func tip(_ text: String) -> String {
        text.isEmpty ? "" : "<title>\(XML.escaped(text))</title>"
    }

    /// With two decimal places at the most. `String(format:)` takes a hundred times as long.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let whole = abs(hundredths) / 100
        let rest = abs(hundredths) % 100
        let sign = hundredths < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
