import BenchmarkModel
import Testing

/// Which definitions a run follows.
@Suite struct DefinitionTests {
    @Test func factsThatSayNothingOfDefinitionsAreOfTheFirst() {
        func ladder(_ figures: [MemoryFigure: Int64]) -> [Observation] {
            let rung = Rung(instances: 0, settleSeconds: 0, settled: true, reading: MemoryReading(figures))
            return [Observation(number: 1, cell: "c", block: 0, record: .footprint(Ladder(rungs: [rung])))]
        }
        let old = HostFacts(facts: [Fact("CPU model", "x", mustAgree: true)])
        let first = old.sayingDefinitions(of: ladder([.anonymous: 1]))
        #expect(first.version(of: .startup) == 1 && first.version(of: .ledger) == 1)
        #expect(first.facts.filter(\.mustAgree).count == 3)
        // The second definition took the slack of slabs off, and recorded it.
        #expect(old.sayingDefinitions(of: ladder([.slabSlack: 1])).version(of: .ledger) == 2)
        // Where no memory was read there is nothing to tell apart.
        #expect(old.sayingDefinitions(of: []).version(of: .ledger) == nil)
        let new = HostFacts(facts: Definition.current.map(\.fact))
        #expect(new.version(of: .startup) == 3 && new.version(of: .ledger) == 3)
        #expect(new.sayingDefinitions(of: ladder([.anonymous: 1])) == new)
    }
}
