import BenchmarkModel

/// What stands for a value of an enumeration in a version of the records.
protocol Form: Decodable {
    associatedtype Model
    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func model() throws -> Model
}

/// A suite as JSON. Versions differ in how enumerations are written, and in nothing else: version 1 as Swift writes them by
/// itself (`Version1/`), later ones as objects whose key `is` names the case (`SuiteForms.swift`). From version 3 on a suite may say
/// what surrounds a workload, how many CPUs a platform shows, and nothing of a working directory; from version 4 on also of tasks,
/// figures and volumes, and from version 5 on of networks.
struct SuiteRecord<Image: Form, Ready: Form, Kind: Form, Mode: Form>: Decodable
where Image.Model == ImageSpec, Ready.Model == Readiness, Kind.Model == PlatformKind, Mode.Model == StartupMode {
    struct WorkloadRecord: Decodable {
        var name: String
        var image: Image
        var command: [String]
        var environment: [String: String]
        var workingDirectory: String?
        var readiness: Ready
        var readinessDeadlineSeconds: Double
        var memoryBytes: UInt64
        var cpus: Int
        var surroundings: SurroundingsRecord?
        var figures: [FigureForm]?
        var volumes: [VolumeForm]?
        var network: String?
    }

    struct PlatformRecord: Decodable {
        var name: String
        var kind: Kind
        var cpuView: String?
    }

    struct StartupSettings: Decodable {
        var samples: Int
        var warmupBlocks: Int
        var modes: [Mode]
        var echoes: Int
        var workloads: [String]?
        var platforms: [String]?
    }

    var name: String
    var description: String?
    var seed: UInt64?
    var workloads: [WorkloadRecord]
    var platforms: [PlatformRecord]
    var startup: StartupSettings?
    var footprint: FootprintSettings?
    var density: DensitySettings?
    var task: TaskSettings?

    func suite() throws -> Suite {
        Suite(
            name: name, description: description, seed: seed,
            workloads: try workloads.map {
                Workload(
                    name: $0.name, image: try $0.image.model(), command: $0.command, environment: $0.environment,
                    workingDirectory: $0.workingDirectory, readiness: try $0.readiness.model(),
                    readinessDeadlineSeconds: $0.readinessDeadlineSeconds,
                    memoryBytes: try Bounded.size($0.memoryBytes, "'memoryBytes'"),
                    cpus: try Bounded.count($0.cpus, "'cpus'"),
                    surroundings: try $0.surroundings?.model() ?? Surroundings(),
                    figures: try $0.figures?.map { try $0.model() } ?? [],
                    volumes: try $0.volumes?.map { try $0.model() } ?? [],
                    network: try $0.network.map { try WorkloadNetwork(rawValue: $0).needed("network") } ?? .none)
            },
            platforms: try platforms.map {
                let view = try $0.cpuView.map { try CPUView(rawValue: $0).needed("cpuView") }
                return PlatformSpec(name: $0.name, kind: try $0.kind.model(), cpuView: view ?? .engine)
            },
            startup: try startup.map {
                StartupExperiment(
                    samples: try Bounded.count($0.samples, "'samples'"),
                    warmupBlocks: try Bounded.count($0.warmupBlocks, "'warmupBlocks'"),
                    modes: try $0.modes.map { try $0.model() }, echoes: try Bounded.count($0.echoes, "'echoes'"),
                    workloads: $0.workloads, platforms: $0.platforms)
            }, footprint: try footprint?.experiment(), density: try density?.experiment(),
            task: try task?.experiment())
    }
}

extension SuiteRecord: Encodable where Image: Encodable, Ready: Encodable, Kind: Encodable, Mode: Encodable {}
extension SuiteRecord.WorkloadRecord: Encodable
where Image: Encodable, Ready: Encodable, Kind: Encodable, Mode: Encodable {}
extension SuiteRecord.PlatformRecord: Encodable
where Image: Encodable, Ready: Encodable, Kind: Encodable, Mode: Encodable {}
extension SuiteRecord.StartupSettings: Encodable
where Image: Encodable, Ready: Encodable, Kind: Encodable, Mode: Encodable {}

/// The settings of the footprint experiment, as in every version.
struct FootprintSettings: Codable {
    var ladders: Int
    var cap: Int
    var holdSeconds: Double
    var workloads: [String]?
    var platforms: [String]?

    init(_ experiment: FootprintExperiment) {
        ladders = experiment.ladders
        cap = experiment.cap
        holdSeconds = experiment.holdSeconds
        workloads = experiment.workloads
        platforms = experiment.platforms
    }

    func experiment() throws -> FootprintExperiment {
        FootprintExperiment(
            ladders: try Bounded.count(ladders, "'ladders'"), cap: try Bounded.count(cap, "'cap'"),
            holdSeconds: holdSeconds, workloads: workloads, platforms: platforms)
    }
}

/// The settings of the density experiment, as in every version.
struct DensitySettings: Codable {
    var budgetBytes: UInt64
    var reserveBytes: UInt64
    var ceiling: Int
    var holdSeconds: Double
    var ramps: Int
    var parallel: Int?
    var startupP95LimitSeconds: Double?
    var memoryPressurePercent: Double?
    var cpuPressurePercent: Double?
    var workloads: [String]?
    var platforms: [String]?

    init(_ experiment: DensityExperiment) {
        budgetBytes = experiment.budgetBytes
        reserveBytes = experiment.reserveBytes
        ceiling = experiment.ceiling
        holdSeconds = experiment.holdSeconds
        ramps = experiment.ramps
        parallel = experiment.parallel
        startupP95LimitSeconds = experiment.startupP95LimitSeconds
        memoryPressurePercent = experiment.memoryPressurePercent
        cpuPressurePercent = experiment.cpuPressurePercent
        workloads = experiment.workloads
        platforms = experiment.platforms
    }

    func experiment() throws -> DensityExperiment {
        DensityExperiment(
            budgetBytes: try Bounded.size(budgetBytes, "'budgetBytes'"),
            reserveBytes: try Bounded.size(reserveBytes, "'reserveBytes'"),
            ceiling: try Bounded.count(ceiling, "'ceiling'"),
            holdSeconds: holdSeconds, ramps: try Bounded.count(ramps, "'ramps'"),
            parallel: try parallel.map { try Bounded.count($0, "'parallel'") },
            startupP95LimitSeconds: startupP95LimitSeconds, memoryPressurePercent: memoryPressurePercent,
            cpuPressurePercent: cpuPressurePercent, workloads: workloads, platforms: platforms)
    }
}
