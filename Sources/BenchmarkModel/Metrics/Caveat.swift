/// What stands beside a figure and says how far it may be relied on.
package enum Caveat: Sendable, Equatable, Hashable {
    /// Guests ran under software emulation.
    case emulated
    /// Something was seen that makes the figure doubtful; each sighting in words.
    case noisy([String])
    /// It depends on what was measured right before.
    case carryOver
    /// Planned measurements are not the sum of ok, failed and invalid ones: no verdict is given.
    case incomplete
    /// Too few measurements are ok for a claim.
    case tooFew
    /// So few blocks that an interval is narrower than it claims.
    case fewBlocks
    /// It cannot be measured, for this reason.
    case impossible(String)
    /// The rungs of a ladder are not on a line.
    case notLinear
    /// The independent check differs from the ledger by more than its noise.
    case residual
    /// No control group held the instances to the budget.
    case notEnforced
    /// The sides differ in this.
    case unequal(String)
    /// It is set against a figure of another machine whose facts agree.
    case otherHost
    /// The instance sees so many CPUs where another side sees another number.
    case sees(cpus: Int)
    /// A tool inside the instance measured it, by the instance's own clock.
    case ownClock
    /// Per-CPU memory of the kernel was taken for another number of CPUs than it was measured on.
    case scaledPerCPU(from: Int, to: Int)

    /// The word that stands beside the figure.
    package var word: String {
        switch self {
        case .emulated: "emulated"
        case .noisy: "noisy"
        case .carryOver: "carry-over"
        case .incomplete: "incomplete"
        case .tooFew: "too few"
        case .fewBlocks: "few blocks"
        case .impossible: "impossible"
        case .notLinear: "not linear"
        case .residual: "residual"
        case .notEnforced: "not enforced"
        case .unequal(let what): "unequal: \(what)"
        case .otherHost: "other host"
        case .ownClock: "own clock"
        case .scaledPerCPU(let from, let to): "per-CPU memory scaled from \(from) to \(to) CPUs"
        case .sees(let cpus): "sees \(cpus) CPU\(cpus == 1 ? "" : "s")"
        }
    }

    /// Why, in words; empty where the word says it all.
    package var reasons: [String] {
        switch self {
        case .noisy(let reasons): reasons
        case .impossible(let reason): [reason]
        default: []
        }
    }
}

extension [Caveat] {
    /// The words, in order.
    package var words: [String] { map(\.word) }
}
