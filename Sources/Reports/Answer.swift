public import BenchmarkModel
import Statistics

/// The answer for one workload in one mode, in sentences that claim no more than the samples carry.
public struct Answer: Sendable, Equatable {
    /// The workload's name.
    public var workload: String
    /// The mode.
    public var mode: StartupMode
    /// The sentences. Every figure carries the marks of its cell.
    public var pieces: [Inline]

    /// The sentences without markup; marks stand in parentheses.
    public var text: String { pieces.plain }

    /// One answer for each workload and mode, in the order of the modes and of the plan.
    static func all(cells: [CellReport], modes: [StartupMode], seed: UInt64, resamples: Int) -> [Answer] {
        modes.flatMap { mode in
            let inMode = cells.filter { $0.cell.mode == mode }
            return inMode.map(\.cell.workload).uniqued().map { workload in
                let mine = inMode.filter { $0.cell.workload == workload }
                let sound = mine.filter { $0.standing == .sound }
                let parts = sound.filter { $0.platform?.kind.isolationParts != nil }
                let whole = sound.filter { $0.platform?.kind.isolationParts == nil }
                // A suite that measures the parts alone is not asked for more.
                let claimed =
                    whole.isEmpty && !parts.isEmpty ? [] : claim(workload, mode, whole, seed, resamples)
                return Answer(
                    workload: workload, mode: mode,
                    pieces: claimed + partsClaim(workload, mode, parts, isFirst: claimed.isEmpty) + excuses(mine))
            }
        }
    }

    /// The sentence with the figures; empty cells give a sentence that says that there is no figure.
    private static func claim(
        _ workload: String, _ mode: StartupMode, _ sound: [CellReport], _ seed: UInt64, _ resamples: Int
    ) -> [Inline] {
        // Bare namespaces come before no isolation: they are the kernel's own floor for any container.
        let floors =
            sound.filter { $0.platform?.kind.word == "namespaces" }
            + sound.filter { $0.platform?.kind.word == "process" }
        var leads = sound.filter { !($0.platform?.kind.isFloor ?? false) }
        if let first = leads.firstIndex(where: \.isContainer) { leads.insert(leads.remove(at: first), at: 0) }
        guard let reference = leads.first ?? floors.first else {
            return [
                .text("There is no figure to state for "), .strong(workload), .text(", \(mode.phrase), on this host."),
            ]
        }
        var pieces: [Inline] = [
            .text("On this host "), .strong(workload), .text(", \(mode.phrase), is ready in "),
        ]
        pieces += figure(reference) + [.text(" \(reference.place)")]
        let others = leads.dropFirst()
        for cell in others {
            pieces.append(.text(others.count > 1 ? "; in " : " and in "))
            pieces += figure(cell) + [.text(" \(cell.place)")]
            guard let ratio = cell.ratio(to: reference, seed: seed, resamples: resamples) else { continue }
            pieces += [.text(", "), .strong("\(Format.number(ratio.value)) times")]
            var words = " as long"
            if others.count > 1 { words += " as \(reference.place)" }
            if let interval = ratio.interval {
                words += " [95 % interval \(Format.number(interval.lower)) to \(Format.number(interval.upper))]"
            }
            pieces.append(.text(words))
        }
        let rest = floors.filter { $0.cell.key != reference.cell.key }
        if !rest.isEmpty {
            pieces.append(.text("; the same takes "))
            for (index, cell) in rest.enumerated() {
                if index > 0 { pieces.append(.text(index == rest.count - 1 ? " and " : ", ")) }
                pieces += figure(cell) + [.text(" \(cell.place)")]
            }
        }
        return pieces + [.text(" (\(sampleCounts(sound))).")]
    }

    /// What each part of the kernel's isolation adds by itself to a start with none; empty where that was not measured.
    private static func partsClaim(
        _ workload: String, _ mode: StartupMode, _ cells: [CellReport], isFirst: Bool
    ) -> [Inline] {
        guard let none = cells.first(where: { $0.platform?.kind.isolationParts == [] }),
            let floor = none.startup?.median
        else { return [] }
        var added: [[Inline]] = []
        for cell in cells where cell.cell.key != none.cell.key {
            guard let parts = cell.platform?.kind.isolationParts, let startup = cell.startup else { continue }
            added.append(
                [.text("\(parts.map(\.rawValue).joined(separator: " and ")) ")]
                    + [Inline.strong(Format.signedDuration(startup.median - floor))].marked(cell.marks))
        }
        guard !added.isEmpty else { return [] }
        var pieces: [Inline] =
            isFirst
            ? [
                .text("On this host "), .strong(workload),
                .text(", \(mode.phrase), is ready without any isolation in "),
            ] : [.text(" Without any isolation it is ready in ")]
        pieces += figure(none)
        pieces.append(.text("; each part of the kernel's isolation adds by itself: "))
        for (index, one) in added.enumerated() { pieces += (index > 0 ? [.text(", ")] : []) + one }
        return pieces + [.text(" (\(sampleCounts(cells))).")]
    }

    /// How many samples the figures of a sentence rest on.
    private static func sampleCounts(_ cells: [CellReport]) -> String {
        let counts = cells.map(\.ok)
        guard let least = counts.min(), let most = counts.max() else { return "n = 0" }
        let each = cells.count > 1 ? " each" : ""
        return least == most ? "n = \(least)\(each)" : "n = \(least) to \(most) each"
    }

    /// A median with the marks of its cell.
    private static func figure(_ cell: CellReport) -> [Inline] {
        guard let startup = cell.startup else { return [.text("an unknown time")] }
        return [Inline.strong(Format.duration(startup.median))].marked(cell.marks)
    }

    /// Why nothing is claimed of some cells.
    private static func excuses(_ cells: [CellReport]) -> [Inline] {
        var incomplete: [String] = []
        var tooFew: [String] = []
        var impossible: [String] = []
        for cell in cells {
            switch cell.standing {
            case .sound: break
            case .impossible(let reason):
                impossible.append(" It cannot be measured \(cell.place): \(ReportModel.sentence(reason))")
            case .incomplete:
                let words = cell.missing > 0 ? "\(cell.missing) missing" : "\(-cell.missing) too many"
                incomplete.append("\(cell.place) (\(words) of \(cell.planned) planned samples)")
            case .tooFew:
                let fates = "\(cell.failed) failed, \(cell.invalid) invalid"
                tooFew.append("\(cell.place) (\(cell.ok) of \(cell.planned) planned samples ok, \(fates))")
            }
        }
        var text = ""
        if !incomplete.isEmpty { text += " No verdict is given \(Format.enumeration(incomplete))." }
        if !tooFew.isEmpty {
            text += " No claim is made \(Format.enumeration(tooFew)): \(CellReport.fewestForClaim) ok are the fewest."
        }
        text += impossible.joined()
        return text.isEmpty ? [] : [.text(text)]
    }
}

extension PlatformKind {
    /// Where the parts of the kernel's isolation are switched on one at a time: which are.
    var isolationParts: [IsolationPart]? {
        if case .isolation(let parts) = self { return parts }
        return nil
    }
}

extension CellReport {
    /// Whether it is a container under a runtime.
    var isContainer: Bool {
        if case .oci? = platform?.kind { return true }
        return false
    }

    /// Where it ran, in words that follow a figure.
    var place: String { Answer.place(cell.platform, platform) }
}

extension Answer {
    /// Where something ran, in words that follow a figure.
    static func place(_ name: String, _ platform: PlatformSpec?) -> String {
        switch platform?.kind {
        case .process?: return name == "process" ? "with no isolation" : "with no isolation (\(name))"
        case .namespaces?: return name == "namespaces" ? "in bare namespaces" : "in bare namespaces (\(name))"
        case .isolation?: return "in a part of the isolation (\(name))"
        case .oci?: return "under \(name)"
        case .libvirt?: return "in the VM \(name)"
        case nil: return "on \(name)"
        }
    }
}

extension StartupMode {
    /// The mode in words that follow a workload's name.
    var phrase: String {
        switch self {
        case .warm: "started warm"
        case .cold: "started cold"
        case .concurrent(let count): "one of \(count) requested at once"
        case .occupied(let count): "started beside \(Format.count(count, "idle instance"))"
        }
    }

    /// The mode as a heading, with what it means.
    var heading: String {
        switch self {
        case .warm: "Startup, warm"
        case .cold: "Startup, cold"
        case .concurrent(let count): "Startup, \(count) at once"
        case .occupied(let count): "Startup, beside \(Format.count(count, "idle instance"))"
        }
    }

    /// What the mode means, in a sentence.
    var definition: String {
        switch self {
        case .warm: "The image and the binaries are in the page cache."
        case .cold: "The host's caches are dropped before every sample."
        case .concurrent(let count):
            "\(count) requests are due at the same moment, and each counts from when it was due, so that a launcher "
                + "that stalls cannot hide its queue."
        case .occupied(let count):
            count == 1
                ? "1 instance of the workload already runs and idles."
                : "\(count) instances of the workload already run and idle."
        }
    }
}
