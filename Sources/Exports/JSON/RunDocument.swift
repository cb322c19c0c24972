import Analysis
import BenchmarkModel
import Statistics

/// The document as a whole; see the head of `JSONExport.swift`.
struct RunDocument: Encodable {
    struct RunPart: Encodable { var id, status: String, startedAt, endedAt: String?, command: String }
    struct SuitePart: Encodable { var name: String, description: String?, text: String }
    struct BlockPart: Encodable { var index: Int, counted: Bool, order: [String] }
    struct PlanPart: Encodable { var seed: String, blocks: [BlockPart] }
    struct AccountingPart: Encodable { var planned, ok, failed, invalid, stray: Int, holds: Bool }
    struct PlatformPart: Encodable { var name, kind: String, emulated: Bool?, details: [Fact]? }
    struct PreparationPart: Encodable {
        var workload, platform, step: String, seconds: Double?, cached: Bool, identity: String?
    }

    var schema = JSONExport.schema
    var tareVersion: String
    var run: RunPart
    var suite: SuitePart
    var plan: PlanPart
    var accounting: AccountingPart
    var answers: [JSONExport.Sentences.Answer]
    var banners: [JSONExport.Sentences.Banner]
    var workloads: [WorkloadDocument]
    var platforms: [PlatformPart]
    var cells: [CellDocument<StartupFigures>]
    var samples: [SampleDocument]
    var footprints: [CellDocument<FootprintFigures>]?
    var densities: [CellDocument<DensityFigures>]?
    var ladders: [ClimbDocument<Ladder>]?
    var ramps: [ClimbDocument<Ramp>]?
    var threats: [Threat]
    var preparations: [PreparationPart]
    var channelEchoes: [ChannelEcho]
    var host: [Fact]
    var findings: [FindingDocument]
    var unreadable: [String]

    init(_ analysis: RunAnalysis, _ sentences: JSONExport.Sentences) {
        let run = analysis.run
        tareVersion = run.tareVersion
        self.run = RunPart(
            id: run.id, status: run.status.rawValue, startedAt: Timestamp.text(run.startedAt),
            endedAt: run.endedAt.flatMap(Timestamp.text), command: run.command)
        suite = SuitePart(name: run.suite.name, description: run.suite.description, text: run.suiteText)
        plan = PlanPart(run.plan)
        accounting = AccountingPart(analysis.accounting)
        answers = sentences.answers
        banners = sentences.banners
        workloads = run.suite.workloads.map(WorkloadDocument.init)
        platforms = run.suite.platforms.map { spec in
            let record = run.platforms.first { $0.platform == spec.name }
            return PlatformPart(
                name: spec.name, kind: spec.kind.word, emulated: record?.emulated, details: record?.details)
        }
        cells = analysis.startups.map { CellDocument($0, StartupFigures.init) }
        samples = run.observations.compactMap(SampleDocument.init)
        if run.suite.footprint != nil {
            footprints = analysis.footprints.map { CellDocument($0, FootprintFigures.init) }
            ladders = Climb.all(of: run, \.ladder).map(ClimbDocument.init)
        }
        if run.suite.density != nil {
            densities = analysis.densities.map { CellDocument($0, DensityFigures.init) }
            ramps = Climb.all(of: run, \.ramp).map(ClimbDocument.init)
        }
        threats = run.threats
        preparations = run.preparations.map(PreparationPart.init)
        channelEchoes = run.channelEchoes
        host = run.facts.facts
        findings = analysis.findings.map(FindingDocument.init)
        unreadable = run.unreadable
    }
}

extension RunDocument.PlanPart {
    /// The blocks of the startup experiment, whose order says what came before a sample.
    init(_ plan: Plan) {
        let keys = plan.cells.map(\.key)
        seed = "\(plan.seed)"
        blocks = plan.blocks(of: Parameters.startup(.warm).experiment).map { block in
            RunDocument.BlockPart(
                index: block.index, counted: block.counted,
                order: block.order.filter(keys.indices.contains).map { keys[$0] })
        }
    }
}

extension RunDocument.AccountingPart {
    init(_ sums: Accounting) {
        planned = sums.planned
        ok = sums.ok
        failed = sums.failed
        invalid = sums.invalid
        stray = sums.stray
        holds = sums.holds
    }
}

extension RunDocument.PreparationPart {
    init(_ step: Preparation) {
        workload = step.workload
        platform = step.platform
        self.step = step.step
        seconds = step.seconds.ifFinite
        cached = step.cached
        identity = step.identity.isEmpty ? nil : step.identity
    }
}

/// A workload; see the head of `JSONExport.swift`.
struct WorkloadDocument: Encodable {
    var name: String
    var image: String
    var command: [String]
    var environment: [String: String]
    var workingDirectory: String
    var readiness: String
    var readinessDeadlineSeconds: Double?
    var memoryBytes: UInt64
    var cpus: Int

    init(_ workload: Workload) {
        name = workload.name
        image = workload.image.text
        command = workload.command
        environment = workload.environment
        workingDirectory = workload.workingDirectory
        readiness = workload.readiness.text
        readinessDeadlineSeconds = workload.readinessDeadlineSeconds.ifFinite
        memoryBytes = workload.memoryBytes
        cpus = workload.cpus
    }
}
