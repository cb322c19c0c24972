/// The shapes of the points of series, around their own middle, in CSS pixels. A series' shape belongs to its style.
enum MarkShape: Int, CaseIterable {
    case circle, square, triangle, diamond, ring

    init(series: Int) {
        self = Self.allCases[series % Self.allCases.count]
    }

    /// How many colours there are for series: another number than that of shapes, so that thirty series can be told apart.
    static let colours = 6

    /// The classes of a series: its colour, and its shape where that is not the one that goes with the colour.
    static func style(series: Int) -> String {
        let (colour, shape) = (series % colours, Self(series: series).rawValue)
        return colour == shape ? "s\(colour)" : "s\(colour) m\(shape)"
    }

    /// The shape of a style.
    init(style: String) {
        let words = style.split(separator: " ")
        let number = (words.last { $0.hasPrefix("m") } ?? words.last { $0.hasPrefix("s") })?.dropFirst()
        self = number.flatMap { Int($0) }.flatMap(Self.init(rawValue:)) ?? .circle
    }

    var path: String {
        switch self {
        case .circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z"
        case .square: "M-3.5-3.5h7v7h-7Z"
        case .triangle: "M0-4.5L4.5 3.5h-9Z"
        case .diamond: "M0-5L5 0L0 5L-5 0Z"
        case .ring: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0ZM-2 0a2 2 0 1 1 4 0a2 2 0 1 1-4 0Z"
        }
    }
}
