import Testing

@testable import Charts

/// Text that would end an element, an attribute or a line if it could.
private let nasty = "</text><script>alert('1')</script>\u{1B}[31m \"\u{338} & \u{202E} ](javascript:alert(1)) | a\nb"

/// Drawings as files of their own.
@Suite struct StandaloneDrawingTests {
    private func strip(_ id: String, title: String = "Samples") throws -> String {
        let row = StripChart.Row(name: title, value: title, samples: [.init(value: 1), .init(value: 2)], median: 1.5)
        let chart = StripChart(id: id, title: title, description: title, unit: .count, rows: [row])
        return try #require(chart).svg
    }

    private func curve() throws -> String {
        let points = [1.0, 10, 100].map { CurveChart.Point(x: $0, y: $0 * 1_048_576) }
        let chart = CurveChart(
            id: "curve", title: "Curve", description: "", x: .init("instances", unit: .count),
            y: .init("memory used", unit: .bytes), series: [.init(name: "one", points: points)])
        return try #require(chart).svg
    }

    private func drawing(_ svg: String) throws -> StandaloneDrawing {
        try #require(StandaloneDrawing(svg))
    }

    private func number(_ name: String, of element: Reader.Element) throws -> Int {
        try #require(element.attributes[name].flatMap { Int($0) }, "\(name)")
    }

    @Test func aFileIsAWholeDocument() throws {
        let inline = try strip("one")
        let drawing = try drawing(inline)
        #expect(drawing.id == "one" && drawing.title == "Samples")
        let file = drawing.file(legend: [LegendEntry(style: "dot", label: "a sample")], mark: "run-1")
        #expect(file.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" data-tare-run=\"run-1\" width=\"760\" "))
        #expect(file.hasPrefix(StandaloneDrawing.beginning(mark: "run-1")) && file.hasSuffix("</svg>\n"))
        #expect(file.contains(inline))
        let reader = Reader(file)
        #expect(reader.trouble == nil)
        let frames = reader.all("svg")
        let (whole, place, drawn) = (frames[0], frames[1], frames[2])
        let height = try number("height", of: drawn)
        #expect(place.attributes["x"] == "16" && place.attributes["width"] == "728")
        let all = try number("height", of: whole)
        #expect(place.attributes["height"] == drawn.attributes["height"] && all > height + 32)
        #expect(whole.attributes["viewBox"] == "0 0 760 \(all)")
        let paper = try #require(reader.all("rect").first)
        #expect(paper.attributes["fill"] == "#ffffff" && paper.attributes["width"] == "760")
        #expect(reader.text.contains("a sample") && reader.all("svg", style: "swatch").count == 1)
    }

    /// The figures of an axis stand left of the drawing, and within the file.
    @Test func theFiguresOfAnAxisHaveRoom() throws {
        let reader = Reader(try drawing(try curve()).file(legend: [], mark: ""))
        #expect(reader.trouble == nil)
        let frames = reader.all("svg")
        let left = try number("x", of: frames[1])
        let width = try number("width", of: frames[1])
        let (whole, drawn) = (try number("height", of: frames[0]), try number("height", of: frames[2]))
        #expect(left + width == 760 - 16 && whole == drawn + 32)
        let outside = reader.all("text").compactMap { $0.attributes["x"] }.filter { $0.hasPrefix("-") }
        let farthest = outside.compactMap { Int($0.dropFirst()) }.max() ?? 0
        #expect(farthest > 8 && farthest <= left - 16)
    }

    @Test func aLongLegendIsBroken() throws {
        let drawing = try drawing(try strip("one"))
        func height(_ labels: [String]) throws -> Int {
            let entries = labels.map { LegendEntry(style: "shades", label: $0) }
            return try number("height", of: Reader(drawing.file(legend: entries, mark: "")).all("svg")[0])
        }
        let (none, one, two) = (try height([]), try height(["short"]), try height(["short", "short"]))
        #expect(one == none + 26 && two == one)
        let many = try height([String](repeating: "a label of some length", count: 8))
        let long = try height([[String](repeating: "word", count: 200).joined(separator: " ")])
        #expect(many > one && long > one)
        // Whole lines of 18 pixels.
        #expect((many - one) % 18 == 0 && (long - one) % 18 == 0)
    }

    @Test func nothingFromOutsideIsMarkup() throws {
        let drawing = try drawing(try strip(nasty, title: nasty))
        // What XML forbids is lost on the way.
        let kept = "</text><script>alert('1')</script>\u{FFFD}[31m \"\u{338} & \u{FFFD}"
        #expect(drawing.title.hasPrefix(kept))
        let file = drawing.file(legend: [LegendEntry(style: "dot", label: nasty)], mark: nasty)
        let reader = Reader(file)
        #expect(reader.trouble == nil && reader.all("script").isEmpty)
        #expect(!file.unicodeScalars.contains("\u{1B}") && !file.unicodeScalars.contains("\u{202E}"))
    }

    @Test(arguments: [
        "", "<svg/>", "text", "<svg height=\"10\"><title>x</title></svg>",
        "<svg height=\"\" aria-labelledby=\"a-t a-d\"><title id=\"a-t\">x</title></svg>",
        "<svg height=\"10\" aria-labelledby=\"-t -d\"><title id=\"-t\">x</title></svg>",
        "<svg height=\"-1\" aria-labelledby=\"a-t a-d\"><title id=\"a-t\">x</title></svg>",
    ]) func isNoDrawing(_ text: String) {
        #expect(StandaloneDrawing(text) == nil)
    }

    @Test func whatWasEscapedIsReadBack() {
        for text in ["a & <b> \"c\" 'd' &amp; &lt;;", "", "&", "&&amp", "\"\u{338}"] {
            #expect(XML.plain(XML.escaped(text)).unicodeScalars.elementsEqual(text.unicodeScalars), "\(text)")
        }
        #expect(XML.plain("&nbsp;&#x41;&#39;") == "&nbsp;&#x41;'")
    }
}
