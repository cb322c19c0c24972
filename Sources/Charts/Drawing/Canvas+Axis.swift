extension Canvas {
    static let tickSize = 11.0

    /// A scale's lines over a height, and its figures below. Figures that would touch their neighbours in a narrow drawing are
    /// shown in wide ones only.
    mutating func bottomAxis(_ scale: Scale, top: Double, bottom: Double) {
        let ticks = scale.ticks(atMost: 7)
        let narrow = Self.fitting(ticks, on: scale, width: Lettering.narrowWidth)
        let wide = Self.fitting(ticks, on: scale, width: Lettering.wideWidth, keeping: narrow)
        for (index, tick) in ticks.enumerated() {
            let x = scale.share(of: tick.value)
            vertical(x: x, from: top, to: bottom, style: "grid")
            guard wide.contains(index) else { continue }
            let style = narrow.contains(index) ? "tick" : "tick wide"
            text(tick.label, x: x, y: bottom + 15, anchor: Self.anchor(of: tick, at: x), style: style)
        }
    }

    /// A scale's lines over the whole width, and its figures in the gutter.
    mutating func leftAxis(_ scale: Scale, ticks: [Scale.Tick], top: Double, bottom: Double) {
        for tick in ticks {
            let y = bottom - (bottom - top) * scale.share(of: tick.value)
            horizontal(y: y, style: "grid")
            gutterText(tick.label, distance: 8, y: y + 4, anchor: .end, style: "tick")
        }
    }

    /// In the middle of the tick, save where letters would leave a narrow drawing by more than the margin of the page.
    private static func anchor(of tick: Scale.Tick, at x: Double) -> Anchor {
        let half = Lettering.width(tick.label, size: tickSize) / 2 - 8
        if x * Lettering.narrowWidth < half { return .start }
        return (1 - x) * Lettering.narrowWidth < half ? .end : .middle
    }

    private static func span(_ tick: Scale.Tick, on scale: Scale, width: Double) -> ClosedRange<Double> {
        let x = scale.share(of: tick.value)
        let letters = Lettering.width(tick.label, size: tickSize)
        switch anchor(of: tick, at: x) {
        case .start: return (x * width)...(x * width + letters)
        case .middle: return (x * width - letters / 2)...(x * width + letters / 2)
        case .end: return (x * width - letters)...(x * width)
        }
    }

    /// The positions of the ticks whose figures do not touch one another.
    private static func fitting(
        _ ticks: [Scale.Tick], on scale: Scale, width: Double, keeping kept: Set<Int> = []
    ) -> Set<Int> {
        let spans = ticks.map { span($0, on: scale, width: width) }
        let gap = 10.0
        var chosen = kept
        for index in ticks.indices where !kept.contains(index) {
            let isFree = chosen.allSatisfy { other in
                spans[other].upperBound + gap <= spans[index].lowerBound
                    || spans[index].upperBound + gap <= spans[other].lowerBound
            }
            if isFree { chosen.insert(index) }
        }
        return chosen
    }
}
