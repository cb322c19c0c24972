import Analysis
import BenchmarkModel

extension Background {
    /// What the mark channel costs, and what follows for the error.
    static func echoSection(_ analysis: RunAnalysis) -> Document.Section? {
        guard !analysis.echoes.isEmpty else { return nil }
        let table = Table(
            caption: "Round trips of single bytes over each platform's mark channel",
            columns: [
                .init("platform", header: true), .init("n", numeric: true), .init("median", numeric: true),
                .init("p95: error of a mark", numeric: true), .init("error of ready, where probed", numeric: true),
            ],
            rows: analysis.echoes.map { echo in
                let name = [Inline.text(echo.platform)].marked(
                    analysis.emulatedPlatforms.contains(echo.platform) ? [.emulated] : [])
                guard let median = echo.median, let p95 = echo.p95, let ready = echo.readyError else {
                    return [
                        name, [.text("0")], [.text("not measured: \(echo.failure ?? "unknown")")], [.text("unknown")],
                        [.text("unknown")],
                    ]
                }
                return [
                    name, [.text("\(echo.count)")], [.text(Format.shortDuration(median))],
                    [.text(Format.shortDuration(p95))], [.text(Format.shortDuration(ready))],
                ]
            })
        let words =
            "A mark is taken when its byte arrives. The quantile 0.95 of the round trip bounds what that adds; where "
            + "readiness is probed, and for a line of a container's output, which is looked for in a file, the interval of "
            + "\(Readiness.interval) comes on top. A guest's line is judged when it arrives."
        return Document.Section(
            id: "channel", title: "The bound on the error", blocks: [.paragraph([.text(words)]), .table(table)])
    }

    /// Image work.
    static func preparationSection(_ analysis: RunAnalysis) -> Document.Section? {
        guard !analysis.run.preparations.isEmpty else { return nil }
        let table = Table(
            caption: "Image work, done before the clock starts",
            columns: [
                .init("workload", header: true), .init("platform", header: true), .init("step"),
                .init("time", numeric: true), .init("from"), .init("identity"),
            ],
            rows: analysis.run.preparations.map { step in
                [
                    [.text(step.workload)], [.text(step.platform)], [.text(step.step)],
                    [.text(Format.seconds(step.seconds))], [.text(step.cached ? "the cache" : "made now")],
                    step.identity.isEmpty ? [.text("–")] : [.code(String(step.identity.prefix(16)))],
                ]
            })
        return Document.Section(id: "images", title: "Image preparation", blocks: [.table(table)])
    }

    static func platformSection(_ analysis: RunAnalysis) -> Document.Section {
        let table = Table(
            caption: "What was used on each platform",
            columns: [
                .init("platform", header: true), .init("kind"), .init("what", header: true), .init("found"),
            ],
            rows: analysis.run.suite.platforms.flatMap { spec -> [[[Inline]]] in
                let record = analysis.run.platforms.first { $0.platform == spec.name }
                let name = [Inline.text(spec.name)].marked(record?.emulated == true ? [.emulated] : [])
                guard let details = record?.details, !details.isEmpty else {
                    let words = record == nil ? "nothing was recorded" : "no details"
                    return [[name, [.text(spec.kind.word)], [.text("–")], [.text(words)]]]
                }
                return details.map { [name, [.text(spec.kind.word)], [.text($0.name)], [.text($0.value)]] }
            })
        return Document.Section(id: "platforms", title: "The platforms", blocks: [.table(table)])
    }

    static func hostSection(_ analysis: RunAnalysis) -> Document.Section? {
        guard !analysis.run.facts.facts.isEmpty else { return nil }
        let table = Table(
            caption: "What is known about the host",
            columns: [.init("fact", header: true), .init("value"), .init("two runs must agree")],
            rows: analysis.run.facts.facts.map {
                [[.text($0.name)], [.text($0.value)], [.text($0.mustAgree ? "yes" : "no")]]
            })
        return Document.Section(id: "host", title: "The host", blocks: [.table(table)])
    }

    static func reproductionSection(_ analysis: RunAnalysis) -> Document.Section {
        // A command that names the seed repeats the order already.
        let order: [Inline] =
            analysis.run.command.contains(" --seed ")
            ? [] : [.text(", in the same order with "), .code("--seed \(analysis.run.plan.seed)")]
        var blocks: [Document.Block] = [
            .paragraph([.text("This command measures the same again")] + order + [.text(":")]),
            .code(analysis.run.command, language: "sh"),
        ]
        if let description = analysis.run.suite.description, !description.isEmpty {
            blocks.append(.paragraph([.text("The suite's own words: \(Format.sentence(description))")]))
        }
        if analysis.run.suiteText.isEmpty {
            blocks.append(.paragraph([.text("The text of the suite file is not on record.")]))
        } else {
            blocks.append(.paragraph([.text("The suite file, word for word:")]))
            blocks.append(.code(analysis.run.suiteText, language: "yaml"))
        }
        return Document.Section(id: "reproduce", title: "How to repeat it", blocks: blocks)
    }
}
