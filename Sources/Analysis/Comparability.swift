package import BenchmarkModel

/// Whether figures of two runs may be set against each other.
package enum Comparability {
    /// Something on which two runs do not agree and must.
    package struct Difference: Sendable, Equatable {
        /// What it is a fact of.
        package enum Subject: Sendable, Equatable {
            case host
            /// What the figures mean.
            case definition
            case platform(String)
            /// What was run.
            case suite
        }

        package var subject: Subject
        /// The fact's name.
        package var name: String
        /// Its value in the first run.
        package var value: String
        /// Its value in the other.
        package var other: String

        package init(subject: Subject, name: String, value: String, other: String) {
            self.subject = subject
            self.name = name
            self.value = value
            self.other = other
        }
    }

    /// What is asked about a run.
    private struct Account {
        var id: String
        var facts: HostFacts
        var platforms: [PlatformRecord]

        init(_ run: Run) {
            id = run.id
            facts = run.facts.sayingDefinitions(of: run.observations)
            platforms = run.platforms
        }

        init(_ run: ComparedRun) {
            id = run.id
            facts = run.facts
            platforms = run.platforms
        }
    }

    /// All differences between two runs; none where they are comparable. What one side does not say disagrees with nothing, save
    /// the definitions: a run that is silent about them follows the first.
    package static func differences(_ run: Run, _ other: Run) -> [Difference] {
        differences(Account(run), Account(other))
    }

    /// The same of runs that may come from files; also whether they are of the same suite.
    package static func differences(_ run: ComparedRun, _ other: ComparedRun) -> [Difference] {
        let suites =
            run.suite == other.suite
            ? [] : [Difference(subject: .suite, name: "suite", value: run.suite, other: other.suite)]
        return suites + differences(Account(run), Account(other))
    }

    private static func differences(_ run: Account, _ other: Account) -> [Difference] {
        let definitions = Set(Definition.current.map(\.name))
        var found = disagreements(run.facts.facts, other.facts.facts).map { fact, value in
            Difference(
                subject: definitions.contains(fact.name) ? .definition : .host, name: fact.name, value: fact.value,
                other: value)
        }
        for record in run.platforms {
            guard let same = other.platforms.first(where: { $0.platform == record.platform }) else { continue }
            found += disagreements(record.details, same.details).map { fact, value in
                Difference(
                    subject: .platform(record.platform), name: fact.name, value: fact.value, other: value)
            }
        }
        return found
    }

    /// Refuses runs of which any two are not comparable.
    ///
    /// - Parameter purpose: what the runs are for, in words that begin a remedy: `Plan from`.
    /// - Throws: ``TareError`` with code `notComparable` that names the first difference.
    package static func check(_ runs: [Run], purpose: String) throws {
        try check(runs, purpose: purpose, id: \.id, differences)
    }

    /// The same of runs that may come from files.
    package static func check(_ runs: [ComparedRun], purpose: String) throws {
        try check(runs, purpose: purpose, id: \.id, differences)
    }

    private static func check<Kind>(
        _ runs: [Kind], purpose: String, id: (Kind) -> String, _ differences: (Kind, Kind) -> [Difference]
    ) throws {
        for (index, run) in runs.enumerated() {
            for other in runs[(index + 1)...] {
                guard let first = differences(run, other).first else { continue }
                throw first.error(id(run), id(other), purpose: purpose)
            }
        }
    }

    private static func disagreements(_ facts: [Fact], _ others: [Fact]) -> [(fact: Fact, value: String)] {
        facts.filter(\.mustAgree).compactMap { fact in
            guard let other = others.first(where: { $0.name == fact.name }), other.value != fact.value else {
                return nil
            }
            return (fact, other.value)
        }
    }
}

extension Comparability.Difference {
    /// The fact as `--despite` names it, with both values, in words.
    package var words: String {
        switch subject {
        case .platform(let platform): "\(name) of the platform \(platform): \(value) and \(other)"
        case .host, .definition, .suite: "\(name): \(value) and \(other)"
        }
    }

    fileprivate func error(_ run: String, _ otherRun: String, purpose: String) -> TareError {
        let values = "\(value) and \(other)"
        switch subject {
        case .host:
            return TareError(
                .notComparable, "the runs \(run) and \(otherRun) are of hosts that differ in '\(name)': \(values)",
                remedy: "\(purpose) runs of one host.")
        case .definition:
            return TareError(
                .notComparable, "the runs \(run) and \(otherRun) do not follow the same '\(name)': \(values)",
                remedy: "\(purpose) runs of one definition, or measure the older again.")
        case .platform(let platform):
            return TareError(
                .notComparable,
                "the runs \(run) and \(otherRun) differ in '\(name)' of the platform \(platform): \(values)",
                remedy: "\(purpose) runs of the same versions, or measure again.")
        case .suite:
            return TareError(
                .notComparable, "the runs \(run) and \(otherRun) are of different suites: \(values)",
                remedy: "\(purpose) runs of one suite.")
        }
    }
}
