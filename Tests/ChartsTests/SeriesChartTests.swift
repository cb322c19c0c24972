import Testing

@testable import Charts

@Suite struct SeriesChartTests {
    private func chart(
        _ values: [Double], steps: [SeriesChart.Step] = [], levels: [Double] = [], unit: Charts.Unit = .nanoseconds
    ) throws -> SeriesChart {
        let points = values.enumerated().map { SeriesChart.Point(value: $1, moment: "day \($0)", tip: "run \($0)") }
        return try #require(
            SeriesChart(
                id: "series", title: "Series", description: "In words.", unit: unit, points: points, steps: steps,
                levels: levels))
    }

    /// Worked out by hand: four runs, so that each has a quarter of the width; the scale goes from 9.5 to 20.5 over 96 pixels, below
    /// 20 for one line of labels.
    @Test func aStepStandsBetweenTheRunsThatItParts() throws {
        let chart = try chart(
            [10e6, 10e6, 20e6, 20e6], steps: [.init(index: 2, label: "+100 %, worse", isWorse: true)],
            levels: [10e6, 20e6])
        #expect(chart.scale.lower == 9.5e6 && chart.scale.upper == 20.5e6)
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil)
        let marks = reader.all("svg").filter { $0.attributes["x"]?.hasSuffix("%") == true }
        #expect(marks.map { $0.attributes["x"] } == ["12.5%", "37.5%", "62.5%", "87.5%"])
        #expect(marks.map { $0.attributes["y"] } == ["111.64", "111.64", "24.36", "24.36"])
        let line = try #require(reader.all("line", style: "median").first)
        #expect(line.attributes["x1"] == "50%" && line.attributes["y1"] == "15" && line.attributes["y2"] == "116")
        let curves = reader.all("path", style: "curve")
        #expect(curves.map { $0.attributes["class"] } == ["curve s0", "curve s1"])
        #expect(curves.first?.attributes["d"] == "M125 91.64L375 91.64L625 4.36L875 4.36")
        #expect(curves.last?.attributes["d"] == "M0 91.64L500 91.64M500 4.36L1000 4.36")
        let label = try #require(reader.all("text", style: "caveat").first)
        #expect(label.attributes["x"] == "50%" && label.attributes["text-anchor"] == "middle")
        for word in ["+100 %, worse", "day 0", "day 3", "run 2", "In words."] { #expect(reader.text.contains(word)) }
        #expect(chart.legend.map(\.style) == ["series s0", "median", "series s1"])
    }

    /// A better one is not set in the colour of warnings.
    @Test func aChangeForTheBetterIsNoWarning() throws {
        let chart = try chart([20, 20, 10, 10], steps: [.init(index: 2, label: "-50.0 %, better", isWorse: false)])
        let reader = Reader(chart.svg)
        #expect(reader.all("text", style: "caveat").isEmpty && reader.all("text", style: "axis").count == 1)
        #expect(chart.legend.map(\.style) == ["series s0", "median"])
    }

    /// Half a percent of noise does not look like a mountain, and what is far apart needs a logarithm.
    @Test func theScaleFitsTheValues() throws {
        let quiet = try chart([100, 100.5, 100])
        #expect(quiet.scale.lower < 95 && quiet.scale.upper > 105)
        #expect(try chart([1, 30]).scale.kind == .logarithmic)
        #expect(try chart([0, 0.2], unit: .share).scale.lower == 0)
        #expect(try chart([0, 0], unit: .share).scale.lower == 0)
        #expect(try chart([-5, 5]).scale.lower == -5.5)
        #expect(Reader(try chart([5]).svg).trouble == nil)
    }

    /// Labels that would touch stand on lines of their own.
    @Test func labelsDoNotMeet() throws {
        let steps = [4, 5, 6].map { SeriesChart.Step(index: $0, label: "+12.3 %, worse", isWorse: true) }
        let reader = Reader(try chart((0..<12).map { Double($0) + 1 }, steps: steps).svg)
        #expect(reader.all("text", style: "caveat").map { $0.attributes["y"] } == ["11", "25", "39"])
        let far = [1, 11].map { SeriesChart.Step(index: $0, label: "+12.3 %, worse", isWorse: true) }
        let apart = Reader(try chart((0..<12).map { Double($0) + 1 }, steps: far).svg).all("text", style: "caveat")
        #expect(apart.map { $0.attributes["y"] } == ["11", "11"])
        #expect(apart.map { $0.attributes["text-anchor"] } == [nil, "end"])
    }

    @Test func manyRunsHaveMarksAtTheStepsOnly() throws {
        let values = (0..<100).map { $0 < 50 ? 10.0 : 12 }
        let reader = Reader(try chart(values, steps: [.init(index: 50, label: "a", isWorse: true)]).svg)
        #expect(reader.all("path", style: "series").count == 1)
        #expect(reader.text.contains("run 50") && !reader.text.contains("run 49"))
    }

    @Test func whatCannotBeDrawnIsNot() throws {
        #expect(SeriesChart(id: "a", title: "", description: "", unit: .count, points: []) == nil)
        #expect(SeriesChart(id: "a", title: "", description: "", unit: .count, points: [.init(value: .nan)]) == nil)
        let outside = [0, 3, -1].map { SeriesChart.Step(index: $0, label: "x", isWorse: true) }
        let reader = Reader(try chart([1, .nan, 2], steps: outside, levels: [1, 2, 3, 4]).svg)
        #expect(reader.all("line", style: "median").isEmpty && reader.all("path", style: "series").count == 2)
        #expect(reader.all("path", style: "curve").count == 1)
    }

    @Test func nothingFromOutsideIsMarkup() throws {
        let nasty = "</text><script>alert('1')</script>\u{1B}[31m \"\u{338} & \u{202E}"
        let chart = try #require(
            SeriesChart(
                id: nasty, title: nasty, description: nasty, unit: .count,
                points: [
                    .init(value: 1, moment: nasty, tip: nasty), .init(value: 2, moment: nasty, tip: nasty),
                ], steps: [.init(index: 1, label: nasty, isWorse: true)], levels: [1, 2]))
        let reader = Reader(chart.svg)
        #expect(reader.trouble == nil && reader.all("script").isEmpty)
        #expect(!chart.svg.unicodeScalars.contains("\u{1B}") && !chart.svg.unicodeScalars.contains("\u{202E}"))
    }
}
