import BenchmarkModel

/// The document as a whole; see the head of `JSONExport.swift`.
struct RunDocument: Encodable {
    struct RunPart: Encodable { var id, status: String, startedAt, endedAt: String?, command: String }
    struct SuitePart: Encodable { var name: String, description: String?, text: String }
    struct BlockPart: Encodable { var index: Int, counted: Bool, order: [String] }
    struct PlanPart: Encodable { var seed: String, blocks: [BlockPart] }
    struct AccountingPart: Encodable { var planned, ok, failed, invalid, stray: Int, holds: Bool }
    struct AnswerPart: Encodable { var workload, mode, text: String }
    struct BannerPart: Encodable { var kind, text: String }
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
    var answers: [AnswerPart]
    var banners: [BannerPart]
    var workloads: [WorkloadDocument]
    var platforms: [PlatformPart]
    var cells: [CellDocument]
    var samples: [SampleDocument]
    var footprints: [FootprintDocument]?
    var densities: [DensityDocument]?
    var ladders: [Ladder]?
    var ramps: [Ramp]?
    var threats: [Threat]
    var preparations: [PreparationPart]
    var channelEchoes: [ChannelEcho]
    var host: [Fact]

    init(_ model: ReportModel) {
        let run = model.run
        let keys = run.plan.cells.map(\.key)
        let sums = model.accounting
        tareVersion = run.tareVersion
        self.run = RunPart(
            id: run.id, status: run.status.rawValue, startedAt: Format.date(run.startedAt),
            endedAt: run.endedAt.flatMap(Format.date), command: run.command)
        suite = SuitePart(name: run.suite.name, description: run.suite.description, text: run.suiteText)
        plan = PlanPart(
            seed: "\(run.plan.seed)",
            blocks: run.plan.blocks.map { block in
                BlockPart(
                    index: block.index, counted: block.counted,
                    order: block.order.filter(keys.indices.contains).map { keys[$0] })
            })
        accounting = AccountingPart(
            planned: sums.planned, ok: sums.ok, failed: sums.failed, invalid: sums.invalid, stray: sums.stray,
            holds: sums.holds)
        answers =
            model.answers.map { AnswerPart(workload: $0.workload, mode: $0.mode.key, text: $0.text) }
            + (model.footprintAnswers + model.densityAnswers).map {
                AnswerPart(workload: $0.workload, mode: $0.experiment, text: $0.text)
            }
        banners = model.banners.map { BannerPart(kind: $0.kind.rawValue, text: $0.text) }
        workloads = run.suite.workloads.map(WorkloadDocument.init)
        platforms = run.suite.platforms.map { spec in
            let record = run.platforms.first { $0.platform == spec.name }
            return PlatformPart(
                name: spec.name, kind: spec.kind.word, emulated: record?.emulated, details: record?.details)
        }
        cells = model.cells.map(CellDocument.init)
        samples = run.samples.map(SampleDocument.init)
        if run.plan.footprint != nil {
            footprints = model.footprints.map(FootprintDocument.init)
            ladders = run.ladders
        }
        if run.plan.density != nil {
            densities = model.densities.map(DensityDocument.init)
            ramps = run.ramps
        }
        threats = run.threats
        preparations = run.preparations.map { step in
            PreparationPart(
                workload: step.workload, platform: step.platform, step: step.step, seconds: step.seconds.ifFinite,
                cached: step.cached, identity: step.identity.isEmpty ? nil : step.identity)
        }
        channelEchoes = run.channelEchoes
        host = run.facts.facts
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
        image = workload.image.words
        command = workload.command
        environment = workload.environment
        workingDirectory = workload.workingDirectory
        readiness = workload.readiness.text
        readinessDeadlineSeconds = workload.readinessDeadlineSeconds.ifFinite
        memoryBytes = workload.memoryBytes
        cpus = workload.cpus
    }
}
