extension Double {
    /// nil where it is no number or has no end: what JSON and CSV cannot carry, no reader shall take for a measurement.
    package var ifFinite: Double? { isFinite ? self : nil }
}
