import BenchmarkModel

/// The record of a task, version 1.
struct StoredTask: Codable {
    /// As a start is written, version 2, see `StartupText.swift`.
    var start: String
    /// `e` and the status, or `s` and the signal; absent where the command did not end.
    var ending: String?
    /// What it printed, by the names of its figures.
    var figures: [String: Double]
    var instanceNanoseconds: UInt64?

    init(_ task: TaskRecord) {
        start = StartupText.write(task.start)
        ending = task.ending.flatMap(\.protocolText)
        // JSON has no other numbers, and what is none is no figure.
        figures = task.figures.filter(\.value.isFinite)
        instanceNanoseconds = task.instanceNanoseconds.map { min($0, 1 << 62) }
    }

    func task() throws -> TaskRecord {
        TaskRecord(
            start: try StartupText.read(start, version: 2),
            ending: try ending.map { text in
                guard let ending = CommandEnding(protocolText: text) else {
                    throw UnreadableValue(description: "no command ends with '\(text.prefix(40))'")
                }
                return ending
            }, figures: figures,
            instanceNanoseconds: try instanceNanoseconds.map { try Bounded.time($0, "'instanceNanoseconds'") })
    }
}
