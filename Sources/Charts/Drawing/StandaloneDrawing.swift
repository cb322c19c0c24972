/// A drawing as a file of its own: a whole SVG document that needs neither a page nor its style sheet. What counts in
/// shares of the width gets one here, and what stands at the left of the drawing gets room.
package struct StandaloneDrawing: Sendable, Equatable {
    /// The drawing's identity in its page.
    package let id: String
    /// The drawing's name, as plain text.
    package let title: String
    private let svg: String
    /// In CSS pixels.
    private let height: Int
    /// For the figures of an axis at the left, in CSS pixels.
    private let room: Int

    /// Of the whole file, in CSS pixels.
    package static let width = 760
    private static let margin = 16
    private static let letterSize = 13.0
    private static let lineHeight = 18

    /// - Parameter svg: as a chart gives it.
    /// - Returns: nil where it is no drawing of a known height.
    package init?(_ svg: String) {
        let bytes = Array(svg.utf8)[...]
        // Every text in it is escaped, so that the first of these ends the first tag.
        guard bytes.starts(with: "<svg ".utf8), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let tag = bytes[..<end]
        guard let height = Self.text(in: tag, from: " height=\"", to: "\"").flatMap({ Int($0) }),
            (1...100_000).contains(height),
            let id = Self.text(in: tag, from: " aria-labelledby=\"", to: "-t "), !id.isEmpty,
            let title = Self.text(in: bytes, from: "<title id=\"\(id)-t\">", to: "</title>")
        else { return nil }
        let styles = (Self.text(in: tag, from: " class=\"", to: "\"") ?? "").split(separator: " ")
        let rooms = styles.compactMap { $0.hasPrefix("g") ? Int($0.dropFirst()) : nil }
        self.id = XML.plain(id)
        self.title = XML.plain(title)
        self.svg = svg
        self.height = height
        room = min(max(rooms.first ?? 0, 0), Self.width / 2)
    }

    /// How a file with this mark begins.
    ///
    /// - Parameter mark: by which its owner knows it again.
    package static func beginning(mark: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" data-tare-run=\"\(XML.escaped(mark))\""
    }

    /// The whole document.
    ///
    /// - Parameters:
    ///   - legend: stands below the drawing, each entry with its swatch.
    ///   - mark: see ``beginning(mark:)``.
    package func file(legend: [LegendEntry], mark: String) -> String {
        let left = Self.margin + room
        let below = Self.drawn(legend, top: Self.margin + height + Self.margin / 2)
        let whole = 2 * Self.margin + height + below.height
        return """
            \(Self.beginning(mark: mark)) width="\(Self.width)" height="\(whole)" viewBox="0 0 \(Self.width) \(whole)" \
            font-family="sans-serif" color="#1c2126">
            <rect width="\(Self.width)" height="\(whole)" fill="#ffffff"/>
            <svg x="\(left)" y="\(Self.margin)" width="\(Self.width - left - Self.margin)" height="\(height)" \
            overflow="visible">\(svg)</svg>
            \(below.svg)</svg>

            """
    }

    /// The legend in lines as wide as the file, and their height in CSS pixels.
    private static func drawn(_ legend: [LegendEntry], top: Int) -> (svg: String, height: Int) {
        guard !legend.isEmpty else { return ("", 0) }
        let most = width - 2 * margin
        var out = ""
        var (x, y, lines) = (0, 0, 1)
        for entry in legend {
            let swatch = entry.swatch
            let wide = text(in: Array(swatch.utf8)[...], from: " width=\"", to: "\"").flatMap { Int($0) } ?? 12
            let start = wide + 6
            let words = Lettering.lines(entry.label, size: letterSize, width: Double(most - start))
            let letters = words.map { Lettering.width($0, size: letterSize) }.max() ?? 0
            let needed = start + Int(letters.rounded(.up))
            if x > 0, x + needed > most {
                y += lines * lineHeight
                (x, lines) = (0, 1)
            }
            out += "<g transform=\"translate(\(margin + x) \(top + y))\">\(swatch)"
            for (index, line) in words.enumerated() {
                out += "<text x=\"\(start)\" y=\"\(11 + index * lineHeight)\" \(Canvas.dress("value"))>"
                out += "\(XML.escaped(line))</text>"
            }
            out += "</g>\n"
            x += needed + 18
            lines = max(lines, words.count)
        }
        return (out, margin / 2 + y + lines * lineHeight)
    }

    /// What stands between two texts, the first of each; nil where they are not there.
    private static func text(in bytes: ArraySlice<UInt8>, from start: String, to end: String) -> String? {
        guard let from = bytes.firstRange(of: Array(start.utf8))?.upperBound,
            let to = bytes[from...].firstRange(of: Array(end.utf8))?.lowerBound
        else { return nil }
        return String(decoding: bytes[from..<to], as: UTF8.self)
    }
}
