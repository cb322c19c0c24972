import Analysis
import BenchmarkModel
import Charts
import Statistics

/// The startup of one workload in one mode, in sentences.
enum StartupAnswers {
    /// One answer for each mode and workload, in the order of the modes and of the plan.
    static func all(_ analysis: RunAnalysis) -> [Answer] {
        analysis.modes.flatMap { mode in
            let inMode = analysis.startups(of: mode)
            return inMode.map(\.cell.workload).uniqued().map { workload in
                let mine = inMode.filter { $0.cell.workload == workload }
                let sound = mine.filter(\.isSound)
                let parts = sound.filter { $0.traits?.parts != nil }
                let whole = sound.filter { $0.traits?.parts == nil }
                // A suite that measures the parts alone is not asked for more.
                let claimed = whole.isEmpty && !parts.isEmpty ? [] : claim(workload, mode, whole)
                return Answer(
                    workload: workload, mode: mode.key,
                    pieces: claimed + partsClaim(workload, mode, parts, isFirst: claimed.isEmpty) + mine.excuses,
                    picture: CardPicture(
                        "Startup of \(workload), \(mode.key)", unit: .nanoseconds, rows: sound.compactMap(row)))
            }
        }
    }

    private static func row(_ cell: StartupCell) -> CardPicture.Row? {
        cell.startup.map { startup in
            CardPicture.Row(
                platform: cell.cell.platform, caveats: cell.caveats.words, value: startup.median,
                interval: startup.interval.map { $0.lower...$0.upper },
                text: Format.duration(startup.median)
                    + (startup.interval.map {
                        " [\(Format.range($0.lower, $0.upper, in: .ofStartup(startup.median)))]"
                    } ?? ""))
        }
    }

    /// The sentence with the figures; empty cells give a sentence that says that there is no figure.
    private static func claim(_ workload: String, _ mode: StartupMode, _ sound: [StartupCell]) -> [Inline] {
        // Bare namespaces come before no isolation: they are the kernel's own floor for any container.
        let floors = sound.inOrderOfNaming(workload).filter { $0.traits?.isFloor == true }
        guard let reference = sound.first(where: \.isReference) else {
            return [
                .text("There is no figure to state for "), .strong(workload), .text(", \(mode.phrase), on this host."),
            ]
        }
        var pieces: [Inline] = [
            .text("On this host "), .strong(workload), .text(", \(mode.phrase), is ready in "),
        ]
        pieces += figure(reference) + [.text(" \(reference.place)")]
        let others = sound.filter { $0.traits?.isFloor != true && !$0.isReference }
        for cell in others {
            pieces.append(.text(others.count > 1 ? "; in " : " and in "))
            pieces += figure(cell) + [.text(" \(cell.place)")]
            guard let ratio = cell.ratioToReference else { continue }
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
        return pieces + [.text(" (\(sound.sampleCounts)).")]
    }

    /// What each part of the kernel's isolation adds by itself to a start with none; empty where that was not measured.
    private static func partsClaim(
        _ workload: String, _ mode: StartupMode, _ cells: [StartupCell], isFirst: Bool
    ) -> [Inline] {
        guard let none = cells.first(where: { $0.traits?.parts == [] }) else { return [] }
        var added: [[Inline]] = []
        for cell in cells where cell.cell.key != none.cell.key {
            guard let parts = cell.traits?.parts, let more = cell.moreThanNone else { continue }
            added.append(
                [.text("\(parts.map(\.rawValue).joined(separator: " and ")) ")]
                    + [Inline.strong(Format.signedDuration(more))].marked(cell.caveats))
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
        return pieces + [.text(" (\(cells.sampleCounts)).")]
    }

    /// A median with the marks of its cell.
    private static func figure(_ cell: StartupCell) -> [Inline] {
        guard let startup = cell.startup else { return [.text("an unknown time")] }
        return [Inline.strong(Format.duration(startup.median))].marked(cell.caveats)
    }
}
