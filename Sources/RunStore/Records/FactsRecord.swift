import BenchmarkModel

/// A fact as JSON.
struct FactRecord: Codable {
    var name: String
    var value: String
    var mustAgree: Bool

    init(_ fact: Fact) {
        name = fact.name
        value = fact.value
        mustAgree = fact.mustAgree
    }

    var fact: Fact { Fact(name, value, mustAgree: mustAgree) }
}

/// The facts of a host as JSON, version 1.
struct FactsRecord: Codable {
    var facts: [FactRecord]
}

/// What was used on a platform as JSON, version 1.
struct UsedPlatformRecord: Codable {
    var platform: String
    var details: [FactRecord]
    var emulated: Bool
}

extension VersionedText {
    static func facts(_ facts: HostFacts) throws -> VersionedText {
        VersionedText(1, try JSON.encode(FactsRecord(facts: facts.facts.map { FactRecord($0) })))
    }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func facts() throws -> HostFacts {
        guard version == 1 else { throw unknown("facts of a host") }
        return HostFacts(facts: try JSON.decode(FactsRecord.self, text).facts.map(\.fact))
    }

    static func platform(_ record: PlatformRecord) throws -> VersionedText {
        let details = record.details.map { FactRecord($0) }
        return VersionedText(
            1,
            try JSON.encode(
                UsedPlatformRecord(platform: record.platform, details: details, emulated: record.emulated)))
    }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func platform() throws -> PlatformRecord {
        guard version == 1 else { throw unknown("what was used on a platform") }
        let stored = try JSON.decode(UsedPlatformRecord.self, text)
        return PlatformRecord(
            platform: stored.platform, details: stored.details.map(\.fact), emulated: stored.emulated)
    }
}
