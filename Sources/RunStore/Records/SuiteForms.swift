import BenchmarkModel

// The enumerations of a suite, versions 2 to 5: objects whose key `is` names the case, with what belongs to it beside.

/// The suite as it is written today.
typealias SuiteRecord2 = SuiteRecord<ImageForm, ReadinessForm, KindForm, ModeForm>

extension SuiteRecord2 {
    init(_ suite: Suite) {
        self.init(
            name: suite.name, description: suite.description, seed: suite.seed,
            workloads: suite.workloads.map {
                WorkloadRecord(
                    name: $0.name, image: ImageForm($0.image), command: $0.command, environment: $0.environment,
                    workingDirectory: $0.workingDirectory, readiness: ReadinessForm($0.readiness),
                    readinessDeadlineSeconds: $0.readinessDeadlineSeconds, memoryBytes: $0.memoryBytes, cpus: $0.cpus,
                    surroundings: SurroundingsRecord($0.surroundings),
                    figures: $0.figures.isEmpty ? nil : $0.figures.map { FigureForm($0) },
                    volumes: $0.volumes.isEmpty ? nil : $0.volumes.map { VolumeForm($0) },
                    network: $0.network == .none ? nil : $0.network.rawValue)
            },
            platforms: suite.platforms.map {
                PlatformRecord(name: $0.name, kind: KindForm($0.kind), cpuView: $0.cpuView.rawValue)
            },
            startup: suite.startup.map {
                StartupSettings(
                    samples: $0.samples, warmupBlocks: $0.warmupBlocks, modes: $0.modes.map { ModeForm($0) },
                    echoes: $0.echoes, workloads: $0.workloads, platforms: $0.platforms)
            },
            footprint: suite.footprint.map { FootprintSettings($0) },
            density: suite.density.map { DensitySettings($0) }, task: suite.task.map { TaskSettings($0) })
    }
}

extension VersionedText {
    static func suite(_ suite: Suite) throws -> VersionedText {
        // One without networks an older tare reads too.
        let version = suite.workloads.contains { $0.network != .none } ? 5 : 4
        return VersionedText(version, try JSON.encode(SuiteRecord2(suite)))
    }

    /// - Throws: ``UnreadableValue`` with what is wrong, in words.
    func suite() throws -> Suite {
        switch version {
        case 1: return try JSON.decode(SuiteRecord1.self, text).suite()
        case 2, 3, 4, 5: return try JSON.decode(SuiteRecord2.self, text).suite()
        default: throw unknown("a suite")
        }
    }
}

extension Optional {
    /// What must be there beside a case.
    func needed(_ what: String) throws -> Wrapped {
        guard let self else { throw UnreadableValue(description: "'\(what)' is missing") }
        return self
    }
}

struct ImageForm: Form, Codable {
    var `is`: String
    var packages: [String]?
    var release: String?
    var files: [String: String]?
    var path: String?
    var reference: String?

    init(_ image: ImageSpec) {
        switch image {
        case .packages(let packages, let release, let files):
            `is` = "packages"
            self.packages = packages
            self.release = release
            self.files = files
        case .rootfs(let path):
            `is` = "rootfs"
            self.path = path
        case .oci(let path):
            `is` = "oci"
            self.path = path
        case .registry(let reference):
            `is` = "registry"
            self.reference = reference
        }
    }

    func model() throws -> ImageSpec {
        switch `is` {
        case "packages":
            return .packages(
                try packages.needed("packages"), release: try release.needed("release"), files: files ?? [:])
        case "rootfs": return .rootfs(path: try path.needed("path"))
        case "oci": return .oci(path: try path.needed("path"))
        case "registry": return .registry(reference: try reference.needed("reference"))
        default: throw UnreadableValue(description: "no image is '\(`is`)'")
        }
    }
}

struct ReadinessForm: Form, Codable {
    var `is`: String
    var pattern: String?
    var port: UInt16?
    var path: String?

    init(_ readiness: Readiness) {
        switch readiness {
        case .started: `is` = "started"
        case .line(let pattern):
            `is` = "line"
            self.pattern = pattern
        case .tcp(let port):
            `is` = "tcp"
            self.port = port
        case .http(let port, let path):
            `is` = "http"
            self.port = port
            self.path = path
        case .file(let path):
            `is` = "file"
            self.path = path
        case .completed: `is` = "completed"
        }
    }

    func model() throws -> Readiness {
        switch `is` {
        case "started": return .started
        case "line": return .line(try pattern.needed("pattern"))
        case "tcp": return .tcp(port: try port.needed("port"))
        case "http": return .http(port: try port.needed("port"), path: try path.needed("path"))
        case "file": return .file(path: try path.needed("path"))
        case "completed": return .completed
        default: throw UnreadableValue(description: "nothing is ready when '\(`is`)'")
        }
    }
}

struct ModeForm: Form, Codable {
    var `is`: String
    var count: Int?

    init(_ mode: StartupMode) {
        switch mode {
        case .warm: `is` = "warm"
        case .cold: `is` = "cold"
        case .concurrent(let count):
            `is` = "concurrent"
            self.count = count
        case .occupied(let count):
            `is` = "occupied"
            self.count = count
        }
    }

    func model() throws -> StartupMode {
        switch `is` {
        case "warm": return .warm
        case "cold": return .cold
        case "concurrent": return .concurrent(try Bounded.count(try count.needed("count"), "'count'"))
        case "occupied": return .occupied(try Bounded.count(try count.needed("count"), "'count'"))
        default: throw UnreadableValue(description: "no mode of startup is '\(`is`)'")
        }
    }
}
