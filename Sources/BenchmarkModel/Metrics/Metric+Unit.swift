extension Metric.Unit: RawRepresentable {
    /// Those that tare knows by itself.
    package static let known: [Metric.Unit] = [.nanoseconds, .bytes, .count, .cpuShare, .share, .ratio]

    /// Any other word is the unit of a tool.
    package init(rawValue: String) { self = Metric.Unit.known.first { $0.rawValue == rawValue } ?? .other(rawValue) }

    /// As it stands in files.
    package var rawValue: String {
        switch self {
        case .nanoseconds: "nanoseconds"
        case .bytes: "bytes"
        case .count: "count"
        case .cpuShare: "seconds a second"
        case .share: "share"
        case .ratio: "ratio"
        case .other(let unit): unit
        }
    }
}

extension Metric.Unit {
    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
