import Analysis
import BenchmarkModel

/// Something said above all figures.
package struct Banner: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Guests ran under software emulation.
        case emulation
        /// The run did not complete.
        case unfinished
        /// planned != ok + failed + invalid, or something on record cannot be read.
        case accounting
        /// Something was seen that makes figures doubtful.
        case threat
        /// Figures depend on what was measured right before them.
        case carryOver = "carry-over"

        /// The words before it.
        var title: String {
            switch self {
            case .emulation: "Software emulation."
            case .unfinished: "Not complete."
            case .accounting: "No verdict."
            case .threat: "Threat to validity."
            case .carryOver: "Carry-over."
            }
        }
    }

    package var kind: Kind
    /// In whole sentences.
    package var text: String

    /// What must be read before any figure, the gravest first.
    static func all(of analysis: RunAnalysis) -> [Banner] {
        [emulation, unfinished, accounting, unreadable].compactMap { $0(analysis) } + threats(analysis)
            + [carryOver(analysis)].compactMap { $0 }
    }

    private static func emulation(_ analysis: RunAnalysis) -> Banner? {
        guard !analysis.emulatedPlatforms.isEmpty else { return nil }
        let names = Format.enumeration(analysis.emulatedPlatforms)
        return Banner(
            kind: .emulation,
            text: "The guests of \(names) ran under software emulation (TCG), not under hardware "
                + "virtualisation. Each figure of theirs is marked emulated: it says what emulation costs "
                + "on this host, and nothing about virtual machines under KVM.")
    }

    private static func unfinished(_ analysis: RunAnalysis) -> Banner? {
        let how: String
        switch analysis.run.status {
        case .complete: return nil
        case .running: how = "This run has no end on record: it is still being measured, or its process was killed."
        case .interrupted: how = "This run was interrupted."
        case .failed: how = "An error ended this run."
        }
        let sums = analysis.accounting
        return Banner(
            kind: .unfinished,
            text:
                "\(how) Of \(Format.count(sums.planned, "planned measurement")) \(sums.ok + sums.failed + sums.invalid) "
                + "were taken; what was measured is kept.")
    }

    private static func accounting(_ analysis: RunAnalysis) -> Banner? {
        let (sums, cells) = (analysis.accounting, analysis.cells)
        if cells.isEmpty {
            return Banner(kind: .accounting, text: "The plan of this run holds no cell: nothing was measured.")
        }
        guard !sums.holds else { return nil }
        var text =
            "Planned samples are not the sum of those that are ok, failed and invalid: \(sums.planned) planned, "
            + "\(sums.ok) ok, \(sums.failed) failed, \(sums.invalid) invalid. "
        if sums.stray > 0 {
            text += "\(Format.count(sums.stray, "sample")) of a cell that is not in the plan "
            text += "\(sums.stray == 1 ? "is" : "are") in no figure. "
        }
        let broken = cells.filter { !$0.accounting.holds }.map { analysis.label(of: $0.cell.key) }
        let possible = cells.count { $0.cell.impossible == nil }
        let isAll = broken.isEmpty || broken.count == possible
        return Banner(
            kind: .accounting,
            text: text + "No verdict is given\(isAll ? "" : " for \(Format.enumeration(broken))").")
    }

    private static func unreadable(_ analysis: RunAnalysis) -> Banner? {
        let unreadable = analysis.run.unreadable
        guard let first = unreadable.first else { return nil }
        let isOne = unreadable.count == 1
        let others = isOne ? "" : "; and \(Format.count(unreadable.count - 1, "other")), listed under Failures"
        return Banner(
            kind: .accounting,
            text:
                "\(Format.count(unreadable.count, "record")) of this run cannot be read and \(isOne ? "is" : "are") in no "
                + "figure: \(first)\(others). No verdict is given for what \(isOne ? "it belongs" : "they belong") to.")
    }

    /// One banner for each detector that made figures doubtful or wrong; every single sighting is in the section on
    /// threats.
    private static func threats(_ analysis: RunAnalysis) -> [Banner] {
        let threats = analysis.run.threats.filter { $0.severity != .note }
        let kinds = threats.map { [$0.severity.rawValue, $0.detector] }.uniqued().sorted { $0[0] < $1[0] }
        return kinds.map { kind in
            let same = threats.filter { [$0.severity.rawValue, $0.detector] == kind }
            let times = same.count == 1 ? "" : ", \(same.count) times; for one"
            let whole = Format.sentence("\(kind[1])\(times): \(same.first?.text ?? "")")
            return Banner(kind: .threat, text: "\(whole) \(effect(of: same, on: analysis))")
        }
    }

    /// What threats of one kind did, and to which cells: those that are really marked.
    private static func effect(of threats: [Threat], on analysis: RunAnalysis) -> String {
        let measured = analysis.cells.filter { $0.observed.observations.contains(where: \.counted) }
        let marked = measured.filter { cell in threats.contains { cell.observed.isMarked(by: $0) } }
        let isInvalid = threats.first?.severity == .invalid
        guard !marked.isEmpty else {
            let warmup = Set(analysis.run.plan.blocks.filter { !$0.counted }.map(\.index))
            return threats.allSatisfy { $0.block.map(warmup.contains) ?? false }
                ? "It touched warm-up alone, whose samples are not counted." : "It touched no sample that is counted."
        }
        let effect = isInvalid ? "The samples it touched are invalid" : "The figures it touched are marked noisy"
        return "\(effect): \(names(of: marked, among: measured, analysis))."
    }

    /// Cells in words; all of an experiment are not named one by one.
    private static func names(
        of marked: [any AnalysedCell], among measured: [any AnalysedCell], _ analysis: RunAnalysis
    ) -> String {
        guard marked.count < measured.count || marked.count == 1 else { return "all cells" }
        let names = marked.map(\.cell.experiment).uniqued().flatMap { experiment -> [String] in
            let mine = marked.filter { $0.cell.experiment == experiment }
            let isAll = mine.count > 1 && mine.count == measured.count { $0.cell.experiment == experiment }
            return isAll ? ["all cells of \(experiment)"] : mine.map { analysis.label(of: $0.cell.key) }
        }
        return Format.enumeration(names)
    }

    /// The cells that feel what came before them.
    private static func carryOver(_ analysis: RunAnalysis) -> Banner? {
        let found = analysis.startups.filter { $0.carryOver?.isFound == true }
        guard let first = found.first, let carryOver = first.carryOver else { return nil }
        let names = Format.enumeration(found.map { analysis.label(of: $0.cell.key) })
        let whose =
            found.count == 1
            ? "Their medians are" : "For one, the medians of \(analysis.label(of: first.cell.key)) are"
        return Banner(
            kind: .carryOver,
            text: "The figures of \(names) depend on what was measured right before each of them. \(whose) "
                + "\(carryOver.words(analysis.label(of:))).")
    }
}
