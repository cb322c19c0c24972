import BenchmarkModel

/// A reading of memory as JSON: an object of figures by name, in bytes.
struct ReadingRecord: Codable {
    var figures: [String: Int64]

    init(_ reading: MemoryReading) {
        figures = Dictionary(uniqueKeysWithValues: reading.figures.map { ($0.rawValue, $1) })
    }

    func reading() throws -> MemoryReading {
        var reading = MemoryReading()
        for (name, value) in figures {
            guard let figure = MemoryFigure(rawValue: name) else {
                throw UnreadableValue(description: "no figure of memory is called '\(name)'")
            }
            reading[figure] = try Bounded.figure(value, name)
        }
        return reading
    }
}
