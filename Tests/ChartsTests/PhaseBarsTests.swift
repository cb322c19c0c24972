import Foundation
import Testing

@testable import Charts

/// The parts of wholes, end to end on one axis.
@Suite struct PhaseBarsTests {
    private static let kinds = ["spawned", "kernel", "ready"].map { PhaseBars.Kind(style: $0, label: "to \($0)") }

    private func bars(_ rows: [PhaseBars.Row], unit: Charts.Unit = .nanoseconds) throws -> PhaseBars {
        try #require(
            PhaseBars(
                id: "bars", title: "Phases", description: "In words.", unit: unit, kinds: Self.kinds, rows: rows))
    }

    /// A row of 1 ms and 3 ms, one of so many times as much, and one of nothing.
    private func pair(_ factor: Double, note: String = "") throws -> PhaseBars {
        let parts = [PhaseBars.Part(kind: 0, size: 1e6, tip: "a"), PhaseBars.Part(kind: 2, size: 3e6, tip: "b")]
        let longer = parts.map { PhaseBars.Part(kind: $0.kind, size: $0.size * factor, tip: "long \($0.tip)") }
        return try bars([
            .init(name: "short", value: "4 ms", parts: parts, note: note),
            .init(name: "long", value: "the whole", parts: longer),
            .init(name: "nothing", value: "", parts: [.init(kind: 1, size: 0, tip: "")]),
        ])
    }

    private func places(_ name: String, of elements: [Reader.Element]) -> [String] {
        elements.map { $0.attributes[name] ?? "" }
    }

    /// Worked out by hand: 4 ms and 8 ms on an axis that ends with the longest.
    @Test func aPartBeginsWhereTheOneBeforeItEnds() throws {
        let chart = try pair(2)
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil)
        let drawn = reader.all("rect")
        #expect(places("x", of: drawn) == ["0%", "12.5%", "0%", "25%"])
        #expect(places("width", of: drawn) == ["12.5%", "37.5%", "25%", "75%"])
        #expect(places("class", of: drawn) == ["phase spawned", "phase ready", "phase spawned", "phase ready"])
        #expect(chart.legend.map(\.label) == ["to spawned", "to ready"])
        // A row is a heading of 21 pixels, 2, the steps of the kinds that occur, and 10.
        #expect(places("y", of: drawn) == ["23", "28", "73", "78"])
        #expect(Set(places("height", of: drawn)) == ["12"])
        #expect(reader.all("svg").first?.attributes["height"] == "122")
    }

    /// The end of the last part is the sum, whatever the sizes are.
    @Test func theLastPartEndsAtTheSum() throws {
        let sizes = [[3.1e6, 0.7e6, 11.3e6], [0.4e6, 5.9e6], [17.7e6]]
        let rows = sizes.enumerated().map { place, sizes in
            PhaseBars.Row(
                name: "\(place)", value: "",
                parts: sizes.enumerated().map { PhaseBars.Part(kind: $0, size: $1, tip: "") })
        }
        let drawn = Reader(try bars(rows).svg).all("rect", style: "phase")
        var rest = drawn[...]
        for row in sizes {
            var end = 0.0
            for rectangle in rest.prefix(row.count) {
                let begin = try number("x", of: rectangle)
                // Both are rounded to hundredths of a percent.
                #expect(abs(begin - end) < 0.02)
                end = begin + (try number("width", of: rectangle))
            }
            let whole = row.reduce(0, +) / 17.7e6 * 100
            #expect(abs(end - whole) < 0.02)
            rest = rest.dropFirst(row.count)
        }
        #expect(rest.isEmpty)
    }

    private func number(_ name: String, of element: Reader.Element) throws -> Double {
        let text = try #require(element.attributes[name])
        return try #require(Double(text.filter { $0 != "%" }))
    }

    @Test func aZoomIsThereWhereOneIsBelowAFifthOfTheLongest() throws {
        let near = try pair(4.9)
        let far = try pair(5.1)
        #expect(near.zoom == nil && near.zoomEnd == nil && far.zoomEnd == "4 ms")
        let (without, with) = (Reader(near.svg), Reader(far.svg))
        #expect(without.all("rect", style: "zoom").isEmpty && with.all("rect", style: "zoom").count == 1)
        #expect(!without.text.contains("Zoom") && with.text.contains("Zoom: the first 4 ms"))
        #expect(without.all("path", style: "cut").isEmpty)
        #expect(!near.legend.contains { $0.style == "zoom" })
        #expect(far.legend.last == LegendEntry(style: "zoom", label: "the first 4 ms, shown again below"))
        #expect(try bars([.init(name: "one", value: "", parts: [.init(kind: 0, size: 1, tip: "")])]).zoom == nil)
    }

    /// Worked out by hand: 4 ms and 40 ms, and once more on an axis of 4 ms.
    @Test func whatIsLongerThanTheZoomIsCutAndSaysSo() throws {
        let reader = Reader(try pair(10).svg)
        #expect(reader.trouble == nil)
        let drawn = reader.all("rect", style: "phase")
        #expect(places("x", of: drawn) == ["0%", "2.5%", "0%", "25%", "0%", "25%", "0%"])
        #expect(places("width", of: drawn) == ["2.5%", "7.5%", "25%", "75%", "25%", "75%", "100%"])
        let band = try #require(reader.all("rect", style: "zoom").first)
        #expect(band.attributes["x"] == "0%" && band.attributes["width"] == "10%" && band.attributes["height"] == "100")
        // One arrow, at the right end of the cut bar: the second row below 100 + 30 + 26 pixels.
        let arrows = reader.all("svg").filter { $0.attributes["x"] == "100%" }
        #expect(arrows.map { $0.attributes["y"] } == ["235"])
        #expect(reader.all("path", style: "cut").count == 1)
        for words in ["In words. Zoom: the first 4 ms; cut there: long.", "the whole (cut)", "long a, cut at 4 ms"] {
            #expect(reader.text.contains(words), "\(words)")
        }
        #expect(!reader.text.contains("4 ms (cut)") && !reader.text.contains("b, cut"))
        // Each panel has the lines of its own axis, and its own bottom.
        let lines = reader.all("line", style: "grid").filter { $0.attributes["x1"] == $0.attributes["x2"] }
        #expect(Set(places("y2", of: lines)) == ["100", "256"])
        #expect(lines.count { $0.attributes["y1"] == "156" } == 5)
        #expect(reader.all("svg").first?.attributes["height"] == "278")
    }

    /// A part that begins at the end of the zoom or beyond is not drawn there, and the row is cut all the same.
    @Test func whatBeginsAtTheEndOfTheZoomIsCut() throws {
        let parts = [PhaseBars.Part(kind: 0, size: 4e6, tip: "a"), PhaseBars.Part(kind: 1, size: 40e6, tip: "b")]
        let chart = try bars([
            .init(name: "short", value: "", parts: [.init(kind: 0, size: 4e6, tip: "")]),
            .init(name: "long", value: "", parts: parts),
        ])
        let reader = Reader(chart.svg)
        let drawn = reader.all("rect", style: "phase")
        #expect(places("width", of: drawn).suffix(2) == ["100%", "100%"])
        #expect(drawn.count == 5 && reader.all("path", style: "cut").count == 1)
        #expect(!reader.text.contains("a, cut"))
    }

    /// The axis of the zoom holds the short rows and not much more, and ends at one of its lines.
    @Test(arguments: [Charts.Unit.nanoseconds, .bytes]) func aZoomEndsAtARoundValue(unit: Charts.Unit) throws {
        var size = 1_500.0
        while size < 1e12 {
            let rows = [size / 3, size, 100 * size].map { size in
                PhaseBars.Row(name: "row", value: "", parts: [.init(kind: 0, size: size, tip: "")])
            }
            let zoom = try #require(try bars(rows, unit: unit).zoom)
            #expect(zoom.lower == 0 && zoom.upper >= size && zoom.upper < 1.5 * size, "\(size) \(zoom)")
            let last = try #require(zoom.ticks(atMost: 7).last)
            #expect(abs(last.value - zoom.upper) < 1e-9 * zoom.upper, "\(size) \(zoom)")
            size *= 1.37
        }
    }

    /// What belongs to no part stands once, apart from the bars.
    @Test func aNoteStandsBelowItsBars() throws {
        let plain = Reader(try pair(10).svg)
        let noted = Reader(try pair(10, note: "fixed cost: 4 MiB").svg)
        #expect(noted.text.components(separatedBy: "fixed cost: 4 MiB").count == 2)
        let note = try #require(noted.all("text", style: "axis").first)
        // Below the steps of the first row, which end 40 pixels from the top.
        #expect(note.attributes["y"] == "53")
        let heights = try [plain, noted].map { try number("height", of: try #require($0.all("svg").first)) }
        #expect(heights[1] == heights[0] + 15)
        // The second row lies as much lower.
        #expect(noted.all("rect", style: "phase")[2].attributes["y"] == "88")
    }
}
