import Analysis
import BenchmarkModel
import Statistics

/// The document as a whole; see the head of `JSONExport.swift`.
struct RunDocument: Encodable {
    struct RunPart: Encodable { var id, status: String, startedAt, endedAt: String?, command: String }
    struct SuitePart: Encodable { var name, digest: String, description: String?, text: String }
    struct BlockPart: Encodable { var index: Int, counted: Bool, order: [String] }
    struct PlanPart: Encodable { var seed: String, sides: [String]?, blocks: [BlockPart], taskBlocks: [BlockPart]? }
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
    var tasks: [CellDocument<TaskFigures>]?
    var taskSamples: [TaskSampleDocument]?
    var footprints: [CellDocument<FootprintFigures>]?
    var densities: [CellDocument<DensityFigures>]?
    var ladders: [ClimbDocument<Ladder>]?
    var ramps: [ClimbDocument<Ramp>]?
    var threats: [Threat]
    var preparations: [PreparationPart]
    var channelEchoes: [ChannelEcho]
    var worlds: [WorldDocument]
    var parity: [DifferenceDocument]
    var host: [Fact]
    var findings: [FindingDocument]
    var unreadable: [String]

    init(_ analysis: RunAnalysis, _ sentences: JSONExport.Sentences) {
        let run = analysis.run
        tareVersion = run.tareVersion
        self.run = RunPart(
            id: run.id, status: run.status.rawValue, startedAt: Timestamp.text(run.startedAt),
            endedAt: run.endedAt.flatMap(Timestamp.text), command: run.command)
        let compared = ComparedRun(analysis)
        suite = SuitePart(
            name: run.suite.name, digest: compared.suiteDigest, description: run.suite.description, text: run.suiteText)
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
        if run.suite.task != nil {
            tasks = analysis.tasks.map { CellDocument($0, TaskFigures.init) }
            taskSamples = run.observations.compactMap(TaskSampleDocument.init)
        }
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
        worlds = run.worlds.map(WorldDocument.init)
        parity = analysis.parities.flatMap(DifferenceDocument.all)
        host = compared.facts.facts
        findings = zip(analysis.findings, compared.figures).map(FindingDocument.init)
        unreadable = run.unreadable
    }
}

extension RunDocument.PlanPart {
    /// The blocks of starts and of tasks, whose order says what came before a sample.
    init(_ plan: Plan) {
        let keys = plan.cells.map(\.key)
        func blocks(of experiment: String) -> [RunDocument.BlockPart] {
            plan.blocks(of: experiment).map { block in
                RunDocument.BlockPart(
                    index: block.index, counted: block.counted,
                    order: block.order.filter(keys.indices.contains).map { keys[$0] })
            }
        }
        seed = "\(plan.seed)"
        sides = plan.sides.isEmpty ? nil : plan.sides
        self.blocks = blocks(of: Parameters.startup(.warm).experiment)
        let tasks = blocks(of: Parameters.task.experiment)
        taskBlocks = tasks.isEmpty ? nil : tasks
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
    var workingDirectory: String?
    var readiness: String
    var readinessDeadlineSeconds: Double?
    var memoryBytes: UInt64
    var cpus: Int
    var network: String
    var figures: [FigurePart]?
    var volumes: [VolumePart]?

    struct FigurePart: Encodable { var name: String, file, match, json: String?, unit, better: String }
    struct VolumePart: Encodable { var path, directory: String, bytes: UInt64 }

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
        network = workload.network.rawValue
        let figures = workload.figures.map { spec in
            var part = FigurePart(
                name: spec.name, file: nil, match: nil, json: nil, unit: spec.unit, better: spec.polarity.rawValue)
            if case .file(let path) = spec.source { part.file = path }
            switch spec.place {
            case .match(let pattern): part.match = pattern
            case .json(let path): part.json = path
            }
            return part
        }
        self.figures = figures.isEmpty ? nil : figures
        let volumes = workload.volumes.map { VolumePart(path: $0.path, directory: $0.directory, bytes: $0.bytes) }
        self.volumes = volumes.isEmpty ? nil : volumes
    }
}
