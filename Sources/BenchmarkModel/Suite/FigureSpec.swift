/// A figure that a task prints itself: where it stands, in what it is counted, and which way is better.
package struct FigureSpec: Sendable, Equatable, Codable {
    /// Where in a text the number stands.
    package enum Place: Sendable, Equatable, Codable {
        /// In the one group of a POSIX extended regular expression, which must match exactly one line.
        case match(String)
        /// At a singular query of JSONPath (RFC 9535, section 2.3.5.1) in the one JSON document of the text.
        case json(String)
    }

    /// The text.
    package enum Source: Sendable, Equatable, Hashable, Codable {
        /// What the command printed, standard output and error.
        case output
        /// A file of the instance when the command has ended, by its absolute path.
        case file(String)
    }

    /// See ``Names``; unique in its workload.
    package var name: String
    package var source: Source
    package var place: Place
    /// As the suite writes it, such as `events/s`; it is shown and converts nothing.
    package var unit: String
    package var polarity: Metric.Polarity

    package init(
        name: String, source: Source = .output, place: Place, unit: String, polarity: Metric.Polarity
    ) {
        self.name = name
        self.source = source
        self.place = place
        self.unit = unit
        self.polarity = polarity
    }

    /// The most figures of a workload.
    package static let most = 32
    /// The most bytes of output, or of a file, in which figures are looked for. What prints more is a failed sample.
    package static let mostTextBytes = 4 << 20
}
