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
    /// ``metrics``, and those that only this cell has.
    var ownMetrics: [CellMetric<Self>] { get }
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
    package var ownMetrics: [CellMetric<Self>] { Self.metrics }

    package var standing: Standing {
        if let reason = cell.impossible { return .impossible(reason) }
        if accounting.missing != 0 { return .incomplete }
        return accounting.ok < Self.fewestForClaim || !hasFigure ? .tooFew : .sound
    }

    package var isSound: Bool { standing == .sound }

    /// Over so large a share of invalid measurements figures are shown and no verdict is given.
    package static var mostInvalidShare: Double { 0.1 }

    /// Why no verdict can be given on the cell, in words; nil where one can.
    package var refusal: String? {
        switch standing {
        case .impossible(let reason): return "it cannot be measured: \(reason)"
        case .incomplete: return "planned is not the sum of ok, failed and invalid"
        case .tooFew: return "too few measurements are ok (\(accounting.ok) of \(accounting.planned))"
        case .sound: break
        }
        let share = Double(accounting.invalid) / Double(max(1, accounting.planned))
        return share > Self.mostInvalidShare
            ? "\(accounting.invalid) of \(accounting.planned) measurements are invalid" : nil
    }

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
        return caveats + observed.inequality + ownCaveats
    }

    /// The share of failures: of the measurements that are not invalid, those that failed.
    package var failureShare: Estimate? {
        let tried = accounting.ok + accounting.failed
        return tried > 0
            ? Estimate(
                Double(accounting.failed) / Double(tried), n: tried, evidence: .share(accounting.failed, of: tried))
            : nil
    }
}
