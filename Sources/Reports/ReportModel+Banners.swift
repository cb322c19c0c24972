import BenchmarkModel

extension ReportModel {
    /// What must be read before any figure, the gravest first.
    func makeBanners() -> [Banner] {
        var banners: [Banner] = []
        if !emulatedPlatforms.isEmpty {
            let names = Format.enumeration(emulatedPlatforms)
            banners.append(
                Banner(
                    kind: .emulation,
                    text: "The guests of \(names) ran under software emulation (TCG), not under hardware "
                        + "virtualisation. Each figure of theirs is marked emulated: it says what emulation costs "
                        + "on this host, and nothing about virtual machines under KVM."))
        }
        if let ending = unfinished { banners.append(Banner(kind: .unfinished, text: ending)) }
        if cells.isEmpty, footprints.isEmpty, densities.isEmpty {
            banners.append(Banner(kind: .accounting, text: "The plan of this run holds no cell: nothing was measured."))
        } else if !accounting.holds {
            banners.append(Banner(kind: .accounting, text: accountingText))
        }
        return banners + threatBanners + carryOverBanners
    }

    /// The cells that feel what came before them.
    private var carryOverBanners: [Banner] {
        let found = cells.filter { $0.carryOver?.isFound == true }
        guard let first = found.first, let carryOver = first.carryOver else { return [] }
        let names = Format.enumeration(found.map { label(of: $0.cell.key) })
        let whose = found.count == 1 ? "Their medians are" : "For one, the medians of \(label(of: first.cell.key)) are"
        return [
            Banner(
                kind: .carryOver,
                text: "The figures of \(names) depend on what was measured right before each of them. \(whose) "
                    + "\(carryOver.words(label(of:))).")
        ]
    }

    private var unfinished: String? {
        let how: String
        switch run.status {
        case .complete: return nil
        case .running: how = "This run has no end on record: it is still being measured, or its process was killed."
        case .interrupted: how = "This run was interrupted."
        case .failed: how = "An error ended this run."
        }
        let taken = accounting.ok + accounting.failed + accounting.invalid
        return
            "\(how) Of \(Format.count(accounting.planned, "planned measurement")) \(taken) were taken; what was measured "
            + "is kept."
    }

    private var accountingText: String {
        var text =
            "Planned samples are not the sum of those that are ok, failed and invalid: \(accounting.planned) planned, "
            + "\(accounting.ok) ok, \(accounting.failed) failed, \(accounting.invalid) invalid. "
        if accounting.stray > 0 {
            text += "\(Format.count(accounting.stray, "sample")) of a cell that is not in the plan "
            text += "\(accounting.stray == 1 ? "is" : "are") in no figure. "
        }
        let broken =
            cells.filter { $0.missing != 0 }.map { label(of: $0.cell.key) }
            + footprints.filter { $0.missing != 0 }.map(\.cell.key)
            + densities.filter { $0.missing != 0 }.map(\.cell.key)
        let possible =
            cells.count { $0.cell.impossible == nil } + footprints.count { $0.cell.impossible == nil }
            + densities.count { $0.cell.impossible == nil }
        if broken.isEmpty || broken.count == possible { return text + "No verdict is given." }
        return text + "No verdict is given for \(Format.enumeration(broken))."
    }

    /// One banner for each detector that made figures doubtful or wrong; every single sighting is in the section on
    /// threats.
    private var threatBanners: [Banner] {
        let kinds = run.threats.filter { $0.severity != .note }.map { [$0.severity.rawValue, $0.detector] }.uniqued()
            .sorted { $0[0] < $1[0] }
        return kinds.map { kind in
            let same = run.threats.filter { [$0.severity.rawValue, $0.detector] == kind }
            let effect =
                kind[0] == Threat.Severity.invalid.rawValue
                ? "The samples it touched are invalid" : "The figures it touched are marked noisy"
            let times = same.count == 1 ? "" : ", \(same.count) times; for one"
            let places = touched(by: same)
            let whole = "\(kind[1])\(times): \(same.first?.text ?? "")"
            return Banner(kind: .threat, text: "\(ReportModel.sentence(whole)) \(effect): \(places).")
        }
    }

    /// The cells that threats touch, in words.
    func touched(by threats: [Threat]) -> String {
        if threats.contains(where: { $0.cell == nil && $0.block == nil }) { return "all cells" }
        return Format.enumeration(
            threats.map { $0.cell.map(label(of:)) ?? "all cells in block \($0.block ?? 0)" }.uniqued())
    }

    /// A cell's key in words: `nginx on runc (warm)`.
    func label(of key: String) -> String {
        guard let cell = cell(key)?.cell else { return key }
        return "\(cell.workload) on \(cell.platform) (\(cell.mode.key))"
    }

    /// Words with a full stop at their end.
    static func sentence(_ text: String) -> String {
        guard let last = text.last else { return "" }
        return ".!?".contains(last) ? text : text + "."
    }
}
