import Analysis
import BenchmarkModel

extension ExperimentPart {
    /// What a network adds to each instance; nothing where the run has no two workloads that differ in nothing else.
    static func network(_ analysis: RunAnalysis) -> ExperimentPart {
        let costs = NetworkCost.all(of: analysis)
        return ExperimentPart(
            answers: costs.map(\.workload).uniqued().map { workload in
                NetworkAnswers.answer(workload, costs.filter { $0.workload == workload })
            }, sections: NetworkSection.section(costs).map { [$0] } ?? [])
    }
}

enum NetworkAnswers {
    /// A sentence for each platform: `A bridge adds 3.1 ms and 210 KiB to each noop under runc.`
    static func answer(_ workload: String, _ costs: [NetworkCost]) -> Answer {
        var pieces: [Inline] = []
        for (index, cost) in costs.enumerated() {
            if index > 0 { pieces.append(.text(" ")) }
            pieces += [.text("\(cost.network.subject) adds ")]
            let parts = [(cost.startup, Metric.Unit.nanoseconds), (cost.memory, .bytes)].compactMap {
                difference, unit in
                difference.map { ($0, unit) }
            }
            for (place, (difference, unit)) in parts.enumerated() {
                if place > 0 { pieces.append(.text(" and ")) }
                pieces.append(.strong(Format.difference(difference, unit)))
                if !difference.isTold { pieces.append(.text(" (not told apart from none)")) }
            }
            let what = cost.memory == nil ? "to the start of each" : "to each"
            pieces += [Inline.text(" \(what) \(cost.plain) \(cost.place)")].marked(cost.caveats) + [.text(".")]
        }
        return Answer(workload: workload, mode: "network", pieces: pieces)
    }
}

extension WorkloadNetwork {
    /// As the subject of a sentence.
    fileprivate var subject: String {
        switch self {
        case .none: "No network"
        case .bridge: "A bridge"
        case .host: "The run's network instead of one of its own"
        }
    }
}

/// What a network adds, in figures.
enum NetworkSection {
    static func section(_ costs: [NetworkCost]) -> Document.Section? {
        guard !costs.isEmpty else { return nil }
        let text =
            "Each workload with a network against the same without (a loopback interface alone), on the same platform in the same run. "
            + "With a bridge an instance has an address on a bridge in the run's network: a veth pair for a container, a tap and a "
            + "virtio interface for a guest, made while it starts; 'tcp' and 'http' are asked at that address, after each measured start "
            + "once more by the host over the bridge. Start and memory are differences of medians of warm starts and of the ledger's slopes, with 95 % intervals made "
            + "of those of both sides; n is the smaller of the two. The memory is the host's: what a guest's own kernel has for its "
            + "interface is in it as far as the guest touches it."
        let table = Table(
            caption: "What a network adds",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("network"), .init("over"),
                .init("n starts", numeric: true), .init("start, warm", numeric: true),
                .init("n ladders", numeric: true), .init("memory each", numeric: true),
            ],
            rows: costs.map { cost in
                [
                    [.text(cost.workload)], [Inline.text(cost.platform)].marked(cost.caveats),
                    [.text(cost.network.rawValue)], [.text(cost.plain)], Format.count(cost.startup),
                    Format.cell(cost.startup, .nanoseconds), Format.count(cost.memory),
                    Format.cell(cost.memory, .bytes),
                ]
            })
        let title = "Network: what it adds to an instance"
        return Document.Section(
            id: "network", title: title, blocks: [.paragraph([.text(text)]), .table(table)],
            summary: Document.Summary(heading: title, table: table))
    }
}
