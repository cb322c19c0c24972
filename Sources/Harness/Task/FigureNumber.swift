/// A number as tools print it: an optional sign, decimals with a point, an optional exponent.
enum FigureNumber {
    /// - Throws: ``FigureProblem`` for what is none, with the reason; nothing is guessed.
    static func value(_ bytes: some Collection<UInt8>) throws(FigureProblem) -> Double {
        guard isNumber(bytes) else {
            if hasThousandsSeparators(bytes) {
                throw FigureProblem(
                    "\(FigureProblem.quote(bytes)) has thousands separators, which are not understood: let the tool print "
                        + "plain numbers (LC_ALL=C in the workload's environment, or an option of its own)")
            }
            throw FigureProblem("\(FigureProblem.quote(bytes)) is no number")
        }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
            throw FigureProblem("\(FigureProblem.quote(bytes)) is no finite number")
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// Whether bytes are `[+-] DIGITS [. DIGITS] [e [+-] DIGITS]`, where the digits before or behind the point may be left out.
    static func isNumber(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = bytes[...]
        func take(_ accepted: (UInt8) -> Bool) -> Int {
            let count = rest.prefix(while: accepted).count
            rest = rest.dropFirst(count)
            return count
        }
        func takeOne(of characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = takeOne(of: "+-")
        var digits = take(isDigit)
        if takeOne(of: ".") { digits += take(isDigit) }
        guard digits > 0 else { return false }
        if takeOne(of: "eE") {
            _ = takeOne(of: "+-")
            guard take(isDigit) > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// Whether bytes are a number in groups of three digits, such as `1,234.5` or `1'234`.
    private static func hasThousandsSeparators(_ bytes: some Collection<UInt8>) -> Bool {
        let unsigned = bytes.drop { "+-".utf8.contains($0) }
        let whole = unsigned.prefix { isDigit($0) || ",' _".utf8.contains($0) }
        let groups = whole.split(omittingEmptySubsequences: false) { ",' _".utf8.contains($0) }
        let rest = unsigned.dropFirst(whole.count)
        guard groups.count > 1, let first = groups.first, (1...3).contains(first.count),
            groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return false }
        return rest.isEmpty || rest.first == UInt8(ascii: ".")
    }
}
