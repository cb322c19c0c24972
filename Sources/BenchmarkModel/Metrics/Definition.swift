/// What a kind of figure means, with its version. A run records the definitions that it follows as facts, and two runs must
/// agree on them.
package struct Definition: Sendable, Equatable {
    /// The name of the fact.
    package var name: String
    package var version: Int
    /// What it says, in words.
    package var words: String

    package var fact: Fact { Fact(name, "\(version): \(words)", mustAgree: true) }

    /// Startup, version 3. In version 2 an instance was furnished as its platform happened to do it; version 1 also began wherever
    /// the sample before had left the kernel.
    package static let startup = Definition(
        name: "definition of startup", version: 3,
        words:
            "from a quiet kernel, after a rest of \(StartupExperiment.restNanoseconds / 1_000_000) ms, of an instance in "
            + "the same world on every platform")
    package static let firstStartup = Definition(
        name: startup.name, version: 1, words: "from whatever kernel the start before left")

    /// The host's ledger, version 3: instances have the mounts, nodes and control groups that make their worlds equal, which cost
    /// memory of their own. Version 1 counted the free objects of half-empty slabs as in use.
    package static let ledger = Definition(
        name: "definition of the ledger", version: 3,
        words: "without free objects of half-empty slabs, of instances in the same world on every platform")
    package static let secondLedger = Definition(
        name: ledger.name, version: 2, words: "without free objects of half-empty slabs")
    package static let firstLedger = Definition(
        name: ledger.name, version: 1, words: "with free objects of half-empty slabs")

    /// Those that this tare follows.
    package static let current = [startup, ledger]
}

extension HostFacts {
    /// The version of a definition that the run follows; nil where the facts do not say.
    package func version(of definition: Definition) -> Int? {
        self[definition.name].flatMap { Int($0.prefix { $0.isNumber }) }
    }

    /// With the definitions in words where a run is so old that it says nothing of them.
    ///
    /// - Parameter observations: by what they recorded it can be told which definition of the ledger they follow.
    package func sayingDefinitions(of observations: [Observation]) -> HostFacts {
        var copy = self
        if version(of: .startup) == nil { copy.facts.append(Definition.firstStartup.fact) }
        if version(of: .ledger) == nil {
            let ladders = observations.compactMap(\.ladder)
            let ramps = observations.compactMap(\.ramp)
            let readings =
                ladders.compactMap { $0.rungs.first?.reading } + ramps.compactMap { $0.points.first?.reading }
            if !readings.isEmpty {
                let isSecond = readings.contains { $0[.slabSlack] != nil }
                copy.facts.append((isSecond ? Definition.secondLedger : Definition.firstLedger).fact)
            }
        }
        return copy
    }
}
