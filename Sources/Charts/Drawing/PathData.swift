/// The `d` of a path. Along the width it counts thousandths of the drawing, whatever that is; downwards CSS pixels.
struct PathData {
    private(set) var text = ""

    static let width = 1_000.0

    /// - Parameters:
    ///   - x: from 0 to 1.
    ///   - y: in CSS pixels.
    mutating func move(_ x: Double, _ y: Double) { append("M", x, y) }
    mutating func line(_ x: Double, _ y: Double) { append("L", x, y) }
    mutating func close() { text += "Z" }

    /// Through points, in their order.
    static func through(_ points: [(x: Double, y: Double)]) -> PathData {
        var path = PathData()
        for (index, point) in points.enumerated() {
            if index == 0 { path.move(point.x, point.y) } else { path.line(point.x, point.y) }
        }
        return path
    }

    private mutating func append(_ letter: String, _ x: Double, _ y: Double) {
        text += "\(letter)\(Canvas.number(x * Self.width)) \(Canvas.number(y))"
    }
}
