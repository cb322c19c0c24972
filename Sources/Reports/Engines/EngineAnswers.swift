import Analysis
import BenchmarkModel

extension ExperimentPart {
    /// What engines add to the runtime that they call; nothing where the run has none.
    static func engines(_ analysis: RunAnalysis) -> ExperimentPart {
        let costs = EngineCost.all(of: analysis)
        return ExperimentPart(
            answers: costs.map(\.workload).uniqued().map { workload in
                EngineAnswers.answer(workload, costs.filter { $0.workload == workload })
            }, sections: EngineSection.section(costs).map { [$0] } ?? [])
    }
}

enum EngineAnswers {
    /// A sentence for each engine: `docker adds 120 ms and 4.1 MiB (of it 3.4 MiB its shim) to each noop, and 116 MiB once`.
    static func answer(_ workload: String, _ costs: [EngineCost]) -> Answer {
        var pieces: [Inline] = []
        for (index, cost) in costs.enumerated() {
            if index > 0 { pieces.append(.text(" ")) }
            pieces += sentence(cost)
        }
        return Answer(workload: workload, mode: "engines", pieces: pieces)
    }

    private static func sentence(_ cost: EngineCost) -> [Inline] {
        var pieces: [Inline] = [.text("Over \(cost.reference), "), .strong(cost.platform), .text(" adds ")]
        let time = cost.startup.map { Format.difference($0, .nanoseconds) }
        let memory = cost.memory.map { Format.difference($0, .bytes) }
        var keeper: [Inline] = []
        if let bytes = cost.keeperBytes, bytes > 0, memory != nil {
            keeper = [.text(" (of it \(Format.signedBytes(bytes)) \(cost.engine.keeper))")]
        }
        switch (time, memory) {
        case (let time?, let memory?):
            pieces +=
                [.strong(time), .text(" and "), .strong(memory)] + keeper + [.text(" to each "), .text(cost.workload)]
        case (let time?, nil): pieces += [.strong(time), .text(" to the start of each "), .text(cost.workload)]
        case (nil, let memory?): pieces += [.strong(memory)] + keeper + [.text(" to each "), .text(cost.workload)]
        case (nil, nil):
            let once = Format.signedBytes(cost.onceBytes ?? 0)
            return [
                .strong(cost.platform), .text(" needs "), .strong("\(once) once"), .text("; what it adds to each "),
            ]
            .marked(cost.caveats) + [.text("\(cost.workload) this run does not tell.")]
        }
        if let once = cost.onceBytes {
            pieces += [.text(", and "), .strong("\(Format.signedBytes(once)) once")]
        }
        return pieces.marked(cost.caveats) + [.text(".")]
    }
}

extension EngineSettings.Engine {
    /// What it keeps for each container.
    var keeper: String { self == .podman ? "its monitor" : "its shim" }
}

/// What each engine adds, in figures.
enum EngineSection {
    static func section(_ costs: [EngineCost]) -> Document.Section? {
        guard !costs.isEmpty else { return nil }
        let text =
            "Each engine against the bare runtime that it calls (or the first one of the suite), the same workload in the same run. "
            + "Start and memory are differences of medians of warm starts and of the ledger's slopes, with 95 % intervals made of those "
            + "of both sides; n is the smaller of the two. The shim or monitor is what the engine keeps for each container, found by descent; it is in the memory. "
            + "Once: the proportional set size of the daemon with no container running; its growth is for each further one."
        func bytes(_ value: Double?) -> [Inline] { [.text(value.map(Format.signedBytes) ?? "–")] }
        let table = Table(
            caption: "What an engine adds",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("over"),
                .init("n starts", numeric: true), .init("start, warm", numeric: true),
                .init("n ladders", numeric: true), .init("memory each", numeric: true),
                .init("of it shim or monitor (PSS)", numeric: true), .init("daemon (PSS), once", numeric: true),
                .init("its growth each", numeric: true),
            ],
            rows: costs.map { cost in
                [
                    [.text(cost.workload)], [Inline.text(cost.platform)].marked(cost.caveats), [.text(cost.reference)],
                    Format.count(cost.startup), Format.cell(cost.startup, .nanoseconds),
                    Format.count(cost.memory), Format.cell(cost.memory, .bytes),
                    bytes(cost.keeperBytes), bytes(cost.onceBytes), bytes(cost.growthBytes),
                ]
            })
        let title = "Engines: what they add to a container"
        return Document.Section(
            id: "engines", title: title, blocks: [.paragraph([.text(text)]), .table(table)],
            summary: Document.Summary(heading: title, table: table))
    }
}
