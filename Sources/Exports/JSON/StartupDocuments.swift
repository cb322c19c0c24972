import Analysis
import BenchmarkModel
import Statistics

/// The figures of a cell of the startup experiment; see the head of `JSONExport.swift`.
struct StartupFigures: Encodable {
    struct Durations: Encodable {
        var count, blocks: Int
        var medianNanoseconds: Double?
        var intervalNanoseconds: [Double]?
        var p10Nanoseconds, p95Nanoseconds, p99Nanoseconds, minimumNanoseconds, maximumNanoseconds: Double?

        init(_ durations: StartupCell.Durations) {
            count = durations.count
            blocks = durations.blocks
            medianNanoseconds = durations.median.ifFinite
            intervalNanoseconds = durations.interval.flatMap(\.ends)
            p10Nanoseconds = durations.p10.ifFinite
            p95Nanoseconds = durations.p95?.ifFinite
            p99Nanoseconds = durations.p99?.ifFinite
            minimumNanoseconds = durations.minimum.ifFinite
            maximumNanoseconds = durations.maximum.ifFinite
        }
    }

    struct Sizes: Encodable {
        var count: Int
        var medianBytes: Double?
        var intervalBytes: [Double]?

        init(_ sizes: StartupCell.Sizes) {
            count = sizes.count
            medianBytes = sizes.median.ifFinite
            intervalBytes = sizes.interval.flatMap(\.ends)
        }
    }

    struct Phase: Encodable { var from, to: String, count: Int, medianNanoseconds: Double? }
    struct FloorRatio: Encodable { var to: String, value: Double?, interval: [Double]? }
    struct Predecessor: Encodable { var name: String, count: Int, medianNanoseconds: Double?, differs: Bool }
    struct CarryOverPart: Encodable { var found: Bool, pValue: Double?, by: String, predecessors: [Predecessor] }

    var experiment, mode: String
    var warmup: Int
    var noisy: Bool
    var startup, cpu: Durations?
    var peakMemory: Sizes?
    var phases: [Phase]
    var ratios: [FloorRatio]
    var carryOver: CarryOverPart?

    init(_ report: StartupCell) {
        experiment = report.cell.experiment
        mode = report.mode.key
        warmup = report.observed.warmup
        noisy = report.caveats.contains { if case .noisy = $0 { true } else { false } }
        startup = report.startup.map(Durations.init)
        cpu = report.cpu.map(Durations.init)
        peakMemory = report.peakMemory.map(Sizes.init)
        phases = report.phases.map {
            Phase(from: $0.from.rawValue, to: $0.to.rawValue, count: $0.count, medianNanoseconds: $0.median.ifFinite)
        }
        ratios = report.floors.compactMap { floor in
            guard let ratio = floor.ratio else { return nil }
            return FloorRatio(
                to: floor.platform, value: ratio.value.ifFinite, interval: ratio.interval.flatMap(\.ends))
        }
        carryOver = report.carryOver.map { carryOver in
            CarryOverPart(
                found: carryOver.isFound, pValue: carryOver.pValue.ifFinite, by: carryOver.grouping.rawValue,
                predecessors: carryOver.predecessors.map {
                    Predecessor(
                        name: $0.name, count: $0.count, medianNanoseconds: $0.median.ifFinite, differs: $0.differs)
                })
        }
    }
}
