import BenchmarkModel

/// A text in which figures are looked for.
enum FigureText: Sendable, Equatable {
    /// All of its bytes.
    case text([UInt8])
    /// There is none: why, in words that follow its name and a colon.
    case absent(String)

    /// Why one is not looked at that has more than ``FigureSpec/mostTextBytes``.
    static let tooLong = "it is longer than the \(FigureSpec.mostTextBytes >> 20) MiB in which figures are looked for"
}
