import BenchmarkModel

extension ReportModel {
    /// The whole report in its order: the answer first, then the figures, then what they rest on.
    func document() -> Document {
        var sections = modes.map(results(of:))
        if !cells.isEmpty, let phases = phases() { sections.append(phases) }
        if let footprint = footprintSection() { sections.append(footprint) }
        if let density = densitySection() { sections.append(density) }
        sections.append(troubleSection())
        if let threats = threatSection() { sections.append(threats) }
        sections.append(methodSection())
        if let echoes = echoSection() { sections.append(echoes) }
        if let preparations = preparationSection() { sections.append(preparations) }
        sections.append(platformSection())
        if !run.facts.facts.isEmpty { sections.append(hostSection()) }
        sections.append(reproductionSection())
        return Document(
            title: "Containers and virtual machines: \(run.suite.name)", subtitle: subtitle,
            answers: answers.map(\.pieces) + footprintAnswers.map(\.pieces) + densityAnswers.map(\.pieces),
            banners: banners,
            sections: sections)
    }

    /// What identifies the run.
    private var subtitle: [Inline] {
        let started = Format.date(run.startedAt) ?? "at an unknown time"
        var words = ", started \(started)"
        if let endedAt = run.endedAt, let ended = Format.date(endedAt) { words += ", ended \(ended)" }
        words += ", \(run.status.rawValue); tare \(run.tareVersion)"
        return [.text("Run "), .code(run.id), .text(words)]
    }

    private func platformSection() -> Document.Section {
        let table = Table(
            caption: "What was used on each platform",
            columns: [
                .init("platform", header: true), .init("kind"), .init("what", header: true), .init("found"),
            ],
            rows: run.suite.platforms.flatMap { spec -> [[[Inline]]] in
                let record = run.platforms.first { $0.platform == spec.name }
                let name = [Inline.text(spec.name)].marked(record?.emulated == true ? ["emulated"] : [])
                guard let details = record?.details, !details.isEmpty else {
                    let words = record == nil ? "nothing was recorded" : "no details"
                    return [[name, [.text(spec.kind.word)], [.text("–")], [.text(words)]]]
                }
                return details.map { [name, [.text(spec.kind.word)], [.text($0.name)], [.text($0.value)]] }
            })
        return Document.Section(id: "platforms", title: "The platforms", blocks: [.table(table)])
    }

    private func hostSection() -> Document.Section {
        let table = Table(
            caption: "What is known about the host",
            columns: [.init("fact", header: true), .init("value"), .init("two runs must agree")],
            rows: run.facts.facts.map {
                [[.text($0.name)], [.text($0.value)], [.text($0.mustAgree ? "yes" : "no")]]
            })
        return Document.Section(id: "host", title: "The host", blocks: [.table(table)])
    }

    private func reproductionSection() -> Document.Section {
        // A command that names the seed repeats the order already.
        let order: [Inline] =
            run.command.contains(" --seed ")
            ? [] : [.text(", in the same order with "), .code("--seed \(run.plan.seed)")]
        var blocks: [Document.Block] = [
            .paragraph([.text("This command measures the same again")] + order + [.text(":")]),
            .code(run.command, language: "sh"),
        ]
        if let description = run.suite.description, !description.isEmpty {
            blocks.append(.paragraph([.text("The suite's own words: \(ReportModel.sentence(description))")]))
        }
        if run.suiteText.isEmpty {
            blocks.append(.paragraph([.text("The text of the suite file is not on record.")]))
        } else {
            blocks.append(.paragraph([.text("The suite file, word for word:")]))
            blocks.append(.code(run.suiteText, language: "yaml"))
        }
        return Document.Section(id: "reproduce", title: "How to repeat it", blocks: blocks)
    }
}
