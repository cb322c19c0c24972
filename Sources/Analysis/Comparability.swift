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
        }

        package var subject: Subject
        /// The fact's name.
        package var name: String
        /// Its value in the first run.
        package var value: String
        /// Its value in the other.
        package var other: String
    }

    /// All differences between two runs; none where they are comparable. What one side does not say disagrees with nothing, save
    /// the definitions: a run that is silent about them follows the first.
    package static func differences(_ run: Run, _ other: Run) -> [Difference] {
        let definitions = Set(Definition.current.map(\.name))
        let mine = run.facts.sayingDefinitions(of: run.observations).facts
        let theirs = other.facts.sayingDefinitions(of: other.observations).facts
        var found = disagreements(mine, theirs).map { fact, value in
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
        for (index, run) in runs.enumerated() {
            for other in runs[(index + 1)...] {
                guard let first = differences(run, other).first else { continue }
                throw first.error(run.id, other.id, purpose: purpose)
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
        }
    }
}
