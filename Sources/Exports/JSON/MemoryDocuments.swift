import Analysis
import BenchmarkModel
import Statistics

/// The figures of a cell of the footprint experiment; see the head of `JSONExport.swift`.
struct FootprintFigures: Encodable {
    struct LinePart: Encodable {
        var slopeBytes: Double?
        var slopeInterval: [Double]?
        var interceptBytes: Double?
        var interceptInterval: [Double]?
        var worstResidual: Double?
        var isLinear: Bool

        init(_ line: Line) {
            slopeBytes = line.slope.ifFinite
            slopeInterval = line.slopeInterval.flatMap(\.ends)
            interceptBytes = line.intercept.ifFinite
            interceptInterval = line.interceptInterval.flatMap(\.ends)
            worstResidual = line.worstResidual.ifFinite
            isLinear = line.worstResidual <= FootprintCell.linearTolerance
        }
    }
    struct ResidualPart: Encodable {
        var bytes: Double?
        var share: Double?
        var noiseBytes: Double?
        var freeListsBytes: Double?
        var uncountedCacheBytes: Double?
        var unexplainedBytes: Double?
        var isFlagged: Bool
    }

    struct LimitPart: Encodable { var value: UInt64, source: String }
    struct TakePart: Encodable {
        var resource: String
        var each, lower, upper, inUse: Double?
        var limit: LimitPart?
    }

    var warnings: [String]
    var ledger, charged, availableFall: LinePart?
    var unchargedBytes, monitorOwnBytes: Double?
    var residual: ResidualPart?
    var idleCPU: Double?
    var slopes: [String: Double]
    var takes: [TakePart]

    init(_ report: FootprintCell) {
        warnings = report.warnings
        ledger = report.ledger.map(LinePart.init)
        charged = report.charged.map(LinePart.init)
        availableFall = report.availableFall.map(LinePart.init)
        unchargedBytes = report.uncharged?.ifFinite
        monitorOwnBytes = report.monitorOwn?.ifFinite
        residual = report.residual.map {
            ResidualPart(
                bytes: $0.bytes.ifFinite, share: $0.share.ifFinite, noiseBytes: $0.noiseBytes.ifFinite,
                freeListsBytes: $0.parts?.freeLists.ifFinite, uncountedCacheBytes: $0.parts?.uncountedCache.ifFinite,
                unexplainedBytes: $0.parts?.unexplained.ifFinite, isFlagged: $0.isFlagged)
        }
        idleCPU = report.idleCPU?.ifFinite
        takes = report.takes.map { take in
            TakePart(
                resource: take.resource.rawValue, each: take.each.ifFinite, lower: take.lower.ifFinite,
                upper: take.upper.ifFinite, inUse: take.inUse.ifFinite,
                limit: take.limit.map { LimitPart(value: $0.value, source: $0.source) })
        }
        slopes = Dictionary(
            uniqueKeysWithValues: report.slopes.filter(\.value.isFinite).map { ($0.key.rawValue, $0.value) })
    }
}

/// The figures of a cell of the density experiment; see the head of `JSONExport.swift`.
struct DensityFigures: Encodable {
    var budgetBytes: UInt64
    var instances: Int?
    var isAtLeast: Bool
    var cause: String?
    var least, most: Int?
    var predicted: Double?
    var predictedInterval: [Double]?
    var difference: Double?

    init(_ report: DensityCell) {
        budgetBytes = report.budgetBytes
        instances = report.answer?.instances
        isAtLeast = report.isAtLeast
        cause = report.answer?.cause.text
        least = report.range?.lowerBound
        most = report.range?.upperBound
        predicted = report.prediction?.instances.ifFinite
        predictedInterval = report.prediction?.interval.flatMap(\.ends)
        difference = report.prediction.flatMap { $0.isOtherQuestion ? nil : $0.difference.ifFinite }
    }
}

/// A ladder or a ramp as it was recorded; see the head of `JSONExport.swift`.
struct ClimbDocument<Record: Encodable>: Encodable {
    private enum Key: String, CodingKey { case number, cell, block, outcome, reasons, warnings }

    var climb: Climb<Record>

    func encode(to encoder: any Encoder) throws {
        try climb.record.encode(to: encoder)
        var keyed = encoder.container(keyedBy: Key.self)
        try keyed.encode(climb.number, forKey: .number)
        try keyed.encode(climb.observation.cell, forKey: .cell)
        try keyed.encode(climb.block, forKey: .block)
        try keyed.encode(climb.observation.outcome, forKey: .outcome)
        try keyed.encode(climb.observation.reasons, forKey: .reasons)
        try keyed.encode(climb.observation.warnings, forKey: .warnings)
    }
}
