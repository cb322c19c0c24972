import BenchmarkModel

// What a suite says of tasks, since version 4.

/// The settings of the task experiment.
struct TaskSettings: Codable {
    var samples: Int
    var warmupBlocks: Int
    var workloads: [String]?
    var platforms: [String]?

    init(_ experiment: TaskExperiment) {
        samples = experiment.samples
        warmupBlocks = experiment.warmupBlocks
        workloads = experiment.workloads
        platforms = experiment.platforms
    }

    func experiment() throws -> TaskExperiment {
        TaskExperiment(
            samples: try Bounded.count(samples, "'samples'"),
            warmupBlocks: try Bounded.count(warmupBlocks, "'warmupBlocks'"), workloads: workloads, platforms: platforms)
    }
}

/// A figure: `is` names the kind of its place, `file` where it is not in the output.
struct FigureForm: Form, Codable {
    var name: String
    var `is`: String
    var place: String
    var file: String?
    var unit: String
    var better: String

    init(_ figure: FigureSpec) {
        name = figure.name
        switch figure.place {
        case .match(let pattern): (`is`, place) = ("match", pattern)
        case .json(let path): (`is`, place) = ("json", path)
        }
        if case .file(let path) = figure.source { file = path }
        unit = figure.unit
        better = figure.polarity.rawValue
    }

    func model() throws -> FigureSpec {
        let kind: FigureSpec.Place
        switch `is` {
        case "match": kind = .match(place)
        case "json": kind = .json(place)
        default: throw UnreadableValue(description: "no place of a figure is '\(`is`)'")
        }
        guard let polarity = Metric.Polarity(rawValue: better) else {
            throw UnreadableValue(description: "a figure is better when lower or higher, not '\(better)'")
        }
        return FigureSpec(
            name: name, source: file.map { .file($0) } ?? .output, place: kind, unit: unit, polarity: polarity)
    }
}

struct VolumeForm: Form, Codable {
    var path: String
    var directory: String
    var bytes: UInt64

    init(_ volume: VolumeSpec) {
        path = volume.path
        directory = volume.directory
        bytes = volume.bytes
    }

    func model() throws -> VolumeSpec {
        VolumeSpec(path: path, directory: directory, bytes: try Bounded.size(bytes, "'bytes'"))
    }
}
