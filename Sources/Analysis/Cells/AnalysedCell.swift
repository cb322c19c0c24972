package import BenchmarkModel

/// How far a cell's figures may be relied on.
package enum Standing: Sendable, Equatable {
    /// It cannot be measured, for this reason.
    case impossible(String)
    /// planned != ok + failed + invalid: no verdict is given.
    case incomplete
    /// Fewer measurements are ok than a claim needs.
    case tooFew
    /// A claim may be made.
    case sound
}

/// A cell with its figures, whichever the experiment.
package protocol AnalysedCell: Sendable {
    /// The figures of the experiment, the most important one first. Tables, findings and exports are made from this list.
    static var metrics: [CellMetric<Self>] { get }
    /// The fewest ok measurements from which a sentence makes a claim.
    static var fewestForClaim: Int { get }

    var observed: ObservedCell { get }
    /// Whether there is the figure that a claim would be about.
    var hasFigure: Bool { get }
    /// What its own experiment found that stands beside its figures.
    var ownCaveats: [Caveat] { get }
    /// Sightings of its own that make it noisy, beside the threats to the run.
    var warnings: [String] { get }
}

extension AnalysedCell {
    package var cell: Cell { observed.cell }
    package var platform: PlatformSpec? { observed.platform }
    package var traits: PlatformTraits? { observed.platform?.traits }
    package var emulated: Bool { observed.emulated }
    package var accounting: Accounting { observed.accounting }
    package var warnings: [String] { [] }

    package var standing: Standing {
        if let reason = cell.impossible { return .impossible(reason) }
        if accounting.missing != 0 { return .incomplete }
        return accounting.ok < Self.fewestForClaim || !hasFigure ? .tooFew : .sound
    }

    package var isSound: Bool { standing == .sound }

    /// What makes it noisy, in words.
    package var sightings: [String] { (observed.noise.map { "\($0.detector): \($0.text)" } + warnings).uniqued() }

    /// What stands beside every figure of the cell.
    package var caveats: [Caveat] {
        if let reason = cell.impossible { return [.impossible(reason)] }
        var caveats: [Caveat] = emulated ? [.emulated] : []
        let sightings = sightings
        if !sightings.isEmpty { caveats.append(.noisy(sightings)) }
        switch standing {
        case .incomplete: caveats.append(.incomplete)
        case .tooFew: caveats.append(.tooFew)
        case .impossible, .sound: break
        }
        return caveats + ownCaveats
    }
}
