import Analysis
import BenchmarkModel
import Statistics

/// The figures of a cell of the task experiment; see the head of `JSONExport.swift`.
struct TaskFigures: Encodable {
    struct CostPart: Encodable { var to: String, value: Double?, interval: [Double]? }

    struct MeasurePart: Encodable {
        var metric, title, unit, polarity: String
        var count, failed, blocks: Int
        var median: Double?
        var interval: [Double]?
        var p10, p95, best, worst: Double?
        var caveats: [String]
        var costs: [CostPart]
        var refusal: String?

        /// - Returns: nil where no sample has it.
        init?(_ measure: TaskMeasure) {
            guard let sampled = measure.sampled else { return nil }
            metric = measure.id
            title = measure.title
            unit = measure.unit.rawValue
            polarity = measure.polarity.rawValue
            count = sampled.count
            failed = sampled.failed
            blocks = sampled.blocks
            median = sampled.median.ifFinite
            interval = sampled.interval.flatMap(\.ends)
            p10 = measure.p10?.ifFinite
            p95 = measure.p95?.ifFinite
            best = sampled.best.ifFinite
            worst = sampled.worst.ifFinite
            caveats = measure.caveats.words
            costs = measure.floors.compactMap { floor in
                floor.ratio.map {
                    CostPart(to: floor.platform, value: $0.value.ifFinite, interval: $0.interval.flatMap(\.ends))
                }
            }
            refusal = measure.refusal
        }
    }

    struct SpreadPart: Encodable {
        var count: Int
        var median: Double?
        var interval: [Double]?

        init(_ sampled: Sampled) {
            count = sampled.count
            median = sampled.median.ifFinite
            interval = sampled.interval.flatMap(\.ends)
        }
    }

    var warmup: Int
    var measures: [MeasurePart]
    var cpuNanoseconds, peakMemoryBytes: SpreadPart?

    init(_ cell: TaskCell) {
        warmup = cell.observed.warmup
        measures = (cell.figures + [cell.own, cell.duration]).compactMap(MeasurePart.init)
        cpuNanoseconds = cell.cpu.map(SpreadPart.init)
        peakMemoryBytes = cell.peakMemory.map(SpreadPart.init)
    }
}

/// A raw sample of a task; see the head of `JSONExport.swift`.
struct TaskSampleDocument: Encodable {
    struct EndingPart: Encodable { var status, signal: Int32? }

    private struct Task: Encodable {
        var durationNanoseconds, ownNanoseconds, instanceNanoseconds: UInt64?
        var ending: EndingPart?
        var figures: [String: Double]
    }

    private var head: SampleHead
    private var task: Task

    /// - Returns: nil where the observation is of another experiment.
    init?(_ observation: Observation) {
        guard let record = observation.task else { return nil }
        head = SampleHead(observation, record.start)
        task = Task(
            durationNanoseconds: record.durationNanoseconds, ownNanoseconds: record.ownNanoseconds,
            instanceNanoseconds: record.instanceNanoseconds,
            ending: record.ending.map { ending in
                switch ending {
                case .exited(let status): EndingPart(status: status)
                case .signalled(let signal): EndingPart(signal: signal)
                }
            }, figures: record.figures.filter(\.value.isFinite))
    }

    func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try task.encode(to: encoder)
    }
}
