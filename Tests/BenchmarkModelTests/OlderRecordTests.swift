import BenchmarkModel
import Foundation
import Testing

/// Records of runs that were made before a field was.
@Suite struct OlderRecordTests {
    @Test func climbsWithoutTheTimeOfAReadingAreStillRead() throws {
        let rung = Rung(
            instances: 4, settleSeconds: 0.5, settled: true, reading: MemoryReading(), readingNanoseconds: 7)
        let point = Ramp.Point(
            instances: 4, elapsedNanoseconds: 9, startupsNanoseconds: [3], reading: MemoryReading(),
            readingNanoseconds: 7)
        let oldRung = try decode(Rung.self, from: withoutReadingTime(rung))
        let oldPoint = try decode(Ramp.Point.self, from: withoutReadingTime(point))
        #expect(oldRung.readingNanoseconds == nil && oldPoint.readingNanoseconds == nil)
        #expect(oldRung.instances == 4 && oldPoint.elapsedNanoseconds == 9)
    }

    @Test func factsThatSayNothingOfStartupAreOfItsFirstDefinition() {
        let name = HostFacts.startupDefinition.name
        let old = HostFacts(facts: [Fact("CPU model", "x", mustAgree: true)]).sayingStartupDefinition()
        let new = HostFacts(facts: [HostFacts.startupDefinition])
        #expect(old[name]?.hasPrefix("1:") == true && new[name]?.hasPrefix("2:") == true)
        #expect(old.facts.last?.mustAgree == true)
        #expect(new.sayingStartupDefinition() == new)
    }

    /// The record as a version of tare wrote it that did not take the time of readings.
    private func withoutReadingTime(_ record: some Encodable) throws -> Data {
        let whole = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(record))
        var keys = try #require(whole as? [String: Any])
        #expect(keys.removeValue(forKey: "readingNanoseconds") as? Int == 7)
        return try JSONSerialization.data(withJSONObject: keys)
    }

    private func decode<Record: Decodable>(_ type: Record.Type, from data: Data) throws -> Record {
        try JSONDecoder().decode(type, from: data)
    }
}
