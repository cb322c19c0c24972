import Foundation

/// Builds an inline SVG whose places along the width are percentages: the drawing fits any width, and its letters keep
/// their size. Colours come from the page's style sheet.
struct Drawing {
    private var body = ""
    private let id: String
    private let title: String
    private let description: String
    private let height: Int

    /// - Parameters:
    ///   - id: unique in the page; letters, digits and `-`.
    ///   - title: the drawing's name, raw.
    ///   - description: the same figures in words for those who do not see it, raw.
    ///   - height: in CSS pixels.
    init(id: String, title: String, description: String, height: Int) {
        self.id = id
        self.title = title
        self.description = description
        self.height = height
    }

    var svg: String {
        """
        <svg class="drawing" role="img" width="100%" height="\(height)" aria-labelledby="\(id)-t \(id)-d">\
        <title id="\(id)-t">\(Escape.html(title))</title><desc id="\(id)-d">\(Escape.html(description))</desc>\
        \(body)</svg>
        """
    }

    /// Where a text ends or begins.
    enum Anchor: String { case start, middle, end }

    mutating func text(_ text: String, percent: Double, y: Int, anchor: Anchor = .start, style: String) {
        body += "<text x=\"\(Self.number(percent))%\" y=\"\(y)\" text-anchor=\"\(anchor.rawValue)\" class=\"\(style)\">"
        body += "\(Escape.html(text))</text>"
    }

    mutating func bar(from: Double, to: Double, y: Int, height: Int, style: String, tip: String) {
        body += "<rect x=\"\(Self.number(from))%\" y=\"\(y)\" width=\"\(Self.number(max(to - from, 0)))%\" "
        body += "height=\"\(height)\" class=\"\(style)\"><title>\(Escape.html(tip))</title></rect>"
    }

    mutating func dot(percent: Double, y: Double, style: String, tip: String) {
        body += "<circle cx=\"\(Self.number(percent))%\" cy=\"\(Self.number(y))\" r=\"3\" class=\"\(style)\">"
        body += "<title>\(Escape.html(tip))</title></circle>"
    }

    mutating func vertical(percent: Double, from: Int, to: Int, style: String) {
        let x = Self.number(percent)
        body += "<line x1=\"\(x)%\" x2=\"\(x)%\" y1=\"\(from)\" y2=\"\(to)\" class=\"\(style)\"/>"
    }

    /// The scale's lines over the whole height, and its figures at the bottom.
    mutating func axis(_ axis: Axis, bottom: Int) {
        var edge = -100.0
        for tick in axis.ticks {
            let place = axis.percent(tick)
            vertical(percent: place, from: 0, to: bottom, style: "grid")
            guard place - edge >= 13 else { continue }
            edge = place
            let anchor: Anchor = place < 6 ? .start : place > 94 ? .end : .middle
            text(
                Format.tick(tick), percent: place, y: bottom + 14, anchor: anchor,
                style: "tick")
        }
    }

    private static func number(_ value: Double) -> String {
        String(format: "%.2f", value.isFinite ? value : 0)
    }
}
