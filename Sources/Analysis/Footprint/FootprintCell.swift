package import BenchmarkModel
package import Statistics

/// A cell of the footprint experiment with its figures. All slopes are bytes for each further instance.
package struct FootprintCell: AnalysedCell {
    /// How the independent check compares with the ledger.
    package struct Residual: Sendable, Equatable {
        /// The slope of the fall of `MemAvailable` minus that of the ledger, in bytes an instance.
        package var bytes: Double
        /// Its size as a share of the ledger's slope.
        package var share: Double
        /// The noise of `MemAvailable` for each instance: its idle range, or its drift over the climb where that is larger.
        package var noiseBytes: Double
        /// How it comes about; nil where the kernel does not show its parts.
        package var parts: Parts?
        /// Whether it, or what its parts leave unexplained of it, is above 10 % and above the noise.
        package var isFlagged: Bool

        /// The parts of a residual, in bytes an instance. With what tare itself grew by they sum up to the residual, but for
        /// the rounding of medians.
        package struct Parts: Sendable, Equatable {
            /// By how much the kernel's lists of free pages per CPU grew, which `MemAvailable` does not see: negative where
            /// instances took pages from them.
            package var freeLists: Double
            /// By how much the caches grew of which `MemAvailable` takes half off.
            package var uncountedCache: Double
            /// What no counter of the kernel names.
            package var unexplained: Double
        }
    }

    /// The largest distance of a fitted rung from the line, as a share of the cost, at which it is still called linear.
    package static let linearTolerance = 0.05
    /// The share of the ledger from which a residual is flagged.
    package static let residualTolerance = 0.10
    package static let fewestForClaim = FootprintExperiment.fewestLadders

    package var observed: ObservedCell
    /// All ladders, in the order of measurement.
    package var ladders: [MeasuredLadder]
    /// The line of the ledger: the slope is what one more instance costs, the intercept the platform's fixed cost.
    package var ledger: Line?
    /// The line of what is charged to the instances and cannot be taken back.
    package var charged: Line?
    /// The line of the fall of `MemAvailable`.
    package var availableFall: Line?
    /// The slopes of all figures, in bytes an instance.
    package var slopes: [MemoryFigure: Double]
    /// The independent check; nil where one of the two views is missing.
    package var residual: Residual?
    /// CPU time that one idle instance uses, in seconds a second, of each ladder where it is known.
    package var idleCPUs: [Double]
    /// The limits ledger: what one more instance takes of each limited resource, in the order of ``LimitedResource``.
    package var takes: [Take] = []
    /// The most instances of a ladder that counts.
    package var mostInstances: Int
    /// What was noticed in ladders that count.
    package var warnings: [String]
    /// The proportional set size of the daemons that serve all instances, with none running, in bytes: the median of the ladders; nil
    /// where there is no daemon.
    package var daemonBytes: Double?
    /// How many times as much as the one that sentences name first; nil where it is that one, or one of the two is not sound.
    package var ratioToReference: Double?
    /// Where only parts of the isolation are switched on: by how much the ledger's slope exceeds that without any.
    package var moreThanNone: Double?

    /// The median of the ladders' idle CPU time, in seconds a second; nil where it is unknown.
    package var idleCPU: Double? { Quantiles(idleCPUs)?.median }
    /// The least and the most of it.
    package var idleCPURange: ClosedRange<Double>? {
        guard let least = idleCPUs.min(), let most = idleCPUs.max() else { return nil }
        return least...most
    }
    /// The sum of the proportional set sizes of all processes, in bytes an instance.
    package var pss: Double? {
        let parts = [MemoryFigure.pssWorkload, .pssRuntime, .pssVMM].compactMap { slopes[$0] }
        return parts.isEmpty ? nil : parts.reduce(0, +)
    }
    /// Whether the fitted rungs are on a line; nil where there is none.
    package var isLinear: Bool? { ledger.map { $0.worstResidual <= FootprintCell.linearTolerance } }
    package var hasFigure: Bool { ledger != nil }
    /// Kernel memory that is charged to nobody, in bytes an instance.
    package var uncharged: Double? {
        guard let ledger, let charged else { return nil }
        // What an engine keeps for each instance in its own group is charged to the daemon, and so is what that grows by.
        var beside = 0.0
        if case .besideDaemon = traits?.whereabouts { beside = slopes[.pssRuntime] ?? 0 }
        if daemonBytes != nil { beside += slopes[.pssDaemons] ?? 0 }
        return ledger.slope - charged.slope - beside
    }
    /// What the virtual machine monitor needs for itself, in bytes a guest: its proportional set size without guest RAM.
    package var monitorOwn: Double? {
        guard let whole = slopes[.pssVMM], let touched = slopes[.guestTouched] else { return nil }
        return whole - touched
    }

    package var ownCaveats: [Caveat] {
        (isLinear == false ? [.notLinear] : []) + (residual?.isFlagged == true ? [.residual] : [])
    }
}
