/// Something that was seen and that makes figures wrong or doubtful.
package struct Threat: Sendable, Equatable, Codable {
    /// What it does to the figures it touches.
    package enum Severity: String, Sendable, Codable {
        /// The cell is marked `noisy`.
        case warning
        /// The samples are marked `invalid`.
        case invalid
        /// Told, without judgement.
        case note
    }

    /// Which detector saw it, such as `steal` or `foreign work`.
    package var detector: String
    /// What it does to the figures.
    package var severity: Severity
    /// What was seen, with figures, in words.
    package var text: String
    /// The block in which it was seen; nil for the whole run.
    package var block: Int?
    /// The cell it touches; nil for all.
    package var cell: String?

    package init(detector: String, severity: Severity, text: String, block: Int? = nil, cell: String? = nil) {
        self.detector = detector
        self.severity = severity
        self.text = text
        self.block = block
        self.cell = cell
    }
}
