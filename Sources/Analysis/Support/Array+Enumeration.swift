extension [String] {
    /// The words as `a`, `a and b`, `a, b and c`.
    package var enumeration: String {
        guard let last, count > 1 else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) and \(last)"
    }
}
