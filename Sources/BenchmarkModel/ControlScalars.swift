extension Unicode.Scalar {
    /// Whether it would move a cursor, turn the direction of writing or break a document: C0 and C1 controls, the separators of
    /// lines and paragraphs, the marks of direction, and the two code points that XML forbids.
    package var isControl: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}

extension String {
    /// With control characters as `\u{1B}`, so that no terminal obeys them; line ends and tabulators stay.
    package var showingControls: String {
        func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isControl && !"\n\r\t".unicodeScalars.contains(scalar)
        }
        guard unicodeScalars.contains(where: isHarmful) else { return self }
        var out = ""
        for scalar in unicodeScalars {
            if isHarmful(scalar) {
                out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
