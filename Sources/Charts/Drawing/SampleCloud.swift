/// Samples counted by place on a coarse grid: across by value, downwards by order.
struct SampleCloud {
    static let columns = 400
    static let rows = 12
    /// How many shades there are.
    static let shades = 4

    private var counts = [Int](repeating: 0, count: (columns + 1) * rows)
    private var isBad = [Bool](repeating: false, count: (columns + 1) * rows)

    init(_ samples: [StripChart.Sample], on scale: Scale) {
        for (index, sample) in samples.enumerated() where sample.value.isFinite {
            let column = Int((scale.share(of: sample.value) * Double(Self.columns)).rounded())
            let place = index * Self.rows / samples.count * (Self.columns + 1) + column
            if sample.isValid { counts[place] += 1 } else { isBad[place] = true }
        }
    }

    /// A path for each shade that occurs, and one for the invalid samples, which are drawn over the others. Neighbours of one
    /// shade are one stroke.
    func paths(isHollow: Bool) -> [(data: String, style: String)] {
        let most = Double(counts.max() ?? 0)
        // By the square root: a lone sample beside a thousand is faint, and can still be seen.
        let levels = counts.map { count in
            count == 0 ? 0 : max(1, Int((Double(Self.shades) * (Double(count) / most).squareRoot()).rounded()))
        }
        let kind = isHollow ? "cloud hollow" : "cloud"
        return (1...Self.shades).map { shade in (Self.strokes(levels.map { $0 == shade }), "\(kind) shade\(shade)") }
            + [(Self.strokes(isBad), "cloud bad")]
    }

    private static func strokes(_ isDrawn: [Bool]) -> String {
        var data = ""
        for row in 0..<rows {
            var column = 0
            while column <= columns {
                let first = column
                while column <= columns, isDrawn[row * (columns + 1) + column] { column += 1 }
                // A stroke without length is a dot, because its ends are round.
                if column > first { data += "M\(first) \(row)h\(column - first - 1)" } else { column += 1 }
            }
        }
        return data
    }
}
