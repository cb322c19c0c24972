import BenchmarkModel

/// Observations that share a cell, an outcome and a reason.
package struct Trouble: Sendable, Equatable {
    /// The ``Cell/key``.
    package var cell: String
    /// `failed`, `invalid` or `ok, with a warning`.
    package var outcome: String
    /// Whether they are counted; false for warm-up.
    package var counted: Bool
    /// The reason, in words; where it named several instances, `iN` stands for their numbers.
    package var reason: String
    /// The numbers of the observations, ascending.
    package var numbers: [Int]

    private struct Key: Hashable {
        var cell: String
        var outcome: String
        var counted: Bool
        var reason: String
    }

    /// What failed, is invalid or was warned of; nothing is left out.
    ///
    /// - Parameter observations: by ascending number.
    static func all(in observations: [Observation]) -> [Trouble] {
        var found: [Trouble] = []
        var places: [Key: Int] = [:]
        for index in observations.indices {
            let glimpse = observations.glimpse(at: index)
            guard glimpse.verdict != .ok || glimpse.hasWarnings else { continue }
            let observation = observations[index]
            let verdict = glimpse.verdict
            let told =
                observation.verdictReasons.map { (verdict.rawValue, $0) }
                + observation.warnings.map { ("\(verdict.rawValue), with a warning", $0) }
            for (outcome, reason) in told {
                let key = Key(
                    cell: observation.cell, outcome: outcome, counted: observation.counted,
                    reason: reason.withoutInstanceNumbers)
                if let place = places[key] {
                    if found[place].reason != reason { found[place].reason = key.reason }
                    if found[place].numbers.last != observation.number {
                        found[place].numbers.append(observation.number)
                    }
                } else {
                    places[key] = found.count
                    found.append(
                        Trouble(
                            cell: key.cell, outcome: outcome, counted: key.counted, reason: reason,
                            numbers: [observation.number]))
                }
            }
        }
        return found
    }
}

extension String {
    /// With `iN` for the names and numbers of instances: `tare-RUN-i12` and `/i12/` in paths. What differs in them alone is
    /// one trouble.
    var withoutInstanceNumbers: String {
        guard utf8.contains(UInt8(ascii: "i")) else { return self }
        let bytes = Array(utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        func isDigit(_ place: Int) -> Bool { place < bytes.count && (48...57).contains(bytes[place]) }
        while index < bytes.count {
            text.append(bytes[index])
            index += 1
            guard bytes[index - 1] == UInt8(ascii: "i"), isDigit(index), index >= 2,
                bytes[index - 2] == UInt8(ascii: "/") || bytes[index - 2] == UInt8(ascii: "-") && isOfAnInstance(text)
            else { continue }
            var end = index
            while isDigit(end) { end += 1 }
            // A longer word is no number of an instance.
            let next = end < bytes.count ? bytes[end] : 0
            guard next < 128, !Character(UnicodeScalar(next)).isLetter else { continue }
            text.append(UInt8(ascii: "N"))
            index = end
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Whether what ends here is the name of an instance: the word begins with `tare-`.
private func isOfAnInstance(_ text: [UInt8]) -> Bool {
    let word = text.reversed().prefix {
        (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == UInt8(ascii: "-")
    }
    return Array(word.reversed()).starts(with: "tare-".utf8)
}
