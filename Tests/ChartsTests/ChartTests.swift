import Foundation
import Testing

@testable import Charts

/// Text that would end an element, an attribute or a line if it could.
private let nasty = "</text><script>alert('1')</script>\u{1B}[31m \"\u{338} & \u{202E}"

@Suite struct ChartTests {
    private func strip(_ rows: [StripChart.Row], unit: Charts.Unit = .nanoseconds) throws -> StripChart {
        try #require(StripChart(id: "strip", title: "Samples", description: "In words.", unit: unit, rows: rows))
    }

    private func row(_ name: String, _ values: [Double], hollow: String? = nil) -> StripChart.Row {
        let samples = values.enumerated().map { StripChart.Sample(value: $1, tip: "sample \($0 + 1)") }
        return StripChart.Row(
            name: name, value: "figure", samples: samples, median: values.sorted()[values.count / 2], hollow: hollow)
    }

    /// The geometry of a small one, worked out by hand: a linear scale from 0 to 103 ms, a heading of 21 px, dots over 28 px.
    @Test func aSampleStandsAtItsValueAndInItsOrder() throws {
        var one = row("runc", [25.75e6, 51.5e6, 100e6])
        one.samples[1].isValid = false
        one.interval = .init(51.5e6...77.25e6, tip: "from to")
        let chart = try strip([one])
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil)
        let dots = reader.all("circle")
        #expect(dots.map { $0.attributes["cx"] } == ["25%", "97.09%", "50%"])
        #expect(dots.map { $0.attributes["cy"] } == ["27", "55", "41"])
        #expect(dots.map { $0.attributes["class"] } == ["dot", "dot", "dot bad"])
        let interval = try #require(reader.all("rect").first)
        #expect(interval.attributes["x"] == "50%")
        #expect(interval.attributes["width"] == "25%")
        #expect(reader.all("line", style: "median").map { $0.attributes["x1"] } == ["50%"])
        #expect(reader.all("line", style: "grid").count == 6)
        #expect(chart.legend.map(\.style) == ["dot", "dot bad", "median"])
        #expect(reader.text.contains("In words."))
        #expect(chart.svg.contains("aria-labelledby=\"strip-t strip-d\""))
    }

    /// On the same scale: 51.5 ms lie in its middle. The row is 21 + 34 + 14 pixels high.
    @Test func aReferenceIsALineOverAllRows() throws {
        let lines = [51.5e6, 25.75e6, .nan].map { StripChart.Reference(value: $0, label: "the floor, \($0)") }
        let chart = try #require(
            StripChart(
                id: "strip", title: "Samples", description: "", unit: .nanoseconds, references: lines,
                rows: [row("runc", [25.75e6, 51.5e6, 100e6])]))
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil)
        let drawn = reader.all("line", style: "reference")
        #expect(drawn.map { $0.attributes["x1"] } == ["50%", "25%"])
        #expect(drawn.map { $0.attributes["x2"] } == ["50%", "25%"])
        #expect(drawn.allSatisfy { $0.attributes["y1"] == "0" && $0.attributes["y2"] == "69" })
        // One can be told from the other without any colour.
        #expect(Set(drawn.map { $0.attributes["stroke-dasharray"] }).count == 2)
        #expect(chart.legend.map(\.style) == ["dot", "median", "reference", "reference f1"])
        #expect(chart.legend.suffix(2).map(\.label) == lines.prefix(2).map(\.label))
    }

    /// The scale reaches to a reference that lies beyond all samples, and is linear where no logarithm shows it.
    @Test func aReferenceLiesOnTheScale() throws {
        func chart(_ value: Double) throws -> StripChart {
            try #require(
                StripChart(
                    id: "strip", title: "", description: "", unit: .nanoseconds,
                    references: [.init(value: value, label: "the floor")], rows: [row("a", [1e6]), row("b", [30e6])]))
        }
        let low = try chart(0.5e6)
        #expect(low.scale.kind == .logarithmic && low.scale.lower < 0.5e6)
        let high = try chart(90e6)
        #expect(high.scale.upper > 90e6)
        #expect(try chart(0).scale.kind == .linear)
    }

    @Test func mediansFarApartBringALogarithm() throws {
        let near = try strip([row("a", [1e6]), row("b", [20e6])])
        #expect(near.scale.kind == .linear)
        let far = try strip([row("a", [1e6]), row("b", [20.1e6], hollow: "emulated")])
        #expect(far.scale.kind == .logarithmic)
        #expect(far.legend.map(\.label).contains("a sample, emulated"))
        #expect(Reader(far.svg).all("circle", style: "hollow").count == 1)
        // A value that no logarithm shows keeps the scale linear.
        #expect(try strip([row("a", [0, 1e6, 1e6]), row("b", [90e6])]).scale.kind == .linear)
    }

    /// However many samples there are, the drawing has a few elements a row and some kilobytes.
    @Test func aHundredThousandSamplesAreSmall() throws {
        var random = SystemRandomNumberGenerator()
        let rows = (0..<4).map { number in
            row("row \(number)", (0..<25_000).map { _ in Double.random(in: 1e6...9e6, using: &random) })
        }
        let chart = try strip(rows)
        let svg = chart.svg
        let reader = Reader(svg)
        #expect(reader.trouble == nil)
        #expect(reader.elements.count < 60)
        #expect(svg.utf8.count < 200_000)
        #expect(reader.all("circle").isEmpty)
        #expect(chart.legend.contains { $0.style == "shades" })
    }

    /// In a cloud, a lone sample is still drawn, and stands where it belongs: 400 columns, 12 rows.
    @Test func aCloudShowsALoneSample() throws {
        var values = [Double](repeating: 50, count: 1_200)
        values[600] = 100
        var one = row("many", values)
        one.samples[1_199].isValid = false
        let scale = Scale(.linear, from: 0, to: 100, unit: .count)
        let paths = SampleCloud(one.samples, on: scale).paths(isHollow: false).filter { !$0.data.isEmpty }
        #expect(paths.map(\.style) == ["cloud shade1", "cloud shade4", "cloud bad"])
        #expect(paths[0].data == "M400 6h0")
        #expect(paths[1].data == (0..<12).map { "M200 \($0)h0" }.joined())
        #expect(paths[2].data == "M200 11h0")
    }

    private func curve(_ series: [CurveChart.Series], _ kind: Scale.Kind = .logarithmic) -> CurveChart? {
        CurveChart(
            id: "curve", title: "Curve", description: "", x: .init("instances", unit: .count, kind: kind),
            y: .init("memory", unit: .bytes, kind: kind), series: series)
    }

    /// On logarithmic scales powers are on a line: the middle one lies in the middle.
    @Test func aCurveJoinsItsPoints() throws {
        let points = [0, 1, 2].map { CurveChart.Point(x: pow(10, $0), y: pow(4, $0) * 1024, tip: "point") }
        let chart = try #require(
            curve([
                .init(name: "zero", points: [.init(x: 0, y: 0)]),
                .init(name: "one", caveats: ["noisy"], points: points),
                .init(name: "single", points: [.init(x: 10, y: 4096)]),
            ]))
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil)
        let lines = reader.all("path", style: "curve")
        #expect(lines.map { $0.attributes["class"] } == ["curve s1"])
        let places = try #require(lines.first?.attributes["d"]).split(whereSeparator: { "ML ".contains($0) }).compactMap
        { Double($0) }
        #expect(places.count == 6)
        #expect(places[2] == 500)
        #expect(places[3] == 125)
        #expect(places[0] + places[4] == 1_000)
        #expect(places[1] > places[3] && places[3] > places[5])
        #expect(reader.all("path", style: "series").count == 4)
        #expect(chart.legend.map(\.label) == ["one (noisy)", "single"])
        #expect(chart.legend.map(\.style) == ["series s1", "series s2"])
        #expect(curve([.init(name: "zero", points: [.init(x: 0, y: 0)])]) == nil)
    }

    @Test func aBandIsAnAreaAndManyPointsHaveNoMarks() throws {
        let points = (1...500).map { CurveChart.Point(x: Double($0), y: 50, band: 40...60) }
        let chart = try #require(curve([.init(name: "one", points: points)], .linear))
        let reader = Reader(chart.svg)
        #expect(reader.all("path", style: "series").isEmpty)
        let area = try #require(reader.all("path", style: "area").first?.attributes["d"])
        #expect(area.hasSuffix("Z"))
        #expect(area.count { $0 == "L" } == 999)
        #expect(reader.elements.count < 40)
    }

    /// There are five shapes and six colours: a sixth series has the first shape in another colour.
    @Test func everySeriesHasAStyle() throws {
        let series = (0..<6).map { CurveChart.Series(name: "\($0)", points: [.init(x: 1, y: 1), .init(x: 2, y: 2)]) }
        let chart = try #require(curve(series))
        #expect(chart.legend.map(\.style) == ["s0", "s1", "s2", "s3", "s4", "s5 m0"].map { "series \($0)" })
    }

    @Test func nothingFromOutsideIsMarkup() throws {
        let part = PhaseBars.Part(kind: 0, size: 1, tip: nasty)
        let drawings: [String?] = [
            StripChart(
                id: nasty, title: nasty, description: nasty, unit: .count,
                references: [.init(value: 1, label: nasty)],
                rows: [
                    .init(
                        name: nasty, caveats: [nasty], value: nasty, samples: [.init(value: 1, tip: nasty)], median: 1,
                        interval: .init(1...2, tip: nasty), hollow: nasty)
                ])?.svg,
            PhaseBars(
                id: nasty, title: nasty, description: nasty, unit: .count, kinds: [.init(style: "ready", label: nasty)],
                rows: [
                    .init(name: nasty, caveats: [nasty], value: nasty, parts: [part], note: nasty),
                    .init(name: nasty, value: nasty, parts: [.init(kind: 0, size: 9, tip: nasty)]),
                ])?.svg,
            CurveChart(
                id: nasty, title: nasty, description: nasty, x: .init(nasty, unit: .count),
                y: .init(nasty, unit: .count),
                series: [.init(name: nasty, points: [.init(x: 1, y: 1, tip: nasty)])])?.svg,
        ]
        for svg in drawings {
            let svg = try #require(svg)
            let reader = Reader(svg)
            #expect(reader.trouble == nil)
            #expect(reader.all("script").isEmpty)
            #expect(!svg.unicodeScalars.contains("\u{1B}"))
            #expect(!svg.unicodeScalars.contains("\u{202E}"))
            #expect(reader.text.contains("</text><script>alert('1')</script>"))
        }
    }

    @Test func longLettersBreakInsteadOfMeeting() {
        let short = RowHeading(name: "runc", caveats: [], value: "31.2 ms, n = 20")
        let long = RowHeading(name: "a-platform-with-thirty-one-char", caveats: [], value: "31.2 ms, n = 20")
        let noted = RowHeading(
            name: "runc", caveats: ["emulated", "unequal: what the two sides see of the devices of the host"], value: ""
        )
        #expect(long.height == short.height + 18)
        #expect(noted.height == short.height + 30)
        #expect(Lettering.lines(String(repeating: "x", count: 100), size: 10, width: 330).map(\.count) == [51, 49])
        #expect(Lettering.lines("", size: 10, width: 330).isEmpty)
    }

    @Test func numbersHaveTwoPlacesAtTheMost() {
        #expect(
            [0, 1.005, 12.5, -0.25, 3.999, 100, .nan, 1e300].map(Canvas.number) == [
                "0", "1", "12.5", "-0.25", "4", "100", "0", "0",
            ])
        #expect(Canvas.number(1.05) == "1.05")
    }
}
