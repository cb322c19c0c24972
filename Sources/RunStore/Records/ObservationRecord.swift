import BenchmarkModel

/// What an experiment recorded, as it stands in `observation.record`. One branch for each experiment.
enum ObservationRecord {
    static func write(_ record: Record) throws -> VersionedText {
        switch record {
        case .startup(let startup): VersionedText(2, StartupText.write(startup))
        case .footprint(let ladder): VersionedText(1, try JSON.encode(LadderRecord(ladder)))
        case .density(let ramp): VersionedText(2, try JSON.encode(RampRecord(ramp)))
        case .task(let task): VersionedText(1, try JSON.encode(StoredTask(task)))
        }
    }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    static func read(_ stored: VersionedText, experiment: String) throws -> Record {
        switch (experiment, stored.version) {
        case ("startup", 1), ("startup", 2):
            return .startup(try StartupText.read(stored.text, version: stored.version))
        case ("footprint", 1): return .footprint(try JSON.decode(LadderRecord.self, stored.text).ladder())
        case ("density", 1): return .density(try JSON.decode(RampRecord1.self, stored.text).ramp())
        case ("density", 2): return .density(try JSON.decode(RampRecord.self, stored.text).ramp())
        case ("task", 1): return .task(try JSON.decode(StoredTask.self, stored.text).task())
        case ("startup", _), ("footprint", _), ("density", _), ("task", _):
            throw stored.unknown("a record of \(experiment)")
        default:
            throw UnreadableValue(
                description: "it is of the experiment '\(experiment)', which this tare does not know")
        }
    }
}
