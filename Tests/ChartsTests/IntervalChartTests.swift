import Foundation
import Testing

@testable import Charts

@Suite("Intervals in rows") struct IntervalChartTests {
    private func chart(
        _ rows: [IntervalChart.Row], unit: Charts.Unit = .ratio, reference: Double? = 1, hasAxis: Bool = true
    ) -> IntervalChart? {
        IntervalChart(
            id: "costs", title: "Costs", description: "In words.", unit: unit, reference: reference,
            series: [.init(name: "runc"), .init(name: "q35", caveats: ["emulated"])], rows: rows, hasAxis: hasAxis)
    }

    /// The geometry of a small one, worked out by hand: a logarithmic scale of ratios from 1/k to 100 k with k = 100^0.03.
    @Test func aMarkStandsAtItsValueAndItsIntervalAroundIt() throws {
        let row = IntervalChart.Row(
            name: "dup", value: "2 µs",
            points: [
                .init(series: 0, value: 1, interval: 1...1, tip: "runc: 1"),
                .init(series: 1, value: 10, interval: 1...100, tip: "q35: 10"),
            ])
        let drawn = try #require(chart([row]))
        #expect(drawn.scale.kind == .logarithmic)
        let reader = Reader(drawn.svg)
        #expect(reader.trouble == nil)
        // 0.03 / 1.06, the middle, and 1.03 / 1.06 of the width.
        let marks = reader.all("svg").compactMap { $0.attributes["x"] }
        #expect(marks == ["2.83%", "50%"])
        let whisker = try #require(reader.all("rect", style: "s1").first)
        #expect(whisker.attributes["x"] == "2.83%" && whisker.attributes["width"] == "94.34%")
        #expect(reader.all("line", style: "reference").map { $0.attributes["x1"] } == ["2.83%"])
        #expect(drawn.legend.map(\.label) == ["runc", "q35 (emulated)"])
        #expect(reader.text.contains("q35: 10"))
    }

    @Test func aRowWithoutAFigureIsARowAllTheSame() throws {
        let full = IntervalChart.Row(name: "a", points: [.init(series: 0, value: 2)])
        let empty = IntervalChart.Row(name: "fork", caveats: ["no ratio"], points: [])
        let shown = try #require(chart([full, empty]))
        #expect(Reader(shown.svg).text.contains("fork") && Reader(shown.svg).text.contains("no ratio"))
        #expect(shown.legend.map(\.label) == ["runc"])
        #expect(chart([empty]) == nil)
        #expect(chart([.init(name: "a", points: [.init(series: 0, value: .nan), .init(series: 7, value: 1)])]) == nil)
    }

    @Test func aSmallPictureHasNoAxis() throws {
        let rows = ["runc", "q35"].enumerated().map { place, name in
            IntervalChart.Row(
                name: name, value: "\(place)", points: [.init(series: 0, value: Double(place + 1) * 30)])
        }
        let drawn = try #require(chart(rows, unit: .nanoseconds, reference: nil, hasAxis: false))
        #expect(drawn.scale.kind == .linear)
        let reader = Reader(drawn.svg)
        #expect(reader.all("text", style: "tick").isEmpty && reader.all("line", style: "reference").isEmpty)
    }

    @Test func nothingFromOutsideIsMarkup() throws {
        let nasty = "</text><script>alert(1)</script> \" & \u{202E}"
        let chart = IntervalChart(
            id: nasty, title: nasty, description: nasty, unit: .ratio, series: [.init(name: nasty)],
            rows: [
                .init(name: nasty, caveats: [nasty], value: nasty, points: [.init(series: 0, value: 1, tip: nasty)])
            ])
        let reader = Reader(try #require(chart).svg)
        #expect(reader.trouble == nil)
        #expect(reader.all("script").isEmpty)
    }
}

@Suite("A drawing without the style sheet") struct LookTests {
    /// A policy may forbid the style sheet: each thing that is drawn says itself how it looks, and nothing has a style of its own.
    @Test func everythingDrawnHasALook() throws {
        let points = [CurveChart.Point(x: 1, y: 1, band: 1...2), .init(x: 2, y: 3, band: 2...4)]
        let curve = try #require(
            CurveChart(
                id: "c", title: "t", description: "d", x: .init("x", unit: .count), y: .init("y", unit: .bytes),
                series: [.init(name: "a", points: points, expected: .init(x: 2, label: "b"))]))
        let strip = try #require(
            StripChart(
                id: "s", title: "t", description: "d", unit: .nanoseconds,
                references: [.init(value: 1, label: "f"), .init(value: 2, label: "g")],
                rows: [
                    .init(
                        name: "a", caveats: ["few blocks"], value: "1",
                        samples: [.init(value: 1), .init(value: 2, isValid: false)], median: 1,
                        interval: .init(1...2, tip: "")),
                    .init(
                        name: "b", value: "1", samples: (0..<400).map { .init(value: Double($0 + 1)) }, median: 2,
                        hollow: "emulated"),
                ]))
        let bars = try #require(
            PhaseBars(
                id: "p", title: "t", description: "d", unit: .bytes,
                kinds: [.init(style: "k0", label: "a"), .init(style: "ready", label: "b")],
                rows: [
                    .init(
                        name: "r", value: "2",
                        parts: [.init(kind: 0, size: 1, tip: ""), .init(kind: 1, size: 1, tip: "")], note: "n"),
                    .init(name: "q", value: "20", parts: [.init(kind: 0, size: 20, tip: "")]),
                ]))
        for svg in [curve.svg, strip.svg, bars.svg] {
            let reader = Reader(svg)
            #expect(reader.trouble == nil)
            #expect(!svg.contains(" style="))
            let drawn = reader.elements.filter { $0.attributes["class"] != nil && $0.name != "svg" }
            #expect(!drawn.isEmpty)
            for element in drawn {
                #expect(
                    element.attributes["fill"] != nil || element.attributes["stroke"] != nil, "\(element.attributes)")
            }
        }
        for entry in curve.legend + strip.legend + bars.legend {
            #expect(Reader(entry.swatch).trouble == nil)
            #expect(entry.swatch.contains("fill=") || entry.swatch.contains("stroke="), "\(entry)")
        }
    }

    @Test func aLineGoesThroughItsPointsOrThroughTheFit() throws {
        func chart(_ fit: [CurveChart.Point]) throws -> Reader {
            Reader(
                try #require(
                    CurveChart(
                        id: "c", title: "t", description: "d", x: .init("x", unit: .count), y: .init("y", unit: .count),
                        series: [.init(name: "a", points: [.init(x: 0, y: 0), .init(x: 50, y: 100)], fit: fit)])
                ).svg)
        }
        let joined = try chart([])
        let fitted = try chart([.init(x: 0, y: 50, band: 40...60), .init(x: 50, y: 50, band: 40...60)])
        // 250 px from top to bottom, 0 to 103: 50 lies 121.36 px above the bottom.
        #expect(joined.all("path", style: "curve").map { $0.attributes["d"] } == ["M0 250L970.87 7.28"])
        #expect(fitted.all("path", style: "curve").map { $0.attributes["d"] } == ["M0 128.64L970.87 128.64"])
        #expect(joined.all("path", style: "area").isEmpty && fitted.all("path", style: "area").count == 1)
        #expect(fitted.all("path", style: "series").count == 2)
    }

    /// A line through the fit does not say where the points are, however many they are; and where none of it can be shown, they
    /// are not joined instead.
    @Test func theFitIsNoLineThroughThePoints() throws {
        func chart(_ fit: Double) throws -> Reader {
            let points = (1...60).map { CurveChart.Point(x: Double($0), y: Double($0)) }
            let line = [CurveChart.Point(x: 1, y: fit), .init(x: 60, y: fit)]
            return Reader(
                try #require(
                    CurveChart(
                        id: "c", title: "t", description: "d", x: .init("x", unit: .count, kind: .logarithmic),
                        y: .init("y", unit: .count, kind: .logarithmic),
                        series: [.init(name: "a", points: points, fit: line)])
                ).svg)
        }
        #expect(try chart(5).all("path", style: "series").count == 60)
        #expect(try chart(5).all("path", style: "curve").count == 1)
        #expect(try chart(-5).all("path", style: "curve").isEmpty)
    }

    /// Thirty series differ in colour or in shape, and a legend shows the shape that is drawn.
    @Test func thirtySeriesCanBeToldApart() {
        let styles = (0..<30).map { MarkShape.style(series: $0) }
        #expect(Set(styles).count == 30 && styles[4] == "s4" && styles[5] == "s5 m0" && styles[6] == "s0 m1")
        for series in 0..<30 { #expect(MarkShape(style: styles[series]) == MarkShape(series: series)) }
    }

    @Test func whatWasPredictedIsALine() throws {
        let chart = try #require(
            CurveChart(
                id: "c", title: "t", description: "d", x: .init("x", unit: .count), y: .init("y", unit: .bytes),
                series: [
                    .init(
                        name: "runc", ending: "N = 50, stopped by memory", points: [.init(x: 50, y: 1)],
                        expected: .init(x: 100, label: "runc, predicted: 100"))
                ]))
        #expect(Reader(chart.svg).all("line", style: "expected").map { $0.attributes["x1"] } == ["97.09%"])
        #expect(chart.legend.map(\.label) == ["runc: N = 50, stopped by memory", "runc, predicted: 100"])
    }
}
