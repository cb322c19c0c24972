import ArgumentParser

/// An effect on a command line: `10%`.
struct EffectShare: ExpressibleByArgument, Sendable {
    /// What may be asked for; 0 may not.
    static let percents = 0.0...1_000.0

    /// As a share of the base, such as 0.1.
    var share: Double

    init?(argument: String) {
        guard argument.hasSuffix("%") else { return nil }
        let digits = argument.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let percent = Double(digits),
            EffectShare.percents.contains(percent), percent > 0
        else { return nil }
        share = percent / 100
    }

    init(_ share: Double) { self.share = share }

    var defaultValueDescription: String { EffectShare.text(share) }

    /// A share in percent, with no more digits than it takes.
    static func text(_ share: Double) -> String {
        let percent = "\((share * 1e6).rounded() / 1e4)"
        return (percent.hasSuffix(".0") ? String(percent.dropLast(2)) : percent) + "%"
    }
}
