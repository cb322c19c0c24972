/// A size in bytes as users write it: a number, and a unit of powers of 1024 (`GiB`) or of 1000 (`GB`). One is never taken for the
/// other: 512GB are 476.8GiB.
enum ByteSize {
    /// The units and their bytes; `kB` is how SI writes it, and `KB` is how it is written.
    static let units: [(name: String, bytes: UInt64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ]

    /// The units for messages.
    static let unitWords = "KiB, MiB, GiB, TiB (powers of 1024) and kB, MB, GB, TB (powers of 1000)"

    /// For the JSON Schema: what ``bytes(_:)`` takes, but for its bounds.
    static let pattern = "^[0-9]+(\\.[0-9]+)?\\s*(" + units.map(\.name).joined(separator: "|") + ")$"

    /// The bytes of `512MiB`, `1.5 GB`: digits, perhaps a point and digits, perhaps blanks, and a unit. A part of a byte is left
    /// out.
    ///
    /// - Returns: nil where it is written in any other way, without a unit too, or is more than 64 bits hold.
    static func bytes(_ text: String) -> UInt64? {
        guard let (parts, size) = split(text), let whole = UInt64(parts[0]) else { return nil }
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: size)
        let (sum, overflowOfSum) = bytes.addingReportingOverflow(parts.count == 2 ? part(parts[1], of: size) : 0)
        return overflow || overflowOfSum ? nil : sum
    }

    /// Whether it is written as a size, be it of any number.
    static func isWritten(_ text: String) -> Bool { split(text) != nil }

    /// The digits before the point and behind it, and the bytes of the unit.
    private static func split(_ text: String) -> (parts: [Substring], size: UInt64)? {
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        var number = text.dropLast(unit.name.count)
        while let last = number.last, last == " " || last == "\t" { number.removeLast() }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
        return (1...2).contains(parts.count) && isNumber ? (parts, unit.bytes) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// A decimal fraction of so many bytes, in whole numbers: 1.1GB are 1,100,000,000 and nothing beside it.
    private static func part(_ digits: Substring, of bytes: UInt64) -> UInt64 {
        // 18 places are more than the bytes of the largest unit, and 64 bits hold them.
        var (numerator, denominator): (UInt64, UInt64) = (0, 1)
        for digit in digits.utf8.prefix(18) {
            numerator = numerator * 10 + UInt64(digit - 48)
            denominator *= 10
        }
        return denominator.dividingFullWidth(numerator.multipliedFullWidth(by: bytes)).quotient
    }
}
